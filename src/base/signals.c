/*
 * Owns what is the same on every system; the dispositions themselves are in signals_linux.c and signals_freebsd.c.
 */
#include "base/signals.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

bool
signals_die_with(pid_t parent)
{
	return signals_death_sends(SIGKILL, parent);
}

_Noreturn void
signals_end_as(int wait_status)
{
	enum { BY_SIGNAL = 128 };

	if (WIFEXITED(wait_status))
		_exit(WEXITSTATUS(wait_status));
	signals_no_core(); /* its end leaves none of ours */
	signals_reset();
	kill(getpid(), WTERMSIG(wait_status));
	_exit(BY_SIGNAL + WTERMSIG(wait_status));
}
