/*
 * The lock that keeps the last `down` from removing a bridge to which an `up` is adding a port.
 *
 * A file in /run that only root can open (an abstract socket or a namespace's file could be held by anybody), removed
 * by whoever holds it before letting go.  So a waiter may get a file that is no longer there; it then tries again.  A
 * killed holder leaves the file, unlocked; the next one uses and removes it.
 */
#include "net/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"

static const char lock_path[] = "/run/warder-net.lock";
enum { WAIT_MS = 10000, PAUSE_MS = 2 };

static bool
is_still_there(int fd)
{
	struct stat held, there;

	return fstat(fd, &held) == 0 && lstat(lock_path, &there) == 0 && held.st_ino == there.st_ino &&
	       held.st_dev == there.st_dev;
}

int
lock_take(struct err *e)
{
	const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};

	for (int waited = 0; waited < WAIT_MS; waited += PAUSE_MS) {
		fd_auto fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

		if (fd < 0)
			return err_sys(e, "open", lock_path);
		if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
			if (is_still_there(fd))
				return fd_take(&fd);
			continue;
		}
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_sys(e, "lock", lock_path);
		(void)nanosleep(&pause, NULL);
	}
	return err_set(e, ERR_BUSY, "lock", lock_path, "another warder-net has held it for %d seconds", WAIT_MS / 1000);
}

void
lock_release(int *fd)
{
	if (*fd < 0)
		return;
	(void)unlink(lock_path);
	fd_close(fd);
}
