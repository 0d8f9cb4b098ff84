/*
 * FreeBSD: procctl(2).  There is no twin: nothing is asked of /proc there.
 */
#include <sys/types.h>

#include <sys/procctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "probe/child.h"
#include "probe/out.h"

void
child_protect(void)
{
	int off = PROC_TRACE_CTL_DISABLE_EXEC;

	if (procctl(P_PID, getpid(), PROC_TRACE_CTL, &off) < 0)
		out_give_up("PROC_TRACE_CTL", errno);
}

int
child_ends_with_parent(void)
{
	int sig = SIGKILL;

	return procctl(P_PID, 0, PROC_PDEATHSIG_CTL, &sig);
}
