/*
 * A user namespace with a jail's range of ids, as a descriptor: it id-maps the sealed trees and the jail enters it.
 */
#ifndef WARDER_RUN_LINUX_USERNS_H
#define WARDER_RUN_LINUX_USERNS_H

#include "base/err.h"

/*
 * Ids 0..count-1 inside are first..first+count-1 outside, users and groups alike.  Needs CAP_SETUID, CAP_SETGID.  proc:
 * from mount_proc_fd, in the caller's pid namespace.
 */
int userns_open(int proc, uint32_t first, uint32_t count, struct err *e) must_check;
/* Enters it and becomes its root: all ids 0, no supplementary groups; verified. */
int userns_enter(int userns, struct err *e) must_check;

/* In a user namespace just entered: all ids 0, no supplementary groups; verified. */
int userns_become_root(struct err *e) must_check;

#endif
