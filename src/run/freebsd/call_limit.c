/*
 * Owns rctl_add_rule(2) and rctl_remove_rule(2).  The kernel has them if it was booted with kern.racct.enable=1.
 */
#include <sys/rctl.h>
#include <sys/types.h>

#include <errno.h>
#include <string.h>

#include "run/freebsd/call.h"

static int
failed(const char *op, const char *rule, struct err *e)
{
	bool absent = errno == ENOSYS;

	err_sys(e, op, rule);
	if (absent)
		err_hint(e, "kern.racct.enable=1 in /boot/loader.conf, and a restart, give limits");
	return -1;
}

int
fbsd_limit_add(const char *rule, struct err *e)
{
	if (rctl_add_rule(rule, strlen(rule) + 1, NULL, 0) < 0)
		return failed("rctl_add_rule", rule, e);
	return 0;
}

/* ESRCH: there is none that the filter matches.  ENOSYS: the kernel has none at all. */
int
fbsd_limit_remove(const char *filter, struct err *e)
{
	if (rctl_remove_rule(filter, strlen(filter) + 1, NULL, 0) < 0 && errno != ESRCH && errno != ENOSYS)
		return failed("rctl_remove_rule", filter, e);
	return 0;
}
