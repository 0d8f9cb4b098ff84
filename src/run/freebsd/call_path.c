/*
 * Owns the way to a directory that a jail may have written above: component by component, O_NOFOLLOW, since 12.1 has no
 * O_RESOLVE_BENEATH (13.0).
 */
#include <sys/stat.h>
#include <sys/types.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/freebsd/call.h"

enum { DIRECTORY = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, NAME_LONGEST = 255 };

/* The first component of *path, which is moved behind it; false at its end. */
static bool
next(const char **path, char ret[NAME_LONGEST + 1], bool *ret_long)
{
	size_t len;

	*path += strspn(*path, "/");
	len = strcspn(*path, "/");
	*ret_long = len > NAME_LONGEST;
	if (len == 0 || *ret_long)
		return false;
	memcpy(ret, *path, len);
	ret[len] = '\0';
	*path += len;
	return true;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int
fbsd_open_beneath(const char *root, const char *path, struct err *e)
{
	const char *rest = path;
	char name[NAME_LONGEST + 1];
	bool too_long = false;
	/* What leads to root is the administrator's, links included. */
	fd_auto at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (at < 0)
		return err_sys(e, "open", root);
	while (next(&rest, name, &too_long)) {
		int below;

		if (is_dots(name))
			return err_set(e, ERR_FAILED, "open", path, "the path leads upwards");
		below = openat(at, name, DIRECTORY);
		if (below < 0)
			return err_sys(e, "open", path);
		fd_close(&at);
		at = below;
	}
	if (too_long) {
		errno = ENAMETOOLONG;
		return err_sys(e, "open", path);
	}
	return fd_take(&at);
}

int
fbsd_points(const char *root, const char *path, struct err *e)
{
	static const char *const points[] = {"var", "tmp"};
	enum { MODE = 0755 };
	fd_auto at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd_auto dir = -1;

	if (at < 0 || (mkdirat(at, path, MODE) < 0 && errno != EEXIST))
		return err_sys(e, "mkdir", path);
	dir = fbsd_open_beneath(root, path, e);
	if (dir < 0)
		return -1;
	/* The jail's /t, which its users go through: not what our umask leaves. */
	if (fchmod(dir, MODE) < 0)
		return err_sys(e, "chmod", path);
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++)
		if (mkdirat(dir, points[i], MODE) < 0 && errno != EEXIST)
			return err_sys(e, "mkdir", points[i]);
	return 0;
}

int
fbsd_anchor(const char *root, const char *path, bool on, struct err *e)
{
	fd_auto dir = fbsd_open_beneath(root, path, e);
	struct stat st;
	unsigned long flags;

	if (dir < 0)
		return -1;
	if (fstat(dir, &st) < 0)
		return err_sys(e, "fstat", path);
	flags = on ? st.st_flags | SF_NOUNLINK : st.st_flags & ~(unsigned long)SF_NOUNLINK;
	if (fchflags(dir, flags) < 0)
		return err_sys(e, "fchflags", path);
	return 0;
}
