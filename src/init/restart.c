/*
 * Owns the policy of restarts, apart from the loop that carries it out.
 */
#include "init/restart.h"
#include "model/jail.h"

bool
restart_is_due(uint32_t policy, int exit_status)
{
	return policy == RESTART_ALWAYS || (policy == RESTART_ON_FAILURE && exit_status != 0);
}

uint32_t
restart_delay(uint32_t base, uint32_t last, uint64_t lived_ms)
{
	uint32_t next;

	if (lived_ms >= RESTART_QUICK_MS || last == 0)
		return base ? base : 1;
	next = last < RESTART_DELAY_MAX_S ? 2 * last : last;
	if (next <= RESTART_DELAY_MAX_S)
		return next;
	return base > RESTART_DELAY_MAX_S ? base : RESTART_DELAY_MAX_S;
}
