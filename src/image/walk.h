/*
 * Every entry of a tree that may be hostile, with two open directories however deep it is.
 */
#ifndef WARDER_IMAGE_WALK_H
#define WARDER_IMAGE_WALK_H

#include <sys/stat.h>

#include "base/err.h"

/* Called for each entry that is not a directory; it may unlink dirfd/name. */
struct walk {
	int (*entry)(void *arg, int dirfd, const char *name, const struct stat *st, struct err *e);
	void *arg;
};

/* Follows no link and crosses no mount; nobody else may change the tree meanwhile (a directory that moved away from
 * under the walk is noticed and is an error). */
int walk_tree(int dirfd, const struct walk *w, struct err *e) must_check;

#endif
