/*
 * Refusing to start on mounts that are not the plan's, and to go on with them after a live renewal.
 */
#ifndef WARDER_RUN_LINUX_ASSERT_H
#define WARDER_RUN_LINUX_ASSERT_H

#include "run/linux/mounts.h"

/* Reads the mounts of this process's own namespace and holds them against the plan (mounts_compare).  proc: every file
 * of proc (mount_proc_fd).  Not thread-safe: it has one buffer, and is for a process that assembles a view. */
int assert_mounts(const struct plan *p, int proc, bool drafts, struct err *e) must_check;

/* The mounts of this process's own namespace as they are before a renewal, in a; ERR_FAILED where one gives too much
 * already (mounts_check_rules).  proc and the buffer as above. */
int assert_before(int proc, struct arena *a, struct seen_mounts *ret, struct err *e) must_check;
/* Reads them again and holds them against what they were and p, the steps that were renewed (mounts_compare_renewed).
 */
int assert_renewed(
	const struct plan *p, int proc, const struct seen_mounts *before, bool again, struct err *e) must_check;
/* A mount that is attached to nothing yet: its flags are those of its step.  Whether it is id-mapped and private cannot
 * be asked there. */
int assert_detached(int mfd, const struct op *o, struct err *e) must_check;

#endif
