/*
 * The syntax tree: what was written, in its order, not yet understood.
 */
#ifndef WARDER_CONFIG_TREE_H
#define WARDER_CONFIG_TREE_H

#include "config/lex.h"

struct key_row;

/* NAME; NAME = VALUE, ...; NAME += VALUE, ...; $NAME = VALUE, ...; */
struct param {
	const char *name; /* without '$' */
	struct srcloc at;
	bool is_var, append;
	struct word *values; /* none: a bare name, until config/resolve.c */
	size_t nvalues;
	/* by config/resolve.c */
	const struct key_row *row; /* NULL for a variable */
	size_t symbol;
	bool ignored; /* it says what is so anyway: allow.nomount */
};

enum block_kind {
	BLOCK_TOP,      /* parameters before, between and after blocks: for every jail */
	BLOCK_WILDCARD, /* * { }: for every jail */
	BLOCK_BASE,
	BLOCK_JAIL,
};
struct block {
	enum block_kind kind;
	const char *name; /* NULL for BLOCK_TOP */
	struct srcloc at;
	struct param *params;
	size_t nparams;
};

struct tree {
	struct arena *a;
	struct block *blocks; /* in the order written, over all files */
	size_t nblocks;
	size_t njails;
	/* What `.include "pattern";` does; NULL refuses it. */
	int (*include)(struct tree *t, const char *pattern, const struct srcloc *at, struct err *e);
	void *arg;
};

enum { JAILS_MAX = 65000, LIST_MAX = 4096, VALUE_MAX = 32768 };

/* Adds what a file says to the tree; file must outlive it. */
int tree_read(struct tree *t, const char *file, const char *text, size_t len, struct err *e) must_check;

#endif
