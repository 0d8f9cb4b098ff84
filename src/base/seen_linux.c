/*
 * Owns what O_PATH descriptors are good for: where no system call takes one, its name in proc(5) does.
 */
#include "base/seen.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"

static void
proc_path(int fd, char ret[32])
{
	snprintf(ret, 32, "/proc/self/fd/%d", fd);
}

/* Takes fd over. */
static int
fill(struct seen *ret, int fd, int dir, const char *name)
{
	struct seen s = {.fd = fd, .dir = dir, .name = name};

	if (fd < 0)
		return -1;
	if (fstat(fd, &s.st) < 0) {
		fd_close(&s.fd);
		return -1;
	}
	*ret = s;
	return 0;
}

int
seen_open(struct seen *ret, int dir, const char *name)
{
	struct err why = {0};
	int fd = path_open_beneath(dir, name, PATH_ONLY | O_NOFOLLOW, 0, &why);

	if (fd < 0)
		errno = why.err_no;
	return fill(ret, fd, dir, name);
}

int
seen_open_given(struct seen *ret, int dir, const char *name)
{
	return fill(ret, path_open_given(dir, name, O_NOFOLLOW), dir, name);
}

int
seen_open_made(struct seen *ret, int dir, const char *name)
{
	struct err why = {0};
	int fd = path_open_beneath(dir, name, PATH_ONLY | O_NOFOLLOW, 0, &why);

	*ret = seen_borrow(fd, dir, name);
	if (fd < 0)
		errno = why.err_no;
	return fd < 0 ? -1 : 0;
}

struct seen
seen_borrow(int fd, int dir, const char *name)
{
	return (struct seen){.fd = fd, .dir = dir, .name = name};
}

void
seen_close(struct seen *s)
{
	fd_close(&s->fd);
}

int
seen_open_data(const struct seen *s)
{
	char proc[32];

	proc_path(s->fd, proc);
	return open(proc, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

ssize_t
seen_readlink(const struct seen *s, char *ret, size_t size)
{
	return readlinkat(s->fd, "", ret, size);
}

int
seen_link(const struct seen *s, int dir, const char *as)
{
	char proc[32];

	proc_path(s->fd, proc);
	return linkat(AT_FDCWD, proc, dir, as, AT_SYMLINK_FOLLOW);
}

int
seen_chown(const struct seen *s, uid_t uid, gid_t gid)
{
	return fchownat(s->fd, "", uid, gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
}

int
seen_chmod(const struct seen *s, mode_t mode)
{
	char proc[32];

	proc_path(s->fd, proc);
	return chmod(proc, mode);
}

int
seen_set_times(const struct seen *s, const struct timespec times[2])
{
	char proc[32];

	proc_path(s->fd, proc);
	return utimensat(AT_FDCWD, proc, times, 0);
}
