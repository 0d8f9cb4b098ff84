/*
 * Every directory and file of the view, each tried.
 *
 * A mount that is not read-only and has no device nodes is tried at its root only: what lies below is the jail's own
 * data, which may be without end and changes while one looks; that it can be written is known then.
 */
#ifndef WARDER_PROBE_WALK_H
#define WARDER_PROBE_WALK_H

#include "probe/mounts.h"

enum { PLACES_MAX = 256, PLACES_TEXT = 65536 };

/* Directories in which files can be made, the topmost of each mount. */
struct places {
	const char *v[PLACES_MAX];
	size_t n, used;
	char text[PLACES_TEXT];
};

void walk_view(const struct mounts *m, struct places *ret);

#endif
