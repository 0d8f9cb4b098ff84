/*
 * The host's side of a copy: what an operand names there, and how the copy gets to its place.
 */
#ifndef WARDER_CLI_HOST_PATH_H
#define WARDER_CLI_HOST_PATH_H

#include "base/arena.h"
#include "base/tree.h"

/* The last name of a path without its trailing slashes: "b" of "a/b/"; "" of "/".  In the arena. */
const char *host_name_of(const char *path, struct arena *a);
/* ERR_USAGE for what is no name of its own: "", ".", "..". */
int host_name_check(const char *path, const char *name, struct err *e) must_check;

/* Opens what path names (PATH_ONLY), a link itself unless a '/' follows it; *ret_name is its last name. */
int host_source_open(const char *path, struct arena *a, const char **ret_name, struct err *e) must_check;

/* Where a copy goes: dir/as, the directory that path is and the source's name, or else path's own parent and name. */
struct host_target {
	int dir;
	const char *as;
	const char *path; /* for people */
};
int host_target_open(
	const char *path, const char *name, struct arena *a, struct host_target *ret, struct err *e) must_check;
/*
 * Copies source to the target by way of a new directory beside it, .warder-*, which only the caller can look into, and
 * one rename: a file that is there is replaced whole, directories are merged (tree_move).  A killed copy leaves that
 * directory.
 */
int host_target_fill(const struct host_target *t, int source, const char *name, const struct tree_copy_options *o,
	struct err *e) must_check;

#endif
