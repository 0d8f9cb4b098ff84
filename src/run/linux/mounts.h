/*
 * The mounts that are there, against those that the plan has.  Pure: assert.c reads them.
 */
#ifndef WARDER_RUN_LINUX_MOUNTS_H
#define WARDER_RUN_LINUX_MOUNTS_H

#include "model/plan.h"

/* One line of mountinfo (proc_pid_mountinfo(5)). */
struct seen_mount {
	const char *path;    /* unescaped */
	const char *type;    /* "ext4" */
	const char *options; /* of the file system, all of its mounts: "rw,subset=pid" */
	unsigned flags;      /* enum mount_flag, those that a mount has by itself */
	bool is_shared;      /* it gets or passes on what is mounted elsewhere */
	unsigned id, parent; /* of the mounts that are there at once: a number can be given again */
};
struct seen_mounts {
	struct seen_mount *v;
	size_t n;
};

/* The lines of a mountinfo.  text is changed, and the rows point into it; ERR_FAILED for a line that is none. */
int mounts_parse(char *text, struct arena *a, struct seen_mount **ret, size_t *ret_n, struct err *e) must_check;

/*
 * ERR_FAILED, naming path, what is planned and what was found, unless the mounts that were seen are exactly those of
 * the plan: each with its flags, the options of a proc and no propagation, and as often as it was planned.
 *
 * places[i] is where the mount of p->ops[i] has come to lie, for those whose target is a link of the view (TREE_VIEW);
 * else NULL.  Whatever the plan says: set-id is honoured nowhere and device nodes only beneath /dev; and unless drafts,
 * nothing can be written but /t/var, /t/tmp, /dev/shm and /dev/pts, and none of these is executable.
 */
int mounts_compare(const struct plan *p, const char *const *places, const struct seen_mount *seen, size_t nseen,
	bool drafts, struct err *e) must_check;

/* The second half of that alone, which stands without a plan. */
int mounts_check_rules(const struct seen_mounts *seen, struct err *e) must_check;

/*
 * ERR_FAILED, likewise, unless after is before and the mounts of p, which are those that were renewed (places as
 * above). again: each bind of p but those of the view took the place of one that was there, and what lay on that one
 * went with it.  What else is there is compared with what was, not with a plan: the declaration may have been changed
 * since the jail's start.
 */
int mounts_compare_renewed(const struct plan *p, const char *const *places, const struct seen_mounts *before,
	const struct seen_mounts *after, bool again, struct err *e) must_check;

#endif
