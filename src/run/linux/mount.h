/*
 * Mounts of the view: each made detached, with its flags and private propagation, then moved to a descriptor.
 */
#ifndef WARDER_RUN_LINUX_MOUNT_H
#define WARDER_RUN_LINUX_MOUNT_H

#include "model/plan.h"
#include "store/store.h"

/* Pure: MOUNT_ATTR_* for enum mount_flag bits (mount_setattr(2)); MNT_IDMAP is among them. */
uint64_t mount_attrs(unsigned flags);

struct view {
	const struct store_trees *trees;
	int userns; /* whose map shifts the id-mapped trees */
	int root;   /* the mount at "/", -1 before it is made */
};
/* The mount of one OP_MOUNT, detached: flagged, id-mapped, of private propagation. */
int mount_make(const struct view *v, const struct op *o, struct err *e) must_check;
/* Carries out one OP_MOUNT.  In the mount namespace of the jail, before the pivot. */
int mount_apply(struct view *v, const struct op *o, struct err *e) must_check;
/* The view becomes "/" and what was there is detached; the working directory is "/" afterwards (checked, R9). */
int mount_pivot(const struct view *v, struct err *e) must_check;
/* A detached instance of proc with everything in it, for sysctls and id maps (R6): checked by its magic. */
int mount_proc_fd(struct err *e) must_check;
/*
 * Puts that instance over /proc in a mount namespace of ours, to go when mount_pivot lets go of all that is there; the
 * descriptor goes on working.  Closing one that was never attached makes a start wait for other processors (RCU).
 */
int mount_park(int proc, struct err *e) must_check;
/* Whether trees on dirfd's file system can be id-mapped by userns: tried on a detached clone, nothing stays. */
bool mount_can_idmap(int dirfd, int userns);

#endif
