/*
 * Owns the difference of sets.
 */
#include "surface/surface.h"

static void
find_wider(const struct facts *measured, const struct facts *declared, const struct facts *recorded, struct arena *a,
	struct comparison *c)
{
	for (size_t i = 0; i < measured->n; i++) {
		const struct fact *f = &measured->v[i];
		struct excess x = {.fact = f};

		x.than[THAN_DECLARED] =
			declared != NULL && fact_rows[f->kind].declared && !facts_has(declared, f->kind, f->text);
		x.than[THAN_RECORDED] = recorded != NULL && !facts_has(recorded, f->kind, f->text);
		if (!x.than[THAN_DECLARED] && !x.than[THAN_RECORDED])
			continue;
		c->wider = arena_grow(a, c->wider, c->nwider, sizeof(*c->wider));
		c->wider[c->nwider++] = x;
	}
}

/* Those of `of` that are not in `in`; kind FACT_NKINDS: all kinds. */
static const struct fact **
find_absent(const struct facts *of, const struct facts *in, enum fact_kind kind, struct arena *a, size_t *ret_n)
{
	const struct fact **v = NULL;
	size_t n = 0;

	for (size_t i = 0; of != NULL && i < of->n; i++) {
		const struct fact *f = &of->v[i];

		if ((kind != FACT_NKINDS && f->kind != kind) || facts_has(in, f->kind, f->text))
			continue;
		v = arena_grow(a, v, n, sizeof(const struct fact *));
		v[n++] = f;
	}
	*ret_n = n;
	return v;
}

void
surface_compare(const struct facts *measured, const struct facts *declared, const struct facts *recorded,
	struct arena *a, struct comparison *ret)
{
	struct comparison c = {0};

	find_wider(measured, declared, recorded, a, &c);
	c.missing = find_absent(declared, measured, FACT_MOUNT, a, &c.nmissing);
	c.narrower = find_absent(recorded, measured, FACT_NKINDS, a, &c.nnarrower);
	*ret = c;
}
