/*
 * The pure half of debian.c: what mmdebstrap is told, and what its lines mean.
 */
#ifndef WARDER_IMAGE_DEBIAN_H
#define WARDER_IMAGE_DEBIAN_H

#include "model/jail.h"

/*
 * The command for suite into the directory target.  sources: "deb ..." lines, used where the declaration names no
 * mirror and no components.  With preseed, the environment's WARDER_PRESEED names a file of debconf answers.
 */
int debian_argv(const struct base_decl *d, const char *suite, const char *target, const struct strv *sources,
	struct arena *a, struct strv *ret, struct err *e) must_check;

/* What a line of its output tells about the progress: phase NULL: the same as before; note NULL: nothing to show. */
struct debian_step {
	const char *phase, *note;
};
struct debian_step debian_read_line(const char *line, struct arena *a);

/* What a line tells about a failure: ERR_NONE if nothing. */
enum err_kind debian_failure(const char *line);

/* Makes a finished tree nobody's in particular: no identity, no secret, no log, nothing of the host's. */
int debian_clean(int dirfd, struct err *e) must_check;

#endif
