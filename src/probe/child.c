/*
 * Owns the probe's children.  They inherit that no process of the jail may look into them, and end with it.
 */
#include "probe/child.h"

#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe/out.h"

enum { BLOCKED_S = 2, OTHER = 254 };

static void
child_begin(void)
{
	static const struct itimerval soon = {.it_value = {.tv_sec = BLOCKED_S}};

	if (child_ends_with_parent() < 0 || setitimer(ITIMER_REAL, &soon, NULL) < 0)
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
