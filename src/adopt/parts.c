/*
 * What adopters share: the table of them, faults, values.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "adopt/adopt.h"

const struct adopter *const adopters[] = {
	&adopt_fstab,
	&adopt_jail_conf,
	&adopt_ezjail,
	&adopt_bastille,
};
const size_t nadopters = sizeof(adopters) / sizeof(adopters[0]);

const struct adopter *
adopter_find(const char *name)
{
	for (size_t i = 0; i < nadopters; i++)
		if (strcmp(adopters[i]->name, name) == 0)
			return adopters[i];
	return NULL;
}

void
adopt_fault(struct arena *a, struct adopted *r, const struct srcloc *at, const char *what, const char *fmt, ...)
{
	char why[sizeof(((struct err *)0)->reason)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	r->faults = arena_grow(a, r->faults, r->nfaults, sizeof(*r->faults));
	r->faults[r->nfaults] = (struct err){0};
	err_set(&r->faults[r->nfaults], ERR_CONFIG, "not taken over:", what, "%s", why);
	err_at(&r->faults[r->nfaults++], at);
}

static int
compare_lines(const void *a, const void *b)
{
	const struct err *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->col < y->col ? -1 : x->col > y->col;
}

void
adopt_sort(struct adopted *r, size_t from)
{
	if (r->nfaults > from)
		qsort(r->faults + from, r->nfaults - from, sizeof(*r->faults), compare_lines);
}

void
adopt_quote(struct str *out, const char *value)
{
	str_add_quoted(out, value, "\"\\$");
}
