/*
 * The Linux backend as one value, and the small things that its parts share.
 */
#include <stdio.h>
#include <unistd.h>

#include "run/linux/linux.h"

const struct backend backend_native = {
	.name = "linux",
	.start = linux_start,
	.stop = linux_stop,
	.end = linux_end,
	.enter = linux_enter,
	.probe = linux_probe,
	.manage = linux_manage,
	.renew = linux_renew,
	.clear = linux_clear,
	.doctor = linux_doctor,
};

void
linux_cgroup_path(const char *root, const char *name, char *ret, size_t size)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (const char *p = root; *p != '\0'; p++)
		hash = (hash ^ (unsigned char)*p) * 0x100000001b3;
	snprintf(ret, size, "warder/%08x-%s", (unsigned)(hash ^ hash >> 32), name);
}

bool
linux_has_memfd_noexec(void)
{
	return access("/proc/sys/vm/memfd_noexec", F_OK) == 0;
}
