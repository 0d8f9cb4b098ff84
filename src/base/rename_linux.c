/*
 * Owns renameat2(2).
 */
#include "base/rename.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int
rename_new(int fromdir, const char *from, int todir, const char *to)
{
	return renameat2(fromdir, from, todir, to, RENAME_NOREPLACE);
}

int
rename_exchange(int dir, const char *a, const char *b)
{
	return renameat2(dir, a, dir, b, RENAME_EXCHANGE);
}

/* It is one call. */
int
rename_settle(int dir, const char *a, const char *b)
{
	return 0;
}

int
rename_over_volatile(int dir, const char *fresh, const char *path)
{
	if (renameat2(dir, fresh, dir, path, RENAME_EXCHANGE) == 0)
		return unlinkat(dir, fresh, 0) < 0 && errno != ENOENT ? -1 : 0;
	return renameat(dir, fresh, dir, path);
}
