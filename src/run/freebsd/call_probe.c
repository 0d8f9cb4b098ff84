/*
 * Owns the child, the pipe that it writes to, and the clock: it runs among processes that may stop or end it.
 */
#include <sys/types.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/signals.h"
#include "init/way_freebsd.h"
#include "probe/measure.h"
#include "probe/out.h"
#include "run/freebsd/call.h"
#include "run/freebsd/call_probe.h"

enum { PROBE_BYTES = 8 << 20, PROBE_MS = 30000, PIECE = 16384 };

/* As warder exec's command of root, but for the program. */
static _Noreturn void
run_child(int jid, const char *view, int out)
{
	const gid_t wheel = 0;
	int nothing = open("/dev/null", O_RDONLY);
	struct report r;

	signals_reset();
	if (dup2(out, STDOUT_FILENO) < 0)
		_exit(1);
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0)
		out_give_up("/dev/null", errno);
	if (setsid() < 0 || setgroups(1, &wheel) < 0)
		out_give_up("setgroups", errno);
	umask(077);
	probe_outside(view);
	way_set(jid, view);
	if (way_enter(STDERR_FILENO + 1, STDERR_FILENO, &r) < 0)
		out_give_up(r.op, r.err_no);
	probe_measure();
	_exit(0);
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Up to the end of the pipe. */
static int
read_all(int fd, int64_t until, struct str *ret, struct err *e)
{
	char piece[PIECE];

	for (;;) {
		int64_t left = until - now_ms();
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int r = poll(&p, 1, left > 0 ? (int)left : 0);
		ssize_t n;

		if (r < 0 && errno == EINTR)
			continue;
		if (r == 0)
			return err_set(e, ERR_FAILED, "measure", NULL, "the probe does not come to its end");
		if (r < 0 || (n = read(fd, piece, sizeof(piece))) < 0)
			return err_sys(e, "read", "probe");
		if (n == 0)
			return 0;
		if ((size_t)n > PROBE_BYTES - ret->len)
			return err_set(
				e, ERR_FAILED, "measure", NULL, "the probe writes more than %d bytes", PROBE_BYTES);
		str_addn(ret, piece, (size_t)n);
	}
}

/* It has nothing more to say, so that it is ended if it does not do so by itself. */
static int
wait_child(pid_t pid, int64_t until, int *ret_status, struct err *e)
{
	const struct timespec pause = {.tv_nsec = 1000 * 1000};
	pid_t got;

	while ((got = waitpid(pid, ret_status, WNOHANG)) == 0 && now_ms() < until)
		nanosleep(&pause, NULL);
	if (got == 0) {
		kill(pid, SIGKILL);
		while ((got = waitpid(pid, ret_status, 0)) < 0 && errno == EINTR)
			;
	}
	return got < 0 ? err_sys(e, "wait", "probe") : 0;
}

int
fbsd_probe_run(int jid, const char *view, struct str *ret, struct err *e)
{
	int64_t until = now_ms() + PROBE_MS;
	int ends[2], status = 0, result;
	struct err further;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "pipe", "probe");
	pid = fork();
	if (pid == 0)
		run_child(jid, view, ends[1]);
	fd_auto ours = ends[0];

	close(ends[1]);
	if (pid < 0)
		return err_sys(e, "fork", "probe");
	result = read_all(ours, until, ret, e);
	if (wait_child(pid, result < 0 ? 0 : until, &status, result < 0 ? &further : e) < 0 || result < 0)
		return -1;
	if (WIFEXITED(status) && WEXITSTATUS(status) <= 1)
		return 0;
	return err_set(e, ERR_FAILED, "measure", NULL, "the probe did not come to its end");
}
