/*
 * What a start writes down before it makes anything, in run/NAME.rights of the store (store.h): the limits and
 * variables that a later exec has, and everything that outlives its processes.  Pure.
 *
 * Whoever clears a jail, after a stop or after a start that was killed anywhere, undoes all of it: each entry may have
 * been made or not, or have been undone already.
 */
#ifndef WARDER_RUN_FREEBSD_KEEP_H
#define WARDER_RUN_FREEBSD_KEEP_H

#include "model/plan.h"
#include "run/freebsd/args.h"

struct fbsd_keep {
	struct plan plan;   /* the limits of a process, and the jail's name and variables; nothing else */
	const char *jail;   /* the name of jail_set(2) */
	const char *view;   /* host path of the mounts' root */
	const char *state;  /* host path of what the anchors are in */
	struct strv limits; /* filters of rctl(8) */
	struct strv anchors;
	struct strv *addresses; /* commands that take them away */
	size_t naddresses;
};

/* From both plans, as text: each entry ends in NUL, so that no path or value can be taken for a further one. */
void fbsd_keep_print(const struct plan *p, const struct fbsd_plan *f, struct str *out);
/* Such a text; ERR_FAILED if it is not one.  All in a. */
int fbsd_keep_parse(const char *text, size_t len, const char *jail, struct arena *a, struct fbsd_keep *ret,
	struct err *e) must_check;

#endif
