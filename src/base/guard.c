/*
 * A death signal reaches one process, not what it has started.  So the guard gets it, as a signal that is nobody
 * else's, and kills its group, which the program is in.
 */
#include "base/guard.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/signals.h"

static _Noreturn void
guard(pid_t program, int death)
{
	sigset_t set;
	int status;

	closefrom(0);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, death);
	for (;;) {
		if (sigwaitinfo(&set, NULL) == death)
			kill(0, SIGKILL);
		if (waitpid(program, &status, WNOHANG) == program)
			signals_end_as(status);
	}
}

static void
taken(int sig)
{
}

/* With a handler, which is never called: FreeBSD drops a signal whose default is to be ignored, blocked or not. */
static void
keep_pending(int sig)
{
	const struct sigaction handled = {.sa_handler = taken};

	sigaction(sig, &handled, NULL);
}

void
guard_enter(pid_t *parent)
{
	const int death = SIGRTMAX;
	sigset_t all;
	pid_t self = getpid();

	setpgid(0, 0);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	keep_pending(SIGCHLD);
	if (!signals_death_sends(death, *parent))
		_exit(128 + SIGKILL);
	pid_t program = fork();
	if (program < 0)
		_exit(127);
	if (program > 0)
		guard(program, death);
	*parent = self;
}
