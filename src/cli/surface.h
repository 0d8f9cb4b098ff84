/*
 * What `warder surface` shows: the measurement, what it was compared with, and what of it is too much.
 */
#ifndef WARDER_CLI_SURFACE_H
#define WARDER_CLI_SURFACE_H

#include "cli/cli.h"
#include "store/surface.h"
#include "surface/surface.h"

struct surface_view {
	const struct jail *jail;
	const struct plan *plan;
	unsigned base_generation, skel_generation; /* that it runs with */
	struct surface s;
	struct facts declared, recorded;
	struct surface_record record;
	struct comparison c;
	uint64_t ms; /* that it took */
};

struct target;
/* Measures the declared jail, which must run, and compares it.  ret lives in c->a. */
int surface_look(struct cli *c, const struct target *t, struct surface_view *ret, struct err *e) must_check;

/* A level of the promise (DESIGN.md section 3). */
struct surface_level {
	const char *name, *what;
	const char *given;                                    /* what LEVEL_GIVEN means for it */
	bool say;                                             /* and what it is made so by */
	enum { LEVEL_KEPT, LEVEL_GIVEN, LEVEL_BROKEN } state; /* GIVEN: by the declaration */
	struct strv why;                                      /* the facts that make it so */
};
enum { SURFACE_NLEVELS = 3 };
void surface_levels(struct cli *c, const struct surface_view *v, struct surface_level ret[SURFACE_NLEVELS]);

/* Wider than expected, or not comparable with what was recorded. */
bool surface_is_wider(const struct surface_view *v);
/* "base", "skeleton", "state", "pins", "devices", ...: where the plan takes that mount from; NULL: it has none there.
 */
const char *surface_plane(const struct surface_view *v, const char *target);

void surface_print(struct cli *c, const struct surface_view *v);
void surface_json(struct cli *c, const struct surface_view *v);

#endif
