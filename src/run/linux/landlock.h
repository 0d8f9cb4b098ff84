/*
 * The jail's Landlock ruleset: nothing executed but where the plan says, nothing written but in state.
 */
#ifndef WARDER_RUN_LINUX_LANDLOCK_H
#define WARDER_RUN_LINUX_LANDLOCK_H

#include "model/plan.h"

enum { LANDLOCK_ABI_SCOPED = 6 }; /* abstract sockets can be kept apart */

/* The kernel's ABI, 0 if there is no Landlock (not built in, or not enabled by lsm=). */
int landlock_abi(void);
/* Pure: LANDLOCK_ACCESS_FS_* that a ruleset of this ABI handles, and those that rights (enum landlock_right) give. */
uint64_t landlock_handled(int abi);
uint64_t landlock_access(unsigned rights, int abi);
/* The ruleset of the plan's OP_LANDLOCK and OP_SCOPE steps, paths opened in the current root.  A path that is not there
 * is left out, and one that was to be executed but lies (through a link) on a mount without execution: it grants
 * nothing. ERR_UNAVAILABLE without Landlock. */
int landlock_ruleset(const struct plan *p, struct err *e) must_check;

#endif
