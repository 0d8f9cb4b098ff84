/*
 * What adopters of thin jails share.
 *
 * A thin jail elsewhere is one writable tree, with links into a base that is mounted somewhere in it.  In a jail of
 * warder's the base is the root, so the tree has to be taken apart: the configuration says how, in comments.
 */
#ifndef WARDER_ADOPT_THIN_H
#define WARDER_ADOPT_THIN_H

#include "adopt/adopt.h"

struct thin {
	struct arena *a;
	struct adopted *r;
	const char *at;   /* where in a jail its base is mounted: "/basejail" */
	struct str bases; /* blocks */
	struct str jails;
	struct strv sources, names; /* of the bases, in the same order */
	size_t njails;
};
void thin_done(struct thin *t);

/* The source of the base that the fstab mounts in the jail at path; NULL, with a fault, if there is none that can be
 * used.  Every other line is a fault, too.  ERR_CONFIG for what is no fstab(5). */
int thin_find_base(
	struct thin *t, const struct adopt_text *fstab, const char *path, const char **ret, struct err *e) must_check;

/* The name of the base's block, made of the last part of its source; *ret_new: it is not written yet.  NULL, with a
 * fault, if that is no name or another one's already. */
const char *thin_base_name(struct thin *t, const char *source, const struct srcloc *at, bool *ret_new);
/* Writes a new base: block is all of it, comments and so on. */
bool thin_add_base(struct thin *t, const char *source, const char *name, const struct srcloc *at, const char *block);

/* Whether the line, such as "\thost.hostname = \"a\";\n", may stand after before in that jail's block, beside the jails
 * that were added; else a fault says why not. */
bool thin_accepts(struct thin *t, const struct srcloc *at, const char *jail, const char *before, const char *name,
	const char *line);

/* The block: params as lines, and how the tree at path becomes a skeleton and a state. */
void thin_add_jail(struct thin *t, const struct srcloc *at, const char *name, const char *base, const char *path,
	const char *params);
/* A path between double quotes, for a shell. */
void thin_quote(struct str *out, const char *path);

/* All of it, if the configuration's own reader takes it. */
int thin_finish(struct thin *t, const char *op, struct adopted *ret, struct err *e) must_check;

#endif
