/*
 * What the files of a generation were when all of them were last read and found as published; for src/store alone.
 *
 * Beside the generation, .warder/skel/JAIL/N.quick and .warder/base/BASE/N.quick, for root alone: device, inode, size
 * and both times of every entry, in the order of the manifest, whose hash is at its head.  A file that is still the
 * same in all of these is taken to have the content that was read: who can set the clock of the host back, or writes to
 * the block device, can deceive that, and only a full verification finds it.  What was changed in the last moments
 * before it was read is never taken so, since the clock of a file system may not have moved since.
 */
#ifndef WARDER_STORE_VERIFY_QUICK_H
#define WARDER_STORE_VERIFY_QUICK_H

#include "store/seal_walk.h"

struct quick_stamp {
	uint64_t device, inode, size;
	int64_t modified, changed; /* nanoseconds */
};

struct quick_reader {
	FILE *f;
	bool have; /* there is a current one */
	struct quick_stamp stamp;
	char path[SEAL_PATH_MAX + 1];
};
/* False where there is none, or not of that manifest. */
bool quick_open(struct quick_reader *r, int dirfd, const char *name, const char hash[SHA256_HEX]);
void quick_close(struct quick_reader *r);
/* True if the walk's current entry is as it was.  Entries are asked for in their order. */
bool quick_is_same(struct quick_reader *r, const struct seal_walk *w);
/* True if none is left that was not asked for. */
bool quick_at_end(const struct quick_reader *r);

struct quick_writer {
	FILE *f;
	int64_t young; /* what was changed since then is not trusted, nanoseconds */
};
/* Where none can be written, nothing is: the next verification then reads all.  No name is taken before the commit. */
void quick_begin(struct quick_writer *q, int dirfd, const char hash[SHA256_HEX]);
void quick_add(struct quick_writer *q, const struct seal_walk *w);
/* Replaces the one before; with good false there is none from now on. */
void quick_end(struct quick_writer *q, int dirfd, const char *name, bool good);
/* Leaves the one before as it is. */
void quick_drop(struct quick_writer *q);

#endif
