/*
 * FreeBSD: the processes that sysctl(3) shows; there is no procfs(5) in a jail.  The kernel gives those of the jail
 * that asks P_JAILED and the number 0 (fill_kinfo_proc in sys/kern/kern_proc.c): whatever has another, or is in no
 * jail, is not of this one.
 */
#include <sys/param.h> /* before the others, as they want it */

#include <sys/proc.h>
#include <sys/sysctl.h>
#include <sys/user.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/out.h"
#include "probe/processes.h"

static struct kinfo_proc *
read_all(size_t *ret_n)
{
	enum { TRIES = 10, MORE = 64 };
	int mib[] = {CTL_KERN, KERN_PROC, KERN_PROC_PROC};
	struct kinfo_proc *v = NULL;

	for (int i = 0; i < TRIES; i++) {
		size_t size = 0;

		if (sysctl(mib, 3, NULL, &size, NULL, 0) < 0)
			out_give_up("kern.proc", errno);
		size += MORE * sizeof(*v);
		free(v);
		if ((v = malloc(size)) == NULL)
			out_give_up("kern.proc", errno);
		if (sysctl(mib, 3, v, &size, NULL, 0) == 0) {
			*ret_n = size / sizeof(*v);
			return v;
		}
		if (errno != ENOMEM)
			break;
	}
	out_give_up("kern.proc", errno);
}

void
processes_try(const struct mounts *m)
{
	size_t n;
	struct kinfo_proc *v = read_all(&n);

	(void)m;
	if (n > 0 && v[0].ki_structsize != (int)sizeof(*v))
		out_give_up("kern.proc", EINVAL);
	for (size_t i = 0; i < n; i++)
		if (v[i].ki_jid != 0 || !(v[i].ki_flag & P_JAILED))
			out_number(PROBE_ROOT, v[i].ki_pid, "");
	out_tried("processes", n);
	free(v);
}
