/*
 * Cycles of `depend`: jails are taken away that depend on none that is left; what stays holds a cycle, which is named.
 */
#include <string.h>

#include "config/check.h"
#include "config/lex.h"

struct graph {
	const struct config *c;
	size_t *from;      /* jail i's edges are to[from[i]] .. to[from[i + 1]] */
	size_t *to;        /* jails that depend on i */
	size_t *remaining; /* how many jails i still waits for */
};

static size_t
count_edges(const struct config *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->njails; i++)
		n += c->jails[i].depend.n;
	return n;
}

static size_t
target(const struct graph *g, const struct name_index *jails, const char *name)
{
	return index_find(jails, name)->i;
}

static void
fill_edges(struct graph *g, const struct name_index *jails)
{
	const struct config *c = g->c;

	for (size_t i = 0; i < c->njails; i++)
		for (size_t k = 0; k < c->jails[i].depend.n; k++)
			g->from[target(g, jails, c->jails[i].depend.v[k]) + 2]++;
	for (size_t i = 2; i < c->njails + 2; i++)
		g->from[i] += g->from[i - 1];
	for (size_t i = 0; i < c->njails; i++) {
		g->remaining[i] = c->jails[i].depend.n;
		for (size_t k = 0; k < c->jails[i].depend.n; k++)
			g->to[g->from[target(g, jails, c->jails[i].depend.v[k]) + 1]++] = i;
	}
}

/* Takes away all that wait for nothing; how many those were. */
static size_t
take_away(struct graph *g, struct arena *a)
{
	size_t *queue = arena_array(a, g->c->njails + 1, sizeof(*queue)), n = 0;

	for (size_t i = 0; i < g->c->njails; i++)
		if (g->remaining[i] == 0)
			queue[n++] = i;
	for (size_t head = 0; head < n; head++)
		for (size_t k = g->from[queue[head]]; k < g->from[queue[head] + 1]; k++)
			if (--g->remaining[g->to[k]] == 0)
				queue[n++] = g->to[k];
	return n;
}

static size_t
next_on_cycle(const struct graph *g, const struct name_index *jails, size_t i)
{
	const struct strv *depend = &g->c->jails[i].depend;

	for (size_t k = 0; k < depend->n; k++) {
		const size_t t = target(g, jails, depend->v[k]);

		if (g->remaining[t] > 0)
			return t;
	}
	return i;
}

static int
fail_cycle(const struct graph *g, const struct name_index *jails, struct err *e)
{
	str_auto names = {0};
	const struct jail *j;
	size_t i = 0, first;

	while (g->remaining[i] == 0)
		i++;
	for (size_t steps = 0; steps < g->c->njails; steps++)
		i = next_on_cycle(g, jails, i);
	first = i;
	j = &g->c->jails[first];
	str_add(&names, j->name);
	do {
		i = next_on_cycle(g, jails, i);
		str_addf(&names, " -> %s", g->c->jails[i].name);
	} while (i != first && names.len < 120);
	return fail_at(e, jail_at(j, KEY_DEPEND), "depend", j->name, "is a cycle: %s", str_text(&names));
}

int
config_check_depend(const struct config *c, const struct name_index *jails, struct arena *a, struct err *e)
{
	const size_t nedges = count_edges(c);
	struct graph g = {.c = c};

	if (nedges == 0)
		return 0;
	g.from = arena_array(a, c->njails + 2, sizeof(*g.from));
	g.to = arena_array(a, nedges, sizeof(*g.to));
	g.remaining = arena_array(a, c->njails, sizeof(*g.remaining));
	fill_edges(&g, jails);
	return take_away(&g, a) == c->njails ? 0 : fail_cycle(&g, jails, e);
}
