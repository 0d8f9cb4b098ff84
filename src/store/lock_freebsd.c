/*
 * Owns flock(2), whose locks belong to the open file as those of F_OFD_SETLK do; and F_GETLK, which sees them as ranges
 * of another process (fcntl(2)).  No lock of fcntl(2) is ever taken, which a close of any descriptor would lose.
 */
#include <sys/types.h>

#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "store/lock_way.h"

int
lock_way_try(int fd, enum lock_kind kind)
{
	int r;

	do
		r = flock(fd, (kind == LOCK_SHARED ? LOCK_SH : LOCK_EX) | LOCK_NB);
	while (r < 0 && errno == EINTR);
	return r;
}

int
lock_way_look(int fd, enum lock_kind *ret)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(fd, F_GETLK, &l) < 0)
		return -1;
	*ret = l.l_type == F_UNLCK ? LOCK_NONE : l.l_type == F_RDLCK ? LOCK_SHARED : LOCK_ALONE;
	return 0;
}
