/*
 * What is known of an entry by its name, with the mount that it is on.
 */
#ifndef WARDER_BASE_LOOK_H
#define WARDER_BASE_LOOK_H

#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"

struct look {
	struct stat st;
	uint64_t mount; /* the same for two entries: no mount lies between them */
};
/* name in dir, a link itself, never making a mount; "": dir.  -1 with errno. */
int look_at(struct look *ret, int dir, const char *name) must_check;

#endif
