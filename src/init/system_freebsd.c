/*
 * Owns what the supervisor of a jail does in FreeBSD's way.
 *
 * It is a process of the host's, outside of the jail, and may signal everything: so it signals by number only a child
 * that it has not waited for, whose number cannot be another's.  A whole group, or the whole jail, is signalled by a
 * child that has entered the jail, where no other process can be reached.  Nobody waits for such a child in
 * particular: the jail's root may stop it.
 */
#include <sys/types.h>

#include <sys/event.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "init/system.h"
#include "init/way_freebsd.h"

/* EVFILT_SIGNAL tells of a blocked signal, too (kqueue(2): it records all attempts to deliver one). */
int
system_signals_open(const int *signals, size_t n)
{
	const struct timespec none = {0, 0};
	int kq = kqueue();

	for (size_t i = 0; kq >= 0 && i < n; i++) {
		struct kevent ev;

		EV_SET(&ev, signals[i], EVFILT_SIGNAL, EV_ADD, 0, 0, NULL);
		if (kevent(kq, &ev, 1, NULL, 0, &none) < 0)
			return -1;
	}
	return kq;
}

int
system_signal_take(int fd)
{
	const struct timespec none = {0, 0};
	struct kevent ev;

	return kevent(fd, NULL, 0, &ev, 1, &none) == 1 ? (int)ev.ident : 0;
}

/* From within: every process but the sender (kill(2)). */
static void
signal_from_within(pid_t to, int signo)
{
	pid_t pid = way_fork();

	if (pid == 0) {
		kill(to, signo);
		_exit(0);
	}
}

void
system_signal_jail(int signo)
{
	signal_from_within(-1, signo);
}

void
system_end_group(pid_t group)
{
	signal_from_within(-group, SIGKILL);
}

void
system_end_jail(void)
{
	way_kill();
}

/* A process that was being forked while the others were killed is killed in the next round. */
pid_t
system_wait_end(int *ret_status)
{
	const struct timespec pause = {0, 10 * 1000 * 1000};
	pid_t pid;

	while ((pid = wait4(-1, ret_status, WNOHANG, NULL)) == 0) {
		way_kill();
		nanosleep(&pause, NULL);
	}
	return pid;
}

void
system_exec_program(const char *const *argv, const char *const *env)
{
	fexecve(BRIEF_FD_PROGRAM, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)env);
}
