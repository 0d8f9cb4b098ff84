/*
 * pid 1 of a management view: the view lasts as long as its one command, and no longer than the program that opened it.
 *
 * The starter's death is SIGKILL for pid 1 (PR_SET_PDEATHSIG), and with pid 1 the kernel ends every process of the view
 * and drops its mounts: a killed manager leaves its draft and nothing else.  Whatever the starter sends goes on to the
 * command's process group.
 */
#include "init/view.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/lockdown.h"
#include "init/run.h"
#include "init/service.h"

/* The last change of rights clears the signal, so it is asked for after that; it does not tell of a death before. */
static int
starter_bind(struct report *r)
{
	struct pollfd fd = {BRIEF_FD_REPORT, 0, 0};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0UL, 0UL, 0UL) < 0)
		return report_sys(r, "prctl", "PR_SET_PDEATHSIG");
	if (poll(&fd, 1, 0) < 0)
		return report_sys(r, "poll", "starter");
	return fd.revents & POLLHUP ? report_set(r, ERR_FAILED, "enter", "view", "its starter is gone") : 0;
}

static int
view_enter(const struct brief *b, struct report *r)
{
	lockdown_signals(true);
	if (run_prepare(RUN_STATE_VAR, b, r) < 0 || lockdown_init(b, r) < 0)
		return -1;
	return starter_bind(r);
}

/* Every process that has ended; true when the command is among them. */
static bool
reap(pid_t command, int *ret_status)
{
	int status;
	pid_t pid;
	bool ended = false;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == command) {
			*ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
			ended = true;
		}
	return ended;
}

static int
command_wait(pid_t command)
{
	const uint64_t all = ~UINT64_C(0);
	int status = INIT_EXIT_FAILED;

	for (;;) {
		long sig = syscall(SYS_rt_sigtimedwait, &all, NULL, NULL, sizeof(all));

		if (sig == SIGCHLD) {
			if (reap(command, &status))
				return status;
		} else if (sig > 0) {
			kill(-command, (int)sig);
		}
	}
}

/* True when the starter says go; false when it is gone. */
static bool
starter_waits(void)
{
	char word;

	return read(BRIEF_FD_REPORT, &word, 1) == 1 && word == 'g';
}

int
view_main(const struct brief *b, struct report *r)
{
	const struct report ready = {.ok = 1};
	pid_t command;

	if (view_enter(b, r) < 0) {
		report_send(r);
		return INIT_EXIT_FAILED;
	}
	if (report_send(&ready) < 0 || !starter_waits())
		return INIT_EXIT_FAILED;
	command = service_view(b);
	if (command < 0)
		return INIT_EXIT_FAILED;
	close(BRIEF_FD_REPORT);
	return command_wait(command);
}
