/*
 * Objects by their names, and where they were written: what every check needs.
 */
#include <stdlib.h>
#include <string.h>

#include "config/check.h"

const struct srcloc *
jail_at(const struct jail *j, enum key key)
{
	return j->at[key].file ? &j->at[key] : &j->loc;
}

static int
compare_entries(const void *a, const void *b)
{
	const struct name_entry *x = a, *y = b;
	const int r = strcmp(x->name, y->name);

	return r ? r : (x->i > y->i) - (x->i < y->i);
}

const struct name_entry *
index_find(const struct name_index *x, const char *name)
{
	size_t low = 0, high = x->n;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (strcmp(x->v[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < x->n && !strcmp(x->v[low].name, name) ? &x->v[low] : NULL;
}

struct name_index
index_jails(const struct config *c, struct arena *a)
{
	struct name_entry *v = arena_array(a, c->njails + 1, sizeof(*v));

	for (size_t i = 0; i < c->njails; i++)
		v[i] = (struct name_entry){c->jails[i].name, &c->jails[i].loc, i};
	qsort(v, c->njails, sizeof(*v), compare_entries);
	return (struct name_index){v, c->njails};
}

struct name_index
index_bases(const struct config *c, struct arena *a)
{
	struct name_entry *v = arena_array(a, c->nbases + 1, sizeof(*v));

	for (size_t i = 0; i < c->nbases; i++)
		v[i] = (struct name_entry){c->bases[i].name, &c->bases[i].loc, i};
	qsort(v, c->nbases, sizeof(*v), compare_entries);
	return (struct name_index){v, c->nbases};
}
