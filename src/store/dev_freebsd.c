/*
 * FreeBSD needs no directory of devices: a jail's /dev is a devfs(5) of its own with a ruleset.
 */
#include "store/internal.h"

int
store_dev_make(const struct store *s, struct err *e)
{
	return 0;
}
