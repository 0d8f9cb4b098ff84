/*
 * Owns the map of inode numbers: an open-addressing table that is at most half full.
 */
#include "base/inodes.h"

#include <stdlib.h>

#include "base/arena.h"

enum { FIRST_SLOTS = 256 };

struct inodes_slot {
	uint64_t ino, value; /* ino 0: free; no file has it */
};

void
inodes_done(struct inodes *s)
{
	free(s->slots);
	*s = (struct inodes){0};
}

static struct inodes_slot *
slot_of(const struct inodes *s, uint64_t ino)
{
	size_t i = (size_t)(ino * UINT64_C(0x9e3779b97f4a7c15)) & (s->nslots - 1);
	while (s->slots[i].ino != 0 && s->slots[i].ino != ino)
		i = (i + 1) & (s->nslots - 1);
	return &s->slots[i];
}

static void
grow(struct inodes *s)
{
	struct inodes larger = {.n = s->n, .nslots = s->nslots == 0 ? FIRST_SLOTS : 2 * s->nslots};
	larger.slots = calloc(larger.nslots, sizeof(*larger.slots));
	if (larger.slots == NULL)
		arena_out_of_memory();
	for (size_t i = 0; i < s->nslots; i++)
		if (s->slots[i].ino != 0)
			*slot_of(&larger, s->slots[i].ino) = s->slots[i];
	free(s->slots);
	*s = larger;
}

uint64_t
inodes_put(struct inodes *s, uint64_t ino, uint64_t value)
{
	if (2 * s->n >= s->nslots)
		grow(s);
	struct inodes_slot *slot = slot_of(s, ino);
	if (slot->ino == ino)
		return slot->value;
	*slot = (struct inodes_slot){ino, value};
	s->n++;
	return value;
}
