/*
 * A pid namespace ends when the last of its processes has been waited for, and pid 1's end waits for that
 * (pid_namespaces(7)).  A command in a jail is a child of a process outside: if that one is stopped, or hangs in a
 * write to a terminal, the jail cannot end.  So the parent is this process, which does nothing else than wait.
 */
#include "run/linux/waiter.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/signals.h"
#include "run/linux/sys.h"

enum { EXIT_FAILED = 125 };

/* Whoever has ended; true when that was pid. */
static bool
reap(pid_t pid, int *ret_wait)
{
	int wait;
	pid_t ended;

	while ((ended = waitpid(-1, &wait, WNOHANG)) > 0)
		if (ended == pid) {
			*ret_wait = wait;
			return true;
		}
	return ended < 0; /* there is none any more */
}

/* Signals come until the command has made its own session, too: then it is not yet the leader of a group. */
static void
pass_on(pid_t pid, int sig)
{
	if (kill(-pid, sig) < 0)
		kill(pid, sig);
}

static _Noreturn void
wait_for(pid_t pid, const sigset_t *all)
{
	int wait = EXIT_FAILED << 8;

	while (!reap(pid, &wait)) {
		int sig = sigwaitinfo(all, NULL);

		if (sig > 0 && sig != SIGCHLD)
			pass_on(pid, sig);
	}
	signals_end_as(wait);
}

/* fork(2), if it can be into the group. */
static pid_t
fork_into(int group, bool *ret_is_inside)
{
	struct sys_clone_args args = {
		.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)(group < 0 ? 0 : group)};
	pid_t pid = -1;

	*ret_is_inside = true;
	if (group >= 0)
		pid = sys_clone3(&args);
	if (pid >= 0)
		return pid;
	*ret_is_inside = false;
	return fork();
}

static _Noreturn void
waiter(void (*enter)(void *arg, int told, bool is_inside), void *arg, int group)
{
	bool is_inside;
	sigset_t all;
	int told[2];
	pid_t first, command;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	if (setsid() < 0 || pipe2(told, O_CLOEXEC) < 0 || (first = fork_into(group, &is_inside)) < 0)
		_exit(EXIT_FAILED);
	if (first == 0) {
		signals_reset();
		enter(arg, told[1], is_inside);
		_exit(EXIT_FAILED);
	}
	close(told[1]);
	if (read(told[0], &command, sizeof(command)) != sizeof(command))
		command = first;
	if (close_range(0, ~0U, 0) < 0)
		_exit(EXIT_FAILED);
	wait_for(command, &all);
}

pid_t
waiter_begin(void (*enter)(void *arg, int told, bool is_inside), void *arg, int group, struct err *e)
{
	pid_t pid = fork();

	if (pid < 0)
		return err_sys(e, "fork", "command");
	if (pid == 0)
		waiter(enter, arg, group);
	return pid;
}
