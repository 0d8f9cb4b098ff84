/*
 * Owns what tells one boot, and one process, from another.
 */
#include <inttypes.h>

#include "store/internal.h"
#include "store/process_began.h"

/* When process 1 began, counted from the boot, is another moment after each. */
int
boot_id_read(char ret[BOOT_ID], struct err *e)
{
	uint64_t n;

	if (process_began(1, &n) < 0)
		return err_set(e, ERR_FAILED, "sysctl", "kern.proc.pid.1", "it does not say when process 1 began");
	snprintf(ret, BOOT_ID, "init-%" PRIu64, n);
	return 0;
}

int
process_ticks(int pid, uint64_t *ret)
{
	return process_began(pid, ret);
}

bool
process_is(int pid, uint64_t ticks)
{
	uint64_t n;

	return process_began(pid, &n) == 0 && n == ticks;
}
