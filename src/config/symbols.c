/*
 * The table of names: open addressing with FNV-1a, at most half full.
 */
#include "config/symbols.h"

#include <string.h>

static uint64_t
hash_name(const char *name)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3u;
	return h;
}

/* Where name is, or would be. */
static size_t *
find_slot(struct symbols *s, const char *name, uint64_t hash)
{
	size_t i = (size_t)hash & (s->nslots - 1);

	for (; s->slots[i]; i = (i + 1) & (s->nslots - 1)) {
		const struct symbol *symbol = &s->v[s->slots[i] - 1];

		if (symbol->hash == hash && !strcmp(symbol->name, name))
			break;
	}
	return &s->slots[i];
}

static void
make_room(struct symbols *s)
{
	if (s->n * 2 < s->nslots)
		return;
	s->nslots = s->nslots ? s->nslots * 2 : 256;
	s->slots = arena_array(s->a, s->nslots, sizeof(*s->slots));
	for (size_t i = 0; i < s->n; i++)
		*find_slot(s, s->v[i].name, s->v[i].hash) = i + 1;
}

size_t
symbol_intern(struct symbols *s, char prefix, const char *name)
{
	const char *full = prefix ? arena_printf(s->a, "%c%s", prefix, name) : name;
	const uint64_t hash = hash_name(full);
	size_t *slot;

	make_room(s);
	slot = find_slot(s, full, hash);
	if (*slot)
		return *slot - 1;
	s->v = arena_grow(s->a, s->v, s->n, sizeof(*s->v));
	s->v[s->n++] = (struct symbol){.name = full, .hash = hash};
	*slot = s->n;
	return s->n - 1;
}
