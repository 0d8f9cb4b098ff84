/*
 * Drafts: the next generation of a skeleton or of a base while it is being made (docs/management.md).
 *
 * A draft is there whole or not at all: it is copied beside and renamed.  It outlives the manager that made it, until
 * it is published or removed.  Everything here needs the lock "manage.JAIL" or "edit.BASE"; publishing takes the lock
 * "store" itself.
 */
#ifndef WARDER_STORE_DRAFT_H
#define WARDER_STORE_DRAFT_H

#include "store/seal.h"

enum draft_kind { DRAFT_SKEL, DRAFT_BASE };
struct draft {
	enum draft_kind kind;
	const char *name;   /* of the jail or base; the caller's */
	unsigned from;      /* the generation that it was copied from; 0: a crash of the machine took its description */
	unsigned base_from; /* DRAFT_SKEL: of the base, when it was begun */
	int64_t started;    /* unix seconds */
};

/* *ret_found false where there is none. */
int store_draft_find(const struct store *s, enum draft_kind kind, const char *name, struct draft *ret, bool *ret_found,
	struct err *e) must_check;
/* Copies the generation in use.  ERR_FAILED with hints where a draft is there already. */
int store_draft_make(const struct store *s, enum draft_kind kind, const char *name, struct progress *bar,
	struct draft *ret, struct err *e) must_check;
int store_draft_remove(const struct store *s, enum draft_kind kind, const char *name, struct err *e) must_check;

/*
 * draft_view.c.  pid is pid 1 of the view that is to work on the draft: recorded before its command begins.
 * settle: waits for the end of the one that was recorded last, and forgets it; whoever has taken the lock does so
 * before anything else.  ERR_BUSY where it does not end.
 */
int store_draft_enter(const struct store *s, enum draft_kind kind, const char *name, int pid, struct err *e) must_check;
int store_draft_settle(const struct store *s, enum draft_kind kind, const char *name, struct err *e) must_check;

/* The tree of the draft, or of the generation that it came from: what a seal covers.  O_RDONLY|O_DIRECTORY. */
int store_draft_open(const struct store *s, const struct draft *d, struct err *e) must_check;
int store_draft_open_origin(const struct store *s, const struct draft *d, struct err *e) must_check;
/* The directory .warder/skel/JAIL or .warder/base/BASE: generations and draft. */
int store_draft_dir(const struct store *s, enum draft_kind kind, const char *name, struct err *e) must_check;

/* DRAFT_SKEL: whether the jail can start on it: its users, and the directories that are mounted from it. */
int store_draft_check(const struct store *s, const struct jail *j, const struct draft *d, struct err *e) must_check;

/*
 * Makes it the next generation: writes its description and its seal, syncs, renames it to its number, and switches the
 * link.  DRAFT_BASE: m is the draft's description, of which name, source and flavour are taken over and the generation
 * filled in; else NULL.  The number is one more than the highest there is.
 */
int store_draft_publish(const struct store *s, const struct draft *d, const struct seal *seal, struct base_meta *m,
	unsigned *ret_generation, struct err *e) must_check;

/* The number that publishing it next will give it. */
int store_draft_number(const struct store *s, const struct draft *d, unsigned *ret, struct err *e) must_check;

/* Switches the link ROOT/s/JAIL, ROOT/j/BASE to a generation that is there: the moment of a commit or a rollback. */
int store_skel_use(const struct store *s, const char *jail, unsigned generation, struct err *e) must_check;
int store_base_use(const struct store *s, const char *base, unsigned generation, struct err *e) must_check;

/*
 * The manager's own /var and /tmp for a view of jail j: .warder/skel/JAIL/draft.view/{var,tmp}, from the pristine state
 * of the base's generation, with mount points for all pins; ids are not shifted.  take_old: one that is there is left
 * as it is, else it is made anew.
 */
int store_view_state_make(const struct store *s, const struct jail *j, const struct base_meta *m, bool take_old,
	struct err *e) must_check;
int store_view_state_remove(const struct store *s, const char *jail, struct err *e) must_check;

/*
 * What the planner needs for a view (plan_build_view), with the trees of drafts.  Of a jail: its skeleton's draft, over
 * its base's generation in use or, with base_too, over the base's draft.  Of a base: all of its draft; the ids are a
 * range of the base's own ("base.NAME" in .warder/ids), so that its package scripts are root of nothing on the host,
 * and that is allotted now if allot is set, else nothing is written.
 */
int store_view_facts(const struct store *s, const struct jail *j, bool base_too, struct arena *a,
	struct jail_facts *ret, struct err *e) must_check;
int store_view_facts_base(const struct store *s, const char *base, bool allot, struct arena *a, struct jail_facts *ret,
	struct err *e) must_check;

#endif
