/*
 * Owns what pid 1 does in Linux's way: it is alone with its jail in a pid namespace, where -1 means every process but
 * pid 1 (kill(2)).  Raw system calls, because musl's sets of signals leave some out.
 */
#include "init/system.h"

#include <signal.h>
#include <stdint.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/brief.h"

/* execveat(2) of a descriptor is what the filter refuses. */
static const char program_path[] = "/proc/self/fd/6";
_Static_assert(BRIEF_FD_PROGRAM == 6, "program_path names it");

int
system_signals_open(const int *signals, size_t n)
{
	uint64_t mask = UINT64_C(1) << (SIGPWR - 1);

	for (size_t i = 0; i < n; i++)
		mask |= UINT64_C(1) << (signals[i] - 1);
	return (int)syscall(SYS_signalfd4, -1, &mask, sizeof(mask), SFD_CLOEXEC | SFD_NONBLOCK);
}

int
system_signal_take(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return 0;
	return info.ssi_signo == SIGPWR ? SIGTERM : (int)info.ssi_signo;
}

void
system_signal_jail(int signo)
{
	kill(-1, signo);
}

void
system_end_group(pid_t group)
{
	kill(-group, SIGKILL);
}

void
system_end_jail(void)
{
	kill(-1, SIGKILL);
}

pid_t
system_wait_end(int *ret_status)
{
	return wait4(-1, ret_status, 0, NULL);
}

void
system_exec_program(const char *const *argv, const char *const *env)
{
	execve(program_path, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)env);
}
