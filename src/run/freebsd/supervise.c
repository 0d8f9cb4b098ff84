/*
 * The supervisor of a jail: what pid 1 of a jail is on Linux (init/pid1.c, the same code), as a process of the host's.
 *
 * It stays outside, so that nothing in the jail can see, signal or trace it; each of its children enters the jail by
 * itself (init/way_freebsd.c).  It is forked by warder and executes nothing.  What it keeps of its starter is a brief,
 * the log, the status page and the socket of the start; what its children leave behind becomes its own
 * (PROC_REAP_ACQUIRE), as it does with pid 1.
 */
#include <sys/types.h>

#include <sys/procctl.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/signals.h"
#include "init/lockdown.h"
#include "init/pid1.h"
#include "init/run.h"
#include "init/way_freebsd.h"
#include "run/freebsd/freebsd.h"

enum { FD_HIGH = 100, FDS_MOST = 16 };

int
fbsd_place_fds(const int *fds, int n, struct report *r)
{
	int high[FDS_MOST];

	/* First out of the way of each other, then to their places. */
	for (int i = 0; i < n; i++) {
		int fd = i <= STDERR_FILENO && fds[i] < 0 ? open("/dev/null", O_RDWR | O_CLOEXEC) : fds[i];

		high[i] = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FD_HIGH);
		if (high[i] < 0 && (fd >= 0 || i <= STDERR_FILENO))
			return report_sys(r, "fcntl", "descriptors of the jail");
	}
	for (int i = 0; i < n; i++)
		if (high[i] < 0)
			close(i);
		else if (dup2(high[i], i) < 0)
			return report_sys(r, "dup2", "descriptors of the jail");
	closefrom(n);
	return 0;
}

static void
inside(const struct brief *b, bool loopback, int told)
{
	struct report r = {0};
	int done = -1;

	if (dup2(told, BRIEF_FD_REPORT) < 0)
		report_sys(&r, "dup2", "descriptors of the jail");
	else if (way_enter(BRIEF_FD_REPORT, BRIEF_FD_REPORT, &r) == 0 && (!loopback || way_loopback(&r) == 0))
		done = run_prepare(RUN_STATE_VAR, b, &r);
	if (done < 0)
		(void)!write(BRIEF_FD_REPORT, &r, sizeof(r));
}

/* Nothing else is in the jail yet: so nothing is in its way. */
int
fbsd_prepare_inside(const struct brief *b, bool loopback, struct report *r)
{
	struct report theirs;
	int told[2], status = 0;
	ssize_t n;
	pid_t pid;

	if (pipe2(told, O_CLOEXEC) < 0)
		return report_sys(r, "pipe", "jail");
	pid = fork();
	if (pid == 0) {
		inside(b, loopback, told[1]);
		_exit(0);
	}
	close(told[1]);
	n = pid < 0 ? -1 : read(told[0], &theirs, sizeof(theirs));
	close(told[0]);
	if (pid < 0)
		return report_sys(r, "fork", "jail");
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (n == (ssize_t)sizeof(theirs)) {
		*r = theirs;
		return -1;
	}
	return n == 0 && status == 0 ? 0 : report_set(r, ERR_FAILED, "enter", "jail", "the way into it ended early");
}

static int
prepare(const struct fbsd_supervised *s, struct report *r)
{
	const int fds[] = {-1, -1, -1, -1, s->report, -1, s->log, s->status};

	_Static_assert(BRIEF_FD_REPORT == 4 && BRIEF_FD_LOG == 6 && BRIEF_FD_STATUS == 7, "the places above");
	lockdown_signals(true);
	signals_no_core();
	umask(077);
	if (fbsd_place_fds(fds, sizeof(fds) / sizeof(fds[0]), r) < 0)
		return -1;
	if (setsid() < 0 || chdir("/") < 0)
		return report_sys(r, "setsid", "supervisor");
	if (procctl(P_PID, getpid(), PROC_REAP_ACQUIRE, NULL) < 0)
		return report_sys(r, "procctl", "PROC_REAP_ACQUIRE");
	setproctitle("supervisor of jail %s", s->name);
	way_set(s->jid, s->view);
	return fbsd_prepare_inside(s->brief, s->loopback, r) < 0 ? -1 : pid1_open(s->brief, r);
}

/* True when the starter says go: from then on its end is not ours; false when it is gone. */
static bool
starter_waits(void)
{
	char word;
	ssize_t n;

	do
		n = read(BRIEF_FD_REPORT, &word, 1);
	while (n < 0 && errno == EINTR);
	return n == 1 && word == 'g';
}

static int
supervisor(const struct fbsd_supervised *s)
{
	const struct report ready = {.ok = 1};
	struct report r = {0};

	if (prepare(s, &r) < 0) {
		(void)report_send(&r);
		return INIT_EXIT_FAILED;
	}
	if (report_send(&ready) < 0 || !starter_waits())
		return INIT_EXIT_FAILED;
	return pid1_run();
}

pid_t
fbsd_supervise(const struct fbsd_supervised *s, struct err *e)
{
	pid_t pid = fork();

	if (pid < 0)
		return err_sys(e, "fork", "supervisor");
	if (pid == 0)
		_exit(supervisor(s));
	return pid;
}
