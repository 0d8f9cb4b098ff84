/*
 * Whole trees that may be hostile: removed, copied and measured iteratively, with a bounded number of descriptors,
 * following no link, crossing no mount, blocking on nothing (SECURITY.md R1-R3, R5).  A directory 100,000 levels deep
 * and names of any bytes are ordinary input.
 */
#ifndef WARDER_BASE_TREE_H
#define WARDER_BASE_TREE_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/progress.h"

/* Removes dirfd/name and all beneath it; 0 if it is not there.  Stops with EBUSY or EXDEV at a mount, naming it. */
int tree_remove(int dirfd, const char *name, struct err *e) must_check;
/* Removes all beneath the open directory dirfd, which stays.  keep: first-level names to leave alone, NULL-ended or
 * NULL. */
int tree_empty(int dirfd, const char *const *keep, struct err *e) must_check;

/* UINT32_MAX: as the file is made. */
struct tree_owner {
	uint32_t uid, gid;
};
struct tree_copy_options {
	uint32_t id_shift; /* added to every uid and gid (state: the jail's first id); 0 copies them */
	uint32_t id_count; /* with id_shift: ids at or over this are an error that names the file */
	/* All of the copy is this one's, and attributes stay behind: they name ids too (access lists), or give rights.
	 */
	const struct tree_owner *owner;
	mode_t drop_mode; /* bits of the mode that stay behind */
	bool strip_setid; /* drop set-uid and set-gid bits, device nodes, sockets and capabilities */
	/* What is no directory is linked, not copied, where it may have one more link: for two trees of one jail. */
	bool link_files;
	/* Told of what is left out; and with it FIFOs too are, and files that cannot be opened without waiting
	 * (fcntl(2), leases).  path: its end if it is long, not escaped. */
	void (*left_out)(void *ctx, const char *path, const char *why);
	void *ctx;
	struct progress *bar; /* told of entries and bytes; may be NULL */
};
/*
 * Copies srcfd, a directory or a PATH_ONLY descriptor of anything else, to the new dstdir/name: type, mode, owner,
 * times, xattrs, hard links within the tree; data by FICLONE, else copy_file_range(2), else read and write, keeping
 * holes. Never links the two trees but with link_files.  name must not exist.  On failure what was made is removed
 * again. That srcfd itself would be left out is an error.
 */
int tree_copy(int srcfd, int dstdir, const char *name, const struct tree_copy_options *o, struct err *e) must_check;
/* The same of the entry src of srcdir, whatever it is, a link itself: FreeBSD has no PATH_ONLY descriptor of all. */
int tree_copy_entry(int srcdir, const char *src, int dstdir, const char *name, const struct tree_copy_options *o,
	struct err *e) must_check;

/*
 * Moves fromdir/name, which nobody else reaches, to todir/as by rename(2) alone: nothing is half there at any time.
 * Where neither of the two is a directory, the old one is replaced; two directories become one, entry by entry; a
 * directory over something else, or the other way round, is ERR_CANTCREATE.  todir may be hostile, fromdir not.  After
 * an error what was not moved is still at fromdir/name.
 */
int tree_move(int fromdir, const char *name, int todir, const char *as, struct err *e) must_check;

/* What two trees have under the same name; the path, from the top, and the descriptors are valid during the call. */
struct tree_pair {
	const char *path, *name;
	int srcdir, dstdir;
	struct stat src, dst;
};
struct tree_merge {
	const struct tree_copy_options *copy;
	/* An empty directory of the caller's own on the file system of dst, for a dst that others write to: what is
	 * missing is made there and renamed to its place.  -1: it is made in its place. */
	int stage;
	bool (*skip)(void *ctx, const char *path); /* true: path and all beneath is let alone; may be NULL */
	void (*added)(void *ctx, const char *path);
	int (*both)(void *ctx, const struct tree_pair *p, struct err *e); /* -1 ends the merge; may be NULL */
	void *ctx;
};
/*
 * Adds to the directory dstfd what the directory srcfd has and it lacks, a missing directory with all that is in it,
 * and calls back for what both have (a directory before what is in it, which is looked at if dst has a directory too).
 * Nothing that is there is changed or replaced.  src is nobody's but ours; so is dst, unless there is a stage.
 * *ret_added counts the calls of added.
 */
int tree_merge_missing(int srcfd, int dstfd, const struct tree_merge *m, uint64_t *ret_added, struct err *e) must_check;

struct tree_size {
	uint64_t entries,
		bytes; /* dirfd itself counts, as in find(1), du(1); bytes: st_blocks * 512, hard links once */
};
int tree_measure(int dirfd, struct tree_size *ret, struct err *e) must_check;

#endif
