/*
 * Going through a tree in the order of a manifest's entries, one at a time, and what a manifest says of each; for
 * src/store, and for who writes such trees elsewhere (cli/layer.c).  A walk keeps the names of the directories on its
 * way and nothing else, so that a tree of any size can be compared with its manifest.
 *
 * Hostile trees are ordinary input (R1-R3): no link is followed, no FIFO or device opened, no mount crossed.
 */
#ifndef WARDER_STORE_SEAL_WALK_H
#define WARDER_STORE_SEAL_WALK_H

#include "base/dirs.h"
#include "base/look.h"
#include "store/seal_xattr.h"

enum { SEAL_READ_SIZE = 128 << 10 };

struct seal_names;
struct seal_walk {
	struct dirs d;
	const char *const *skip;
	struct seal_names *names; /* of each directory on the way, sorted */
	size_t nnames, cap;
	struct seal_xattrs xattrs;
	uint64_t mount;
	/* the current entry */
	struct str path;  /* raw, relative: ".", "etc/passwd" */
	const char *name; /* in the current directory; NULL: it is that directory */
	struct look look;
};
#define seal_walk_auto __attribute__((cleanup(seal_walk_done))) struct seal_walk

/* Begins at the open directory dirfd, which is not kept; w is zeroed.  op: for errors.  skip: as of seal_make. */
int seal_walk_open(struct seal_walk *w, int dirfd, const char *op, const char *const *skip, struct err *e) must_check;
void seal_walk_done(struct seal_walk *w);
/* 1 with the next entry, the top first; 0 at the end.  Errors as of seal_make. */
int seal_walk_next(struct seal_walk *w, struct err *e) must_check;
/* A regular file while it is read. */
struct seal_file {
	int fd; /* -1: there is none */
	struct timespec changed;
};
/*
 * What a manifest says of the current entry, but the digest of a file, which is opened for that: *ret_file is the
 * caller's to close.  The path is the walk's own, until the next entry; the text of a link lies in a.
 */
int seal_walk_entry(struct seal_walk *w, struct arena *a, struct seal_entry *ret, struct seal_file *ret_file,
	struct err *e) must_check;

/*
 * The same of a regular file that a walk looked at, without the walk, for any thread; each has its own x and buf.
 * inode: as it was seen.  path: for errors, and its last component is the name in dirfd.
 */
int seal_file_open(int dirfd, const char *path, uint64_t inode, const char *op, struct seal_xattrs *x,
	struct seal_entry *ret, struct seal_file *ret_file, struct err *e) must_check;
/* The digest of what was opened so.  buf: SEAL_READ_SIZE bytes.  ERR_BUSY if anything of it changed since. */
int seal_file_hash(const struct seal_file *f, const struct seal_entry *v, const char *op, char *buf,
	uint8_t ret[SHA256_SIZE], struct err *e) must_check;

#endif
