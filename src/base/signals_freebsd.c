/*
 * Owns the way from our signal dispositions to a new program's: FreeBSD.  Its C library keeps no signal that
 * sigaction(2) could not reach but SIGTHR, which is its own in every process.
 */
#include <sys/procctl.h>
#include <sys/types.h>

#include <signal.h>
#include <unistd.h>

#include "base/signals.h"

const struct signal_name signals_own[] = {{"SIGINFO", SIGINFO}};
const size_t nsignals_own = sizeof(signals_own) / sizeof(signals_own[0]);

void
signals_reset(void)
{
	const struct sigaction by_default = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int sig = 1; sig <= SIGRTMAX; sig++)
		sigaction(sig, &by_default, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void
signals_see_children(void)
{
	const struct sigaction by_default = {.sa_handler = SIG_DFL};
	sigset_t child;

	sigaction(SIGCHLD, &by_default, NULL);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_UNBLOCK, &child, NULL);
}

bool
signals_death_sends(int sig, pid_t parent)
{
	return procctl(P_PID, 0, PROC_PDEATHSIG_CTL, &sig) == 0 && getppid() == parent;
}

void
signals_no_core(void)
{
	int off = PROC_TRACE_CTL_DISABLE;

	procctl(P_PID, getpid(), PROC_TRACE_CTL, &off);
}
