/*
 * Owns what stands for renameat2(2), which FreeBSD does not have.  Each step is one call that a crash leaves done or
 * not done; what is left of an exchange is told apart by which of its three names are there.
 */
#include "base/rename.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_there(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

static int
rename_looking(int fromdir, const char *from, int todir, const char *to)
{
	if (is_there(todir, to)) {
		errno = EEXIST;
		return -1;
	}
	return renameat(fromdir, from, todir, to);
}

int
rename_new(int fromdir, const char *from, int todir, const char *to)
{
	struct stat st;

	if (fstatat(fromdir, from, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (S_ISDIR(st.st_mode))
		return rename_looking(fromdir, from, todir, to);
	if (linkat(fromdir, from, todir, to, 0) == 0)
		return unlinkat(fromdir, from, 0);
	if (errno == EOPNOTSUPP || errno == EMLINK || errno == EPERM)
		return rename_looking(fromdir, from, todir, to);
	return -1;
}

static int
third_name(const char *b, char ret[NAME_MAX + 1])
{
	int n = snprintf(ret, NAME_MAX + 1, "%s.swap", b);

	if (n <= NAME_MAX)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

int
rename_exchange(int dir, const char *a, const char *b)
{
	char third[NAME_MAX + 1];

	if (third_name(b, third) < 0)
		return -1;
	if (!is_there(dir, a) || !is_there(dir, b)) {
		errno = ENOENT;
		return -1;
	}
	if (rename_looking(dir, b, dir, third) < 0)
		return -1;
	return rename_settle(dir, a, b);
}

int
rename_settle(int dir, const char *a, const char *b)
{
	char third[NAME_MAX + 1];

	if (third_name(b, third) < 0)
		return -1;
	if (!is_there(dir, third))
		return 0;
	if (!is_there(dir, b)) {
		if (!is_there(dir, a))
			return renameat(dir, third, dir, b);
		if (renameat(dir, a, dir, b) < 0)
			return -1;
	}
	return rename_looking(dir, third, dir, a);
}

int
rename_over_volatile(int dir, const char *fresh, const char *path)
{
	return renameat(dir, fresh, dir, path);
}
