/*
 * What a program inherits of its starter's signals.
 */
#ifndef WARDER_BASE_SIGNALS_H
#define WARDER_BASE_SIGNALS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Every signal at its default disposition, none blocked, before another program is executed (SECURITY.md R13).  By the
 * raw system calls: the C library keeps signals 32 and 33 to itself, and what glibc's own posix_spawn(3) starts, a
 * recipe of make(1) among it, has them ignored.  Async-signal-safe.
 */
void signals_reset(void);
/*
 * SIGCHLD at its default and not blocked, whatever the caller's was: ignored, the kernel would reap our children unseen
 * and every wait for one would fail (sigaction(2)).  The first thing that main does.
 */
void signals_see_children(void);
/*
 * From now on this process is killed when parent, who forked it, ends.  False if parent has ended already, between the
 * fork and this: then nobody would ever send the signal, and the caller must end by itself.  Async-signal-safe.
 */
bool signals_die_with(pid_t parent);
/* The same with another signal. */
bool signals_death_sends(int sig, pid_t parent);
/* No core file of this process, whatever its limits are. */
void signals_no_core(void);

/* The signals that only this system has, or that it has beside those of POSIX: SIGPWR, SIGINFO. */
struct signal_name {
	const char *name;
	int number;
};
extern const struct signal_name signals_own[];
extern const size_t nsignals_own;

/* For a process that stands for another: ends as that one did, by the same signal or with the same status (wait(2)). */
_Noreturn void signals_end_as(int wait_status);

#endif
