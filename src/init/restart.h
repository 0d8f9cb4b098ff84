/*
 * Whether and when a service that ended is started again: pure.
 */
#ifndef WARDER_INIT_RESTART_H
#define WARDER_INIT_RESTART_H

#include <stdbool.h>
#include <stdint.h>

enum { RESTART_QUICK_MS = 10 * 1000, RESTART_DELAY_MAX_S = 60 };

/* policy: enum restart_policy; exit_status: 0-255 or 128 + signal. */
bool restart_is_due(uint32_t policy, int exit_status);
/*
 * How many seconds to wait before the next start.  base: the declared delay; last: the delay of the start before, 0
 * if there was none; lived_ms: how long the service ran.  Doubles up to a minute while it dies soon after its start.
 */
uint32_t restart_delay(uint32_t base, uint32_t last, uint64_t lived_ms);

#endif
