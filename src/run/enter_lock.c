/*
 * Owns how long the way into a jail is waited for.
 */
#include "run/enter_lock.h"

#include <stdio.h>

/* Both sides hold it for moments; a group is waited for up to a second. */
enum { ENTER_WAIT_MS = 5000 };

int
run_enter_lock(const struct store *s, const char *name, bool alone, int *ret_fd, struct err *e)
{
	char what[80];

	snprintf(what, sizeof(what), "enter.%s", name);
	return alone ? store_lock(s, what, "clear", ENTER_WAIT_MS, ret_fd, e)
		     : store_lock_shared(s, what, ENTER_WAIT_MS, ret_fd, e);
}
