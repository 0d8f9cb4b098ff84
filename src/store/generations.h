/*
 * Which generations of a skeleton or of a base there are, and the way to their trees.
 */
#ifndef WARDER_STORE_GENERATIONS_H
#define WARDER_STORE_GENERATIONS_H

#include "store/seal.h"

/* Where a number is asked for: the next generation while it is being made. */
enum { GENERATION_DRAFT = 0 };

struct generations {
	unsigned *v; /* ascending */
	size_t n;
	unsigned used; /* 0: there is no such jail or base */
	bool draft;    /* a whole one is there */
};
int store_skel_generations(
	const struct store *s, const char *jail, struct arena *a, struct generations *ret, struct err *e) must_check;
int store_base_generations(
	const struct store *s, const char *base, struct arena *a, struct generations *ret, struct err *e) must_check;

/* What its seal covers (a base's: the directory above root, skel and pins), or the draft: PATH_ONLY|O_DIRECTORY. */
int store_skel_open(const struct store *s, const char *jail, unsigned generation, struct err *e) must_check;
int store_base_open(const struct store *s, const char *base, unsigned generation, struct err *e) must_check;

#endif
