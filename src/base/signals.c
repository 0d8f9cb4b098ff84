/*
 * Owns the way from our signal dispositions to a new program's.
 */
#include "base/signals.h"

#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

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
signals_die_with(pid_t parent)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent;
}

_Noreturn void
signals_end_as(int wait_status)
{
	enum { BY_SIGNAL = 128 };

	if (WIFEXITED(wait_status))
		_exit(WEXITSTATUS(wait_status));
	prctl(PR_SET_DUMPABLE, 0); /* its end leaves no core file of ours */
	signals_reset();
	kill(getpid(), WTERMSIG(wait_status));
	_exit(BY_SIGNAL + WTERMSIG(wait_status));
}
