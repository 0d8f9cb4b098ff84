/*
 * Owns what sysctl(3) says of a process; the numbers are those that run/freebsd records.
 */
#include <sys/types.h>

#include <sys/sysctl.h>
#include <sys/time.h>
#include <sys/user.h>

#include "store/process_began.h"

enum { MICRO = 1000000 };

/* ki_start is the time of day at which the machine started, plus what is wanted: setting the clock changes both. */
int
process_began(int pid, uint64_t *ret)
{
	const int which[] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, pid}, boot_which[] = {CTL_KERN, KERN_BOOTTIME};
	struct kinfo_proc p;
	struct timeval boot;
	size_t size = sizeof(p), boot_size = sizeof(boot);

	if (pid <= 0 || sysctl(which, 4, &p, &size, NULL, 0) < 0 || size != sizeof(p) || p.ki_pid != pid ||
		p.ki_stat == SZOMB || sysctl(boot_which, 2, &boot, &boot_size, NULL, 0) < 0)
		return -1;
	*ret = (uint64_t)((p.ki_start.tv_sec - boot.tv_sec) * MICRO + p.ki_start.tv_usec - boot.tv_usec);
	return 0;
}
