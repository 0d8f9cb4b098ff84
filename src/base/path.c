/*
 * Owns what is made of the ways beneath a root, and the pure rules for paths and names; the ways themselves, which
 * systems have different ones of, are in path_linux.c and path_freebsd.c.
 */
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/utf8.h"

int
path_open_regular(int dirfd, const char *rel, struct err *e)
{
	fd_auto seen = path_open_beneath(dirfd, rel, PATH_ONLY | O_NOFOLLOW, 0, e);
	return seen < 0 ? -1 : path_reopen_regular(seen, O_RDONLY, rel, e);
}

int
path_open_regular_in_root(int dirfd, const char *rel, struct err *e)
{
	fd_auto seen = path_open_in_root(dirfd, rel, PATH_ONLY, 0, e);
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
	return path_open_beneath(dirfd, name, PATH_ONLY | O_DIRECTORY, 0, e);
}

int
path_make_dirs(int dirfd, const char *rel, mode_t mode, struct err *e)
{
	fd_auto at = path_open_beneath(dirfd, ".", PATH_ONLY | O_DIRECTORY, 0, e);
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
path_look(int dirfd, const char *rel)
{
	struct stat st;
	return fstatat(dirfd, rel, &st, AT_SYMLINK_NOFOLLOW);
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
