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

struct tree_copy_options {
	uint32_t id_shift;    /* added to every uid and gid (state: the jail's first id); 0 copies them */
	uint32_t id_count;    /* with id_shift: ids at or over this are an error that names the file */
	bool strip_setid;     /* drop set-uid and set-gid bits, device nodes, sockets and capabilities */
	struct progress *bar; /* told of entries and bytes; may be NULL */
};
/*
 * Copies the directory srcfd to the new directory dstdir/name: type, mode, owner, times, xattrs, hard links within the
 * tree; data by FICLONE, else copy_file_range(2), else read and write, keeping holes.  Never links the two trees.
 * name must not exist.  On failure what was made is removed again.
 */
int tree_copy(int srcfd, int dstdir, const char *name, const struct tree_copy_options *o, struct err *e) must_check;

struct tree_size {
	uint64_t entries,
		bytes; /* dirfd itself counts, as in find(1), du(1); bytes: st_blocks * 512, hard links once */
};
int tree_measure(int dirfd, struct tree_size *ret, struct err *e) must_check;

#endif
