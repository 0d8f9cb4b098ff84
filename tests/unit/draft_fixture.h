/*
 * A jail "ns" on a base "mroot", and the steps of a session on them without its view: for the tests of drafts.
 */
#ifndef WARDER_TESTS_DRAFT_FIXTURE_H
#define WARDER_TESTS_DRAFT_FIXTURE_H

#include "store/base_use.h"
#include "store/draft.h"
#include "store_killed.h"

static inline void
draft_fixture(const struct fixture *f)
{
	struct jail j = fixture_jail("ns");

	fixture_base(&f->s, "mroot");
	ok(store_jail_create(&f->s, &j, NULL, E));
}

/* 0, or -1 with fixture_err: what a session does after its command. */
static inline int
draft_publish(const struct store *s, const struct draft *d, unsigned *ret)
{
	struct arena a = {0};
	struct seal seal;
	struct base_meta m = fixture_meta("mroot", 0);
	fd_auto tree = store_draft_open(s, d, E);
	bool is_base = d->kind == DRAFT_BASE;
	int r = tree < 0 ? -1 : seal_make(tree, is_base ? seal_base_skip : NULL, NULL, &a, &seal, E);

	if (r == 0)
		r = store_draft_publish(s, d, &seal, is_base ? &m : NULL, ret, E);
	arena_done(&a);
	return r;
}

/* A generation of the skeleton, or the base, that has path: the number of it. */
static inline unsigned
draft_commit(const struct fixture *f, enum draft_kind kind, const char *path)
{
	const char *name = kind == DRAFT_SKEL ? "ns" : "mroot";
	struct draft d;
	unsigned number;

	ok(store_draft_make(&f->s, kind, name, NULL, &d, E));
	fd_auto tree = ok(store_draft_open(&f->s, &d, E));
	fixture_file(tree, path, path);
	ok(draft_publish(&f->s, &d, &number));
	return number;
}

static inline unsigned
draft_in_use(const struct fixture *f, enum draft_kind kind)
{
	unsigned used;

	ok(kind == DRAFT_SKEL ? store_jail_generation(&f->s, "ns", &used, E)
			      : store_base_generation(&f->s, "mroot", &used, E));
	return used;
}

static inline bool
draft_is_there(const struct fixture *f, enum draft_kind kind, struct draft *ret)
{
	bool found;

	ok(store_draft_find(&f->s, kind, kind == DRAFT_SKEL ? "ns" : "mroot", ret, &found, E));
	return found;
}

#endif
