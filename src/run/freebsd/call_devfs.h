/*
 * devfs(4)'s rulesets, by the requests that devfs(8) makes: there is no library for it.
 */
#ifndef WARDER_RUN_FREEBSD_CALL_DEVFS_H
#define WARDER_RUN_FREEBSD_CALL_DEVFS_H

#include "base/err.h"

/*
 * Has the kernel hold warder's rules (run/freebsd/ruleset.h) under that number, which is not 0: to be called before a
 * jail's /dev is mounted, since a ruleset without rules hides nothing.  What rc.d/warder loaded is left; what is
 * missing is added, the rule that hides everything first.  ERR_FAILED if there are others under the number.
 */
int fbsd_ruleset_load(unsigned number, struct err *e) must_check;

#endif
