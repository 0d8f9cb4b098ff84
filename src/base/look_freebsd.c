/*
 * Owns the knowledge that on FreeBSD each mount has a device number of its own, nullfs(5), too.
 */
#include "base/look.h"

#include <fcntl.h>

int
look_at(struct look *ret, int dir, const char *name)
{
	int r = *name == '\0' ? fstat(dir, &ret->st) : fstatat(dir, name, &ret->st, AT_SYMLINK_NOFOLLOW);

	if (r == 0)
		ret->mount = ret->st.st_dev;
	return r;
}
