/*
 * Owns the way from our signal dispositions to a new program's: Linux.
 */
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/signals.h"

const struct signal_name signals_own[] = {{"SIGPWR", SIGPWR}};
const size_t nsignals_own = sizeof(signals_own) / sizeof(signals_own[0]);

enum { SIGNALS = 64, SIGSET_SIZE = SIGNALS / 8 };

/* struct sigaction as the kernel has it, not as the C library does (rt_sigaction(2)). */
struct kernel_action {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

static const struct kernel_action by_default = {.handler = SIG_DFL};

void
signals_reset(void)
{
	const uint64_t none = 0;

	for (int sig = 1; sig <= SIGNALS; sig++)
		syscall(SYS_rt_sigaction, sig, &by_default, NULL, (size_t)SIGSET_SIZE);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, (size_t)SIGSET_SIZE);
}

void
signals_see_children(void)
{
	const uint64_t child = UINT64_C(1) << (SIGCHLD - 1);

	syscall(SYS_rt_sigaction, SIGCHLD, &by_default, NULL, (size_t)SIGSET_SIZE);
	syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &child, NULL, (size_t)SIGSET_SIZE);
}

bool
signals_death_sends(int sig, pid_t parent)
{
	return prctl(PR_SET_PDEATHSIG, sig) == 0 && getppid() == parent;
}

void
signals_no_core(void)
{
	prctl(PR_SET_DUMPABLE, 0);
}
