/*
 * A tree and what it should hold, gone through side by side in the order of a manifest, in bounded memory; for
 * src/store alone.
 */
#ifndef WARDER_STORE_VERIFY_COMPARE_H
#define WARDER_STORE_VERIFY_COMPARE_H

#include "store/verify.h"
#include "store/verify_pool.h"
#include "store/verify_quick.h"

struct comparison {
	/* The caller's: 1 with the next entry that is expected, which stays until the call after the next; 0 at the
	 * end. */
	int (*next)(void *arg, struct seal_entry *ret, struct err *e);
	/* True for what may be there although it is not expected, or missing although it is; NULL: nothing may. */
	bool (*is_excused)(void *arg, const struct seal_entry *expected, const char *found);
	void *arg;
	struct arena *a; /* of the result */
	struct verify_result *r;
	unsigned threads;
	struct progress *bar;
	struct quick_reader *before; /* what need not be read again; NULL: all is */
	struct quick_writer *after;  /* told of each entry that is there; may be NULL */
	bool malformed;              /* next failed, and not for an error of the system */
	/* its own */
	struct seal_walk walk;
	struct arena links; /* texts of links, given up now and then */
	unsigned nlinks;
	struct verify_pool *pool;
};

/* Adds to c->r what differs, sorted, and what was read.  skip: as of seal_make. */
int compare_tree(struct comparison *c, int tree, const char *const *skip, struct err *e) must_check;

#endif
