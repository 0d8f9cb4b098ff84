/*
 * Owns the closing and handing on of file descriptors, and whole reads and writes.
 */
#include "base/fd.h"

#include <errno.h>
#include <unistd.h>

void
fd_close(int *fd)
{
	int saved = errno;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

int
fd_take(int *fd)
{
	int taken = *fd;
	*fd = -1;
	return taken;
}

int
fd_write_all(int fd, const void *buf, size_t n, const char *subject, struct err *e)
{
	const char *p = buf;
	while (n > 0) {
		ssize_t done = write(fd, p, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_sys(e, "write", subject);
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

ssize_t
fd_read_full(int fd, void *buf, size_t n, const char *subject, struct err *e)
{
	size_t got = 0;
	while (got < n) {
		ssize_t done = read(fd, (char *)buf + got, n - got);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_sys(e, "read", subject);
		if (done == 0)
			break;
		got += (size_t)done;
	}
	return (ssize_t)got;
}
