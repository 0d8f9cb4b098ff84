/*
 * Names -> small numbers, so that looking a name up for each of 65,000 jails is indexing an array.
 */
#ifndef WARDER_CONFIG_SYMBOLS_H
#define WARDER_CONFIG_SYMBOLS_H

#include "base/arena.h"

struct seen {
	size_t block;
	struct srcloc at;
};
struct symbol {
	const char *name; /* of a variable with its '$' */
	uint64_t hash;
	/* The last block that set it, by number, 0: none; and everything outside of blocks, which counts as block 1. */
	struct seen in_block, outside;
};
struct symbols {
	struct arena *a;
	struct symbol *v;
	size_t n;
	size_t *slots; /* open addressing: index into v plus one, 0: free; nslots a power of two, or 0 */
	size_t nslots;
};

/* The number of prefix (a character, or NUL for none) and name; added if it is new. */
size_t symbol_intern(struct symbols *s, char prefix, const char *name);

#endif
