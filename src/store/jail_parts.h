/*
 * A created jail in parts, for what reads, fills or renews them from the host: copies, reset, seeding.
 */
#ifndef WARDER_STORE_JAIL_PARTS_H
#define WARDER_STORE_JAIL_PARTS_H

#include "store/internal.h"

struct jail_parts {
	const struct base_meta *base;
	uint32_t first; /* of its ids */
	struct pin *pins;
	size_t npins;
	int generation, skel, state; /* PATH_ONLY; generation: the base generation's directory, above root and pins */
};
/* Of the generations that it runs with, or would be started with.  declared: the declaration's pins; NULL: there is no
 * declaration any more.  ERR_FAILED with a hint if the jail has not been created. */
int jail_parts_open(const struct store *s, const char *jail, const struct strv *declared, struct arena *a,
	struct jail_parts *ret, struct err *e) must_check;
void jail_parts_close(struct jail_parts *p);

/* The mount points of all pins in a state.  replace: whatever has their place goes, for a state that nobody uses; else
 * only what is missing is made. */
int jail_pins_points(const struct jail_parts *p, int statefd, bool replace, struct arena *a, struct err *e) must_check;

/* ---- the state ---- */
/* Makes tdir/name a pristine state of the base generation genfd, without the mount points of pins; an PATH_ONLY
 * descriptor of it. */
int state_make(int tdir, const char *name, int genfd, uint32_t first, struct progress *bar, struct err *e) must_check;

/*
 * Where what shall go into a jail's state is made first: ROOT/t/NAME.in, 0700, on the same file system and out of the
 * jail's sight.  The lock "state.NAME" is held with it: one at a time puts things into a state from outside, and nobody
 * while it is reset or destroyed.
 */
struct state_stage {
	int lock, parent, fd;
	char name[STORE_PATH];
};
int state_stage_open(
	const struct store *s, const char *jail, const char *doing, struct state_stage *ret, struct err *e) must_check;
/* Removes it with all that was not moved away.  What cannot be removed is cleared by the next one, or with the jail. */
void state_stage_close(struct state_stage *st);

#endif
