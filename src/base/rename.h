/*
 * Renames that rename(2) does not have: rename_linux.c has them of the kernel, rename_freebsd.c makes them.
 */
#ifndef WARDER_BASE_RENAME_H
#define WARDER_BASE_RENAME_H

#include "base/err.h"

/* All: 0, or -1 with errno. */

/*
 * Moves a name, replacing nothing: EEXIST if there is something.  EINVAL: the file system cannot be asked.
 *
 * FreeBSD: what is no directory gets a second name by linkat(2), which replaces nothing, and then loses the first; a
 * crash between leaves both, which the caller's sweep of what is half made removes.  A directory, and what cannot have
 * two names, is looked for first: who makes an empty directory there meanwhile has it replaced, nothing else.
 */
int rename_new(int fromdir, const char *from, int todir, const char *to) must_check;
/*
 * Exchanges what two names of one directory name; both must be there (ENOENT).
 *
 * FreeBSD: by a third name, b with ".swap" behind it, that nothing else may have: b becomes that, a becomes b, that
 * becomes a.  The caller has a lock under which nobody looks at the two meanwhile; after a crash rename_settle.
 */
int rename_exchange(int dir, const char *a, const char *b) must_check;
/* Under the same lock, before the two are used: finishes an exchange that a crash cut short, so that b is there again
 * and is the new one, or the old one if no new one was there. */
int rename_settle(int dir, const char *a, const char *b) must_check;
/* Puts a file in the place of another, if there is one, which goes: rename(2), without what some file systems then
 * write to the disk at once (ext4, auto_da_alloc).  After a crash of the machine nothing counts of it. */
int rename_over_volatile(int dir, const char *fresh, const char *path) must_check;

#endif
