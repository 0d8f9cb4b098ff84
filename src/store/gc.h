/*
 * Generations that are no longer needed.
 *
 * What goes is decided by a pure function of a list; going is one rename (N to "N.gone", from when on there is no such
 * generation), and what is under such a name is only space, which store_gc_clear gives back, also after a
 * crash.  Everything here but the pure part needs the locks "jail.NAME" and "manage.NAME", or "base.NAME" and
 * "edit.NAME": then nobody starts from, publishes or goes back to a generation meanwhile.
 */
#ifndef WARDER_STORE_GC_H
#define WARDER_STORE_GC_H

#include "store/draft.h"

/* Why a generation stays, whatever its age. */
enum gc_use {
	USE_CURRENT = 1 << 0, /* s/JAIL, j/BASE */
	USE_PREVIOUS =
		1 << 1, /* the one before that: a rollback, and whoever read the link just before it was switched */
	USE_RUNNING = 1 << 2,  /* a jail that is not stopped was started with it */
	USE_TOLD = 1 << 3,     /* of a base: skel/JAIL/base names it */
	USE_ANCESTOR = 1 << 4, /* a skeleton in use, or a jail that is being created, descends from it */
	USE_DRAFT = 1 << 5,    /* a draft does */
};
struct gc_row {
	unsigned number;
	int64_t created; /* unix seconds */
	unsigned uses;   /* bits of enum gc_use */
};
struct gc_rows {
	struct gc_row *v; /* by number */
	size_t n;
};

/* Pure: ret_goes[i] says whether g->v[i] is needed by nobody and kept by no part of the rule. */
void gc_choose(const struct gc_rows *g, const struct keep *keep, int64_t now, bool *ret_goes);
/* "in use", ...: the first of its uses; NULL if there is none. */
const char *gc_use_word(unsigned uses);

/*
 * All generations of a jail's skeleton or of a base, with their uses.  ERR_BUSY if they cannot be told at the moment: a
 * jail on the base is being managed or created.
 */
int store_gc_rows(const struct store *s, enum draft_kind kind, const char *name, struct arena *a, struct gc_rows *ret,
	struct err *e) must_check;
/* From now on there is no such generation. */
int store_gc_drop(
	const struct store *s, enum draft_kind kind, const char *name, unsigned number, struct err *e) must_check;
/* Removes what was dropped, and what a killed one left. */
int store_gc_clear(const struct store *s, enum draft_kind kind, const char *name, struct err *e) must_check;

#endif
