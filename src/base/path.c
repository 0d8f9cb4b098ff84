/*
 * Owns openat2(2) and the pure rules for paths and names.  Called through syscall(2): the C library has no wrapper.
 */
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/utf8.h"

/* EAGAIN: a rename somewhere on the system raced with "..", openat2(2); it says nothing of the path. */
enum { RACE_TRIES = 64 };
static const uint64_t resolve_beneath = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
static const uint64_t resolve_in_root = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;

static int
open_resolved(int dirfd, const char *rel, int flags, mode_t mode, uint64_t resolve, struct err *e)
{
	bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC), .mode = makes ? mode & 07777 : 0, .resolve = resolve};
	const char *path = *rel == '\0' ? "." : rel;
	long fd = -1;
	for (int i = 0; i < RACE_TRIES && fd < 0; i++) {
		fd = syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
		if (fd < 0 && errno != EAGAIN && errno != EINTR)
			break;
	}
	return fd < 0 ? err_sys(e, "open", path) : (int)fd;
}

int
path_open_beneath(int dirfd, const char *rel, int flags, mode_t mode, struct err *e)
{
	return open_resolved(dirfd, rel, flags, mode, resolve_beneath, e);
}

int
path_open_in_root(int dirfd, const char *rel, int flags, mode_t mode, struct err *e)
{
	return open_resolved(dirfd, rel, flags, mode, resolve_in_root, e);
}

/* "/proc/self/fd/N" without allocation and without stdio. */
static void
proc_path_of(int fd, char ret[32])
{
	snprintf(ret, 32, "/proc/self/fd/%d", fd);
}

int
path_reopen_regular(int seen, int flags, const char *subject, struct err *e)
{
	struct stat st;
	char proc[32];
	if (fstat(seen, &st) < 0)
		return err_sys(e, "fstat", subject);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_FAILED, "read", subject, "not a regular file");
	proc_path_of(seen, proc);
	int fd = open(proc, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return err_set(e, ERR_UNAVAILABLE, "open", subject, "/proc is not mounted");
	return fd < 0 ? err_sys(e, "open", subject) : fd;
}

int
path_open_regular(int dirfd, const char *rel, struct err *e)
{
	fd_auto seen = path_open_beneath(dirfd, rel, O_PATH | O_NOFOLLOW, 0, e);
	return seen < 0 ? -1 : path_reopen_regular(seen, O_RDONLY, rel, e);
}

int
path_open_regular_in_root(int dirfd, const char *rel, struct err *e)
{
	fd_auto seen = path_open_in_root(dirfd, rel, O_PATH, 0, e);
	return seen < 0 ? -1 : path_reopen_regular(seen, O_RDONLY, rel, e);
}

int
path_open_parent(int dirfd, const char *rel, const char **ret_last, struct err *e)
{
	const char *slash = strrchr(rel, '/');
	const char *last = slash == NULL ? rel : slash + 1;
	char parent[PATH_MAX];
	if (*last == '\0' || strcmp(last, ".") == 0 || strcmp(last, "..") == 0) {
		errno = EINVAL;
		return err_sys(e, "open", rel);
	}
	size_t len = slash == NULL ? 0 : (size_t)(slash - rel);
	if (slash == rel)
		len = 1;
	if (len >= sizeof(parent)) {
		errno = ENAMETOOLONG;
		return err_sys(e, "open", rel);
	}
	memcpy(parent, rel, len);
	parent[len] = '\0';
	int fd = path_open_beneath(dirfd, parent, O_RDONLY | O_DIRECTORY, 0, e);
	if (fd >= 0)
		*ret_last = last;
	return fd;
}

/* A directory that we did not make keeps its mode: another may have put it there since mkdirat(2). */
static int
set_new_mode(int dirfd, const char *name, mode_t mode, struct err *e)
{
	struct stat st;
	fd_auto fd = path_open_beneath(dirfd, name, O_RDONLY | O_DIRECTORY, 0, e);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		return err_sys(e, "fstat", name);
	if (st.st_uid != geteuid())
		return err_set(e, ERR_FAILED, "mkdir", name, "it was replaced while it was made");
	if (fchmod(fd, mode) < 0)
		return err_sys(e, "chmod", name);
	return 0;
}

static int
make_dir(int dirfd, const char *name, mode_t mode, struct err *e)
{
	if (mkdirat(dirfd, name, 0700) == 0) {
		if (set_new_mode(dirfd, name, mode, e) < 0)
			return -1;
	} else if (errno != EEXIST)
		return err_sys(e, "mkdir", name);
	return path_open_beneath(dirfd, name, O_PATH | O_DIRECTORY, 0, e);
}

int
path_make_dirs(int dirfd, const char *rel, mode_t mode, struct err *e)
{
	fd_auto at = path_open_beneath(dirfd, ".", O_PATH | O_DIRECTORY, 0, e);
	while (at >= 0 && *rel != '\0') {
		char name[NAME_MAX + 1];
		size_t len = strcspn(rel, "/");
		if (len > NAME_MAX) {
			errno = ENAMETOOLONG;
			return err_sys(e, "mkdir", rel);
		}
		memcpy(name, rel, len);
		name[len] = '\0';
		rel += len + (rel[len] == '/');
		if (len == 0 || strcmp(name, ".") == 0)
			continue;
		int next = make_dir(at, name, mode, e);
		fd_close(&at);
		at = next;
	}
	return fd_take(&at);
}

int
path_of_fd(int fd, struct arena *a, const char **ret_path, struct err *e)
{
	struct stat st;
	char proc[32];
	char *path = arena_alloc(a, PATH_MAX + 1);
	proc_path_of(fd, proc);
	ssize_t len = readlink(proc, path, PATH_MAX);
	if (len < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "readlink", proc);
	path[len] = '\0';
	if (path[0] != '/' || st.st_nlink == 0)
		return err_set(e, ERR_FAILED, "find the path of", path, "it has none any more");
	*ret_path = path;
	return 0;
}

bool
path_contains(const char *dir, const char *abs)
{
	size_t len = strlen(dir);
	if (len > 0 && dir[len - 1] == '/')
		len--;
	return strncmp(dir, abs, len) == 0 && (abs[len] == '\0' || abs[len] == '/');
}

bool
path_overlaps(const char *a, const char *b)
{
	return path_contains(a, b) || path_contains(b, a);
}

static bool
has_controls(const char *s)
{
	size_t n = strlen(s);
	while (n > 0) {
		uint32_t c = (unsigned char)*s;
		size_t len = utf8_decode(s, n, &c);
		if (utf8_is_unsafe(c) && (len > 0 || c < 0x80))
			return true;
		s += len == 0 ? 1 : len;
		n -= len == 0 ? 1 : len;
	}
	return false;
}

bool
path_is_clean_absolute(const char *p)
{
	if (p[0] != '/' || strlen(p) >= PATH_MAX || has_controls(p))
		return false;
	for (const char *at = p; *at == '/';) {
		const char *name = at + 1;
		size_t len = strcspn(name, "/");
		if (len == 0 || (len == 1 && name[0] == '.') || (len == 2 && name[0] == '.' && name[1] == '.'))
			return false;
		at = name + len;
	}
	return true;
}

bool
name_is_valid(const char *name)
{
	static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	size_t len = strlen(name);
	return len >= 1 && len <= 63 && name[0] != '-' && strspn(name, chars) == len;
}
