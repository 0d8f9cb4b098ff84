/*
 * The mounts that the kernel says are there (getfsstat(2)) against those that were asked for, and what devfs shows
 * against what a jail may have.  Pure.
 */
#ifndef WARDER_RUN_FREEBSD_MOUNTS_H
#define WARDER_RUN_FREEBSD_MOUNTS_H

#include "run/freebsd/args.h"

struct fbsd_seen {
	const char *fstype, *on, *from;
	bool ro, nosuid, noexec, nosymfollow;
	int fsid[2];
};

/*
 * ERR_FAILED naming the first that differs, is missing or is too many.  view: the real path of the steps' root, since
 * the kernel names a mount by that.  What has more flags than were asked for is no difference.
 */
int fbsd_mounts_check(
	const struct fbsd_plan *p, const char *view, const struct fbsd_seen *seen, size_t n, struct err *e) must_check;

/* path is at or beneath view. */
bool fbsd_is_beneath(const char *view, const char *path);

/* Whether /dev of a jail may show that name (a path relative to it). */
bool fbsd_device_is_allowed(const char *name);

#endif
