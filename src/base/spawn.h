/*
 * Running another program on the host: mmdebstrap, nft, our own helpers, a hook of the configuration.
 */
#ifndef WARDER_BASE_SPAWN_H
#define WARDER_BASE_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

struct spawn {
	const char *const
		*argv; /* argv[0] with a '/' is used as it is, else searched in "/usr/sbin:/usr/bin:/sbin:/bin" */
	const char *const *env; /* whole environment, NULL-ended; NULL: PATH, LC_ALL=C.UTF-8 and nothing else */
	const char *input;      /* fed to standard input; NULL: /dev/null */
	const int *keep_fds;    /* inherited under the same numbers, -1-ended; NULL: none but 0-2 */
	/* Called for each line (without its end, cut at 4095 bytes) of standard output and standard error; NULL: both
	 * are the caller's own. */
	void (*line)(void *arg, const char *text, bool is_stderr);
	void *arg;
	bool guarded;       /* dies with us with its whole process group, what it put into the background too */
	unsigned timeout_s; /* 0: none; then SIGTERM, 5 s later SIGKILL, to the whole process group */
};

/*
 * Runs it to its end.  0 and *ret_status (0-255, 128 + n for a signal) if it ran, -1 if it could not be run or timed
 * out.  ERR_UNAVAILABLE with the program's name where it does not exist.  The program dies with us (PDEATHSIG) and
 * gets a process group of its own, default signals, umask 022.
 */
int spawn_run(const struct spawn *s, int *ret_status, struct err *e) must_check;
/* As above; a status other than 0 is an error that quotes the last line of standard error.
 * Without s->line the output is not shown. */
int spawn_check(const struct spawn *s, struct err *e) must_check;

/*
 * The path of one of our own helper programs ("warder-net"): beside the running executable (a build tree), else in
 * ../libexec/warder from it, else in WARDER_LIBEXECDIR.  ERR_UNAVAILABLE if it is nowhere.
 */
int spawn_find_helper(const char *name, struct arena *a, const char **ret, struct err *e) must_check;

#endif
