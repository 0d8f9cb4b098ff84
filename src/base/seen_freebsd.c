/*
 * Owns what can be done with an entry on FreeBSD 12, which has no O_PATH (13.1): by a descriptor for reading where
 * there can be one, else by the name, of which no link is followed.
 */
#include "base/seen.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"

static bool
is_held(mode_t mode)
{
	return S_ISREG(mode) || S_ISDIR(mode);
}

/* What cannot be held; a mount is never made on one. */
static int
fill_name(struct seen *ret, int dir, const char *name)
{
	struct seen s = {.fd = -1, .dir = dir, .name = name};

	if (fstatat(dir, name, &s.st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (is_held(s.st.st_mode)) { /* since it was looked at */
		errno = EBUSY;
		return -1;
	}
	*ret = s;
	return 0;
}

/* Takes fd over; errno is of its opening. */
static int
fill(struct seen *ret, int fd, int dir, const char *name)
{
	struct seen s = {.fd = fd, .dir = dir, .name = name};

	if (fd < 0)
		return errno == ELOOP || errno == EOPNOTSUPP ? fill_name(ret, dir, name) : -1;
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
	*ret = seen_borrow(-1, dir, name);
	return 0;
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

/* The same open file: it is read once. */
int
seen_open_data(const struct seen *s)
{
	struct err why = {0};
	int fd = path_reopen_regular(s->fd, O_RDONLY, "", &why);

	if (fd < 0)
		errno = why.err_no != 0 ? why.err_no : EINVAL;
	return fd;
}

ssize_t
seen_readlink(const struct seen *s, char *ret, size_t size)
{
	return readlinkat(s->dir, s->name, ret, size);
}

/* By its name, and then it is the one that was looked at, or goes again. */
int
seen_link(const struct seen *s, int dir, const char *as)
{
	struct stat st;

	if (s->dir < 0) {
		errno = EMLINK;
		return -1;
	}
	if (linkat(s->dir, s->name, dir, as, 0) < 0)
		return -1;
	if (fstatat(dir, as, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (st.st_dev == s->st.st_dev && st.st_ino == s->st.st_ino)
		return 0;
	unlinkat(dir, as, 0);
	errno = EBUSY;
	return -1;
}

int
seen_chown(const struct seen *s, uid_t uid, gid_t gid)
{
	return s->fd >= 0 ? fchown(s->fd, uid, gid) : fchownat(s->dir, s->name, uid, gid, AT_SYMLINK_NOFOLLOW);
}

int
seen_chmod(const struct seen *s, mode_t mode)
{
	return s->fd >= 0 ? fchmod(s->fd, mode) : fchmodat(s->dir, s->name, mode, AT_SYMLINK_NOFOLLOW);
}

int
seen_set_times(const struct seen *s, const struct timespec times[2])
{
	return s->fd >= 0 ? futimens(s->fd, times) : utimensat(s->dir, s->name, times, AT_SYMLINK_NOFOLLOW);
}
