/*
 * Owns what is named the same on every system.
 */
#include "surface/names.h"

const char *
surface_covered(const char *target, unsigned n, struct arena *a)
{
	return n == 1 ? target : arena_printf(a, "%s (%u)", target, n);
}

const char *
numbered_name(const struct numbered *v, unsigned number, const char *otherwise, struct arena *a)
{
	for (; v->name != NULL; v++)
		if (v->number == number)
			return v->name;
	return arena_printf(a, "%s %u", otherwise, number);
}
