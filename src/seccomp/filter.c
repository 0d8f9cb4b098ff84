/*
 * Owns the choice among the generated filters (filter-data.c).
 */
#include <string.h>

#include "seccomp/filter.h"

const struct filter_variant *
filter_by_name(const char *name)
{
	for (size_t i = 0; i < nfilter_variants; i++)
		if (strcmp(filter_variants[i].name, name) == 0)
			return &filter_variants[i];
	return NULL;
}
