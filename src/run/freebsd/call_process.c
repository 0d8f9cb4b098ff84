/*
 * Owns what sysctl(3) says of a process.
 */
#include <sys/types.h>

#include <sys/sysctl.h>
#include <sys/time.h>
#include <sys/user.h>

#include "run/freebsd/call.h"

enum { MICRO = 1000000 };

/* ki_start is the time of day at which the machine started, plus what is wanted: setting the clock changes both. */
uint64_t
fbsd_process_ticks(int pid)
{
	int which[] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, pid};
	int boot_which[] = {CTL_KERN, KERN_BOOTTIME};
	struct kinfo_proc p;
	struct timeval boot;
	size_t size = sizeof(p), boot_size = sizeof(boot);

	if (pid <= 0 || sysctl(which, 4, &p, &size, NULL, 0) < 0 || size != sizeof(p) || p.ki_pid != pid ||
		p.ki_stat == SZOMB || sysctl(boot_which, 2, &boot, &boot_size, NULL, 0) < 0)
		return 0;
	return (uint64_t)((p.ki_start.tv_sec - boot.tv_sec) * MICRO + p.ki_start.tv_usec - boot.tv_usec);
}
