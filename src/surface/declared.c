/*
 * Owns what a plan gives.  Nothing is taken from the system: a jail that has more than its plan is what is looked for.
 */
#include "surface/given.h"

void
give_all(struct given *g, enum fact_kind kind, const char *const *texts)
{
	for (; *texts != NULL; texts++)
		facts_add(g->f, kind, *texts, g->a);
}

void
surface_declared(const struct plan *p, struct arena *a, struct facts *ret)
{
	struct facts f = {0};
	struct given g = {.p = p, .a = a, .f = &f};

	give_system(&g);
	facts_sort(&f);
	*ret = f;
}
