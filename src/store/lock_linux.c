/*
 * Owns open file description locks, fcntl(2).
 */
#include "store/lock_way.h"

#include <fcntl.h>
#include <unistd.h>

int
lock_way_try(int fd, enum lock_kind kind)
{
	struct flock l = {.l_type = kind == LOCK_SHARED ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(fd, F_OFD_SETLK, &l);
}

int
lock_way_look(int fd, enum lock_kind *ret)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(fd, F_OFD_GETLK, &l) < 0)
		return -1;
	*ret = l.l_type == F_UNLCK ? LOCK_NONE : l.l_type == F_RDLCK ? LOCK_SHARED : LOCK_ALONE;
	return 0;
}
