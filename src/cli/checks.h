/*
 * Verifications (store/verify.h) of what a jail is made of, and what is printed of them.
 */
#ifndef WARDER_CLI_CHECKS_H
#define WARDER_CLI_CHECKS_H

#include "cli/cli.h"
#include "store/verify.h"

/* One generation of one skeleton or base. */
struct check {
	enum draft_kind kind;
	const char *name;
	unsigned generation;  /* 0: the one in use */
	const char *manifest; /* another program's, in the place of the one that was published; NULL */
	struct mtree foreign; /* with manifest */
	struct verify_result r;
	struct err untold; /* why nothing can be said of it; kind ERR_NONE: something can */
};
struct checks {
	struct check *v;
	size_t n;
	struct err journal; /* what is wrong with its chain */
};

/* Each once: a base is read for all its jails. */
void checks_add(struct cli *c, struct checks *k, enum draft_kind kind, const char *name, unsigned generation);
/* Its skeleton, and the generation of its base that it takes at its next start. */
int checks_add_jail(struct cli *c, struct checks *k, const char *jail, struct err *e) must_check;
/* Who can edit a manifest can edit its entry, so what the chain says, in k->journal, is a part of the answer. */
int checks_journal(const struct cli *c, struct checks *k, struct err *e) must_check;
/* Reads c->o.manifest, a regular file or a pipe, into k. */
int check_read_manifest(struct cli *c, struct check *k, struct err *e) must_check;
/* Fills k->r or k->untold, with a bar on a terminal.  threads: as in struct verify_request. */
void check_run(struct cli *c, struct check *k, bool quick, unsigned threads);

/* "skeleton", "base" */
const char *check_kind(const struct check *k);
/* What matches is not told with -q, what does not always is. */
void check_print(const struct cli *c, const struct check *k, FILE *out);
/* What could not be told, on standard error. */
void check_print_errors(const struct check *k);

/* The key verify.before_start: an error unless it says no, or all is as published; what is not is printed on standard
 * error. */
int checks_before_start(struct cli *c, const struct jail *j, struct err *e) must_check;

#endif
