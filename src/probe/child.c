/*
 * Owns the probe's children.  They inherit that no process of the jail may look into them, and end with it.
 */
#include "probe/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "probe/out.h"

enum { BLOCKED_S = 2, OTHER = 254 };

/* They die with the probe, whoever ends that. */
static void
child_begin(void)
{
	static const struct itimerval soon = {.it_value = {.tv_sec = BLOCKED_S}};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || setitimer(ITIMER_REAL, &soon, NULL) < 0)
		_exit(OTHER);
}

/* A call may hand out signals that are this child's alone: faults, and SIGSYS, which is a filter's refusal. */
static int
result_of(int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) != OTHER)
		return WEXITSTATUS(status);
	if (WIFEXITED(status))
		out_give_up("a child could not begin", EPERM);
	switch (WTERMSIG(status)) {
	case SIGALRM:
		return CHILD_BLOCKED;
	case SIGSYS:
		return EPERM;
	case SIGSEGV:
	case SIGBUS:
	case SIGILL:
	case SIGTRAP:
	case SIGFPE:
		return CHILD_FAULTED;
	default:
		out_give_up("a child of the probe was ended by another process", EINTR);
	}
}

int
child_run(child_try *try, const void *arg)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		out_give_up("fork", errno);
	if (pid == 0) {
		child_begin();
		_exit(try(arg));
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			out_give_up("wait", errno);
	return result_of(status);
}

/* Its last descriptor tells that it is as it will stay. */
static _Noreturn void
twin_run(int told)
{
	static const struct timespec long_time = {.tv_sec = 3600};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || dup2(told, 0) < 0 || syscall(SYS_close_range, 1, ~0U, 0) < 0 ||
		prctl(PR_SET_DUMPABLE, 1) < 0)
		_exit(1);
	close(0);
	for (;;)
		nanosleep(&long_time, NULL);
}

pid_t
twin_begin(void)
{
	int told[2];
	char none;

	if (pipe2(told, O_CLOEXEC) < 0)
		out_give_up("pipe", errno);
	pid_t pid = fork();

	if (pid < 0)
		out_give_up("fork", errno);
	if (pid == 0)
		twin_run(told[1]);
	close(told[1]);
	while (read(told[0], &none, 1) < 0 && errno == EINTR)
		;
	close(told[0]);
	return pid;
}

void
twin_end(pid_t twin)
{
	int status;

	if (waitpid(twin, &status, WNOHANG) != 0)
		out_give_up("a child of the probe was ended by another process", EINTR);
	kill(twin, SIGKILL);
	while (waitpid(twin, &status, 0) < 0 && errno == EINTR)
		;
}
