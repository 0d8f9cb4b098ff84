/*
 * Owns the ways beneath a root on FreeBSD 12, which has neither openat2(2) nor O_RESOLVE_BENEATH (13.0): one component
 * after the other, each through a kept directory and without following a link, so that whoever swaps a directory
 * meanwhile gets an error.  What may be a FIFO or a device is looked at before it is opened, and must still be it then.
 */
#include <sys/param.h>
#include <sys/sysctl.h>
#include <sys/types.h>
#include <sys/user.h>

#include <errno.h>
#include <fcntl.h>
#include <libutil.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"

enum { RACE_TRIES = 64, LINKS_MAX = 40, DIRECTORY = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

/* open(2) says EMLINK of a link that O_NOFOLLOW keeps it from; every other system ELOOP. */
static int
open_name(int dirfd, const char *name, int flags, mode_t mode)
{
	int fd = openat(dirfd, name, flags, mode);

	if (fd < 0 && errno == EMLINK)
		errno = ELOOP;
	return fd;
}

/* 0 if a descriptor for reading can stand for it. */
static int
check_openable(const struct stat *st)
{
	if (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode))
		return 0;
	errno = S_ISLNK(st->st_mode) ? ELOOP : EOPNOTSUPP;
	return -1;
}

/* As what it was when it was looked at, or not at all. */
static int
open_looked_at(int dirfd, const char *name, int flags)
{
	struct stat before, after;

	for (int i = 0; i < RACE_TRIES; i++) {
		if (fstatat(dirfd, name, &before, AT_SYMLINK_NOFOLLOW) < 0 || check_openable(&before) < 0)
			return -1;
		fd_auto fd = open_name(dirfd, name,
			(flags & O_DIRECTORY) | O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC, 0);
		if (fd < 0)
			return -1;
		if (fstat(fd, &after) < 0)
			return -1;
		if (before.st_dev == after.st_dev && before.st_ino == after.st_ino)
			return fd_take(&fd);
	}
	errno = EAGAIN;
	return -1;
}

/* One component, through no link. */
static int
open_last(int dirfd, const char *name, int flags, mode_t mode)
{
	if (flags & PATH_ONLY)
		return open_looked_at(dirfd, name, flags);
	return open_name(dirfd, name, flags | O_NOFOLLOW | O_CLOEXEC, mode & 07777);
}

/* The first component of *path, which is moved behind it and the '/' after it; -1 if it is too long. */
static int
next_name(const char **path, char ret[NAME_MAX + 1])
{
	size_t len = strcspn(*path, "/");

	if (len > NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(ret, *path, len);
	ret[len] = '\0';
	*path += len;
	*path += strspn(*path, "/");
	return 0;
}

/* No mount is crossed: nullfs(5) has a number of its own for each, too. */
static int
check_device(int fd, dev_t dev)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	if (st.st_dev == dev)
		return 0;
	errno = EXDEV;
	return -1;
}

/* ---- beneath ---- */

static int
walk_beneath(int dirfd, const char *rel, int flags, mode_t mode)
{
	struct stat top;
	fd_auto at = openat(dirfd, ".", DIRECTORY);

	if (at < 0 || fstat(at, &top) < 0)
		return -1;
	for (;;) {
		char name[NAME_MAX + 1];
		bool ends_with_slash;

		if (next_name(&rel, name) < 0)
			return -1;
		ends_with_slash = *rel == '\0' && rel[-1] == '/';
		if (name[0] == '\0' || strcmp(name, "..") == 0) { /* absolute, or upwards */
			errno = EXDEV;
			return -1;
		}
		int dir_flags = flags | (ends_with_slash ? O_DIRECTORY : 0);
		fd_auto below = *rel == '\0' ? open_last(at, name, dir_flags, mode) : open_name(at, name, DIRECTORY, 0);
		if (below < 0 || check_device(below, top.st_dev) < 0)
			return -1;
		if (*rel == '\0')
			return fd_take(&below);
		fd_close(&at);
		at = fd_take(&below);
	}
}

int
path_open_beneath(int dirfd, const char *rel, int flags, mode_t mode, struct err *e)
{
	const char *path = *rel == '\0' ? "." : rel;
	int fd = walk_beneath(dirfd, path, flags, mode);

	return fd < 0 ? err_sys(e, "open", path) : fd;
}

/* ---- in a root ---- */

/* Where a walk in a root stands: at is the directory "done" of it, "a/b/", which has neither links nor dots. */
struct rooted {
	int root, at;
	struct str done, rest;
	unsigned nlinks;
};

static void
rooted_done(struct rooted *w)
{
	fd_close(&w->at);
	str_done(&w->done);
	str_done(&w->rest);
}

/* From the root again: what ".." leads to is what the way down led through, whatever was moved since. */
static int
go_again(struct rooted *w)
{
	fd_auto at = openat(w->root, ".", DIRECTORY);

	for (const char *left = str_text(&w->done); at >= 0 && *left != '\0';) {
		char name[NAME_MAX + 1];
		int below = next_name(&left, name) < 0 ? -1 : open_name(at, name, DIRECTORY, 0);
		fd_close(&at);
		at = below;
	}
	if (at < 0)
		return -1;
	fd_close(&w->at);
	w->at = fd_take(&at);
	return 0;
}

static int
go_up(struct rooted *w)
{
	if (w->done.len > 0)
		w->done.len--;
	while (w->done.len > 0 && w->done.s[w->done.len - 1] != '/')
		w->done.len--;
	if (w->done.s != NULL)
		w->done.s[w->done.len] = '\0';
	return go_again(w);
}

static int
go_down(struct rooted *w, const char *name)
{
	int below = open_name(w->at, name, DIRECTORY, 0);

	if (below < 0)
		return -1;
	fd_close(&w->at);
	w->at = below;
	str_addf(&w->done, "%s/", name);
	return 0;
}

/* The text of the link takes its place in what is left to go; "rest" is behind it. */
static int
follow(struct rooted *w, const char *name, const char *rest)
{
	char target[PATH_MAX];
	str_auto left = {0};
	ssize_t n = readlinkat(w->at, name, target, sizeof(target) - 1);

	if (n < 0)
		return -1;
	target[n] = '\0';
	if (++w->nlinks > LINKS_MAX) {
		errno = ELOOP;
		return -1;
	}
	str_addf(&left, "%s%s%s", target, *rest != '\0' ? "/" : "", rest);
	w->rest.len = 0;
	str_add(&w->rest, str_text(&left));
	if (n == 0 || target[0] != '/')
		return 0;
	w->done.len = 0;
	if (w->done.s != NULL)
		w->done.s[0] = '\0';
	return go_again(w);
}

/* One component more: 1 if there is no further one, with *ret_fd; 0; -1. */
static int
step_rooted(struct rooted *w, int flags, mode_t mode, int *ret_fd)
{
	char name[NAME_MAX + 1];
	str_auto text = {0};
	struct stat st;
	const char *left;
	bool is_last;

	str_add(&text, str_text(&w->rest));
	left = str_text(&text) + strspn(str_text(&text), "/");
	if (next_name(&left, name) < 0)
		return -1;
	is_last = *left == '\0';
	if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		if (strcmp(name, "..") == 0 && go_up(w) < 0)
			return -1;
		w->rest.len = 0;
		str_add(&w->rest, is_last ? "" : left);
		if (!is_last)
			return 0;
		return (*ret_fd = open_last(w->at, ".", flags & ~(O_CREAT | O_EXCL), mode)) < 0 ? -1 : 1;
	}
	if (fstatat(w->at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode) &&
		!(is_last && (flags & O_NOFOLLOW)))
		return follow(w, name, left);
	if (is_last)
		return (*ret_fd = open_last(w->at, name, flags, mode)) < 0 ? -1 : 1;
	w->rest.len = 0;
	str_add(&w->rest, left);
	return go_down(w, name);
}

int
path_open_in_root(int dirfd, const char *rel, int flags, mode_t mode, struct err *e)
{
	struct rooted w = {.root = dirfd, .at = -1};
	const char *path = *rel == '\0' ? "." : rel;
	int fd = -1, r = go_again(&w);

	str_add(&w.rest, path);
	while (r == 0)
		r = step_rooted(&w, flags, mode, &fd);
	if (r < 0)
		err_sys(e, "open", path);
	rooted_done(&w);
	return r < 0 ? -1 : fd;
}

int
path_open_given(int dirfd, const char *path, int flags)
{
	if (flags & O_NOFOLLOW)
		return open_last(dirfd, path, flags | PATH_ONLY, 0);
	return openat(dirfd, path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* ---- what is open already ---- */

/* The same open file, which nobody has read from: it was opened by PATH_ONLY. */
int
path_reopen_regular(int seen, int flags, const char *subject, struct err *e)
{
	struct stat st;

	if (fstat(seen, &st) < 0)
		return err_sys(e, "fstat", subject);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_FAILED, "read", subject, "not a regular file");
	if ((flags & O_ACCMODE) != O_RDONLY)
		return err_set(
			e, ERR_UNAVAILABLE, "open", subject, "FreeBSD cannot open it for writing once it is open");
	fd_auto fd = fcntl(seen, F_DUPFD_CLOEXEC, 3);
	if (fd < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, "open", subject);
	return fd_take(&fd);
}

/* Of the kernel's list of our descriptors; it has no path of what has none any more. */
int
path_of_fd(int fd, struct arena *a, const char **ret_path, struct err *e)
{
	struct stat st;
	int n = 0;
	const char *path = "";

	if (fstat(fd, &st) < 0)
		return err_sys(e, "find the path of", NULL);
	struct kinfo_file *files = kinfo_getfile(getpid(), &n);
	if (files == NULL)
		return err_sys(e, "find the path of", NULL);
	for (int i = 0; i < n; i++)
		if (files[i].kf_fd == fd)
			path = arena_strdup(a, files[i].kf_path);
	free(files);
	if (path[0] != '/' || st.st_nlink == 0)
		return err_set(e, ERR_FAILED, "find the path of", path, "it has none any more");
	*ret_path = path;
	return 0;
}
