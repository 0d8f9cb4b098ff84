/*
 * Files into a jail and out of it, while it runs or not.
 *
 * Out: of base, skeleton and state, wherever a path of the jail lies.  In: into the state only.  The jail may swap
 * directories and links as it likes meanwhile: nothing outside of its state is read or written for it.
 */
#ifndef WARDER_STORE_COPY_H
#define WARDER_STORE_COPY_H

#include "base/tree.h"
#include "store/store.h"

/*
 * Opens (PATH_ONLY) what a jail has at path, absolute: a link there is opened itself, but for the base's own links into
 * skeleton and state.  declared: the declaration's pins; NULL where there is no declaration any more.  ERR_FAILED if it
 * is not there, ERR_USAGE if it can be no path of a jail.
 */
int store_copy_source(const struct store *s, const char *jail, const struct strv *declared, const char *path,
	struct err *e) must_check;

struct copy_in {
	const char *jail;
	const struct strv *declared;
	const char *path;  /* of the jail: an existing directory to copy into, else the new name */
	int source;        /* a directory, or an PATH_ONLY descriptor of anything else */
	const char *name;  /* the source's own, for an existing directory */
	const char *owner; /* "USER[:GROUP]" of the jail's own; NULL: its root.  All of the copy is this one's. */
	bool dry_run;      /* only looks where it would go, and whether it may */
	const struct tree_copy_options *options; /* bar, left_out; the rest is set here */
};
/*
 * Copies source into the state, whole or not at all, but for directories that are there: what they have is added to and
 * files in them are replaced one by one.  *ret_path: where it went, as a path of the jail.  ERR_NOPERM, with the verb
 * that may write there as hint, for a path of the base, of the skeleton or of a pin; ERR_CANTCREATE for a directory
 * over a file or the other way round.  Takes the lock "state.NAME".
 */
int store_copy_in(const struct store *s, const struct copy_in *c, struct arena *a, const char **ret_path,
	struct err *e) must_check;

#endif
