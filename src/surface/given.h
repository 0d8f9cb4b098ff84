/*
 * What a declaration gives, told by declared_*.c: one of them for each system, chosen by name.
 */
#ifndef WARDER_SURFACE_GIVEN_H
#define WARDER_SURFACE_GIVEN_H

#include "surface/surface.h"

struct given {
	const struct plan *p;
	struct arena *a;
	struct facts *f;
	bool wx_denied, shm; /* as what was given so far has it */
};

/* texts: up to NULL. */
void give_all(struct given *g, enum fact_kind kind, const char *const *texts);
/* Everything that the plan gives on this system, in any order. */
void give_system(struct given *g);

#endif
