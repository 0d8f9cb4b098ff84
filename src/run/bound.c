/*
 * Owns the time that a jail is given to end.
 */
#include "run/bound.h"

#include <limits.h>

enum { GRACE_S = 5, EXEC_STOP_DEFAULT_S = 60, STOP_TIMEOUT_DEFAULT_S = 10 };

int
run_stop_bound_ms(const struct jail *j, bool kill)
{
	uint64_t s;

	if (kill)
		return 0;
	if (j == NULL)
		return (STOP_TIMEOUT_DEFAULT_S + EXEC_STOP_DEFAULT_S + GRACE_S) * 1000;
	if (j->exec_timeout == 0 && j->stop.n > 0)
		return -1;
	s = j->stop_timeout + (uint64_t)j->exec_timeout * j->stop.n + GRACE_S;
	return s > INT_MAX / 1000 ? INT_MAX : (int)s * 1000;
}
