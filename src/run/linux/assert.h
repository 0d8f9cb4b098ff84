/*
 * Refusing to start on mounts that are not the plan's.
 */
#ifndef WARDER_RUN_LINUX_ASSERT_H
#define WARDER_RUN_LINUX_ASSERT_H

#include "model/plan.h"

/* Reads the mounts of this process's own namespace and holds them against the plan (mounts_compare).  proc: every file
 * of proc (mount_proc_fd).  Not thread-safe: it has one buffer, and is for a process that assembles a view. */
int assert_mounts(const struct plan *p, int proc, bool drafts, struct err *e) must_check;

#endif
