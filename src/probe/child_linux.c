/*
 * Linux: no process of the jail may look into the probe, and the twin, into which they may.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "probe/child.h"
#include "probe/out.h"

/* fs.suid_dumpable = 1 would have it otherwise. */
void
child_protect(void)
{
	if (prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL) < 0)
		out_give_up("PR_SET_DUMPABLE", errno);
}

int
child_ends_with_parent(void)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Its last descriptor tells that it is as it will stay. */
static _Noreturn void
twin_run(int told)
{
	static const struct timespec long_time = {.tv_sec = 3600};

	if (child_ends_with_parent() < 0 || dup2(told, 0) < 0 || syscall(SYS_close_range, 1, ~0U, 0) < 0 ||
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
