/*
 * A pipe, a clock, and no trust in who is at the other end of it.
 */
#include "run/linux/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"

enum { PIECE = 16384 };

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
too_late(struct err *e)
{
	return err_set(e, ERR_FAILED, "measure", NULL, "the probe does not come to its end");
}

int
capture_open(struct capture *c, int timeout_ms, struct err *e)
{
	int in[2], out[2];

	c->until = now_ms() + timeout_ms;
	if (pipe2(in, O_CLOEXEC) < 0)
		return err_sys(e, "pipe", "probe");
	c->theirs[0] = in[0];
	close(in[1]);
	if (pipe2(out, O_CLOEXEC) < 0)
		return err_sys(e, "pipe", "probe");
	c->ours = out[0];
	c->theirs[1] = out[1];
	c->theirs[2] = fcntl(out[1], F_DUPFD_CLOEXEC, 0);
	return c->theirs[2] < 0 ? err_sys(e, "fcntl", "probe") : 0;
}

void
capture_started(struct capture *c)
{
	for (int i = 0; i < 3; i++)
		fd_close(&c->theirs[i]);
}

int
capture_left(const struct capture *c)
{
	int64_t left = c->until - now_ms();

	return left > 0 ? (int)left : 0;
}

int
capture_read(const struct capture *c, size_t max, struct str *out, struct err *e)
{
	char piece[PIECE];

	for (;;) {
		struct pollfd p = {.fd = c->ours, .events = POLLIN};
		int r = poll(&p, 1, capture_left(c));
		ssize_t n;

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r == 0 ? too_late(e) : err_sys(e, "poll", "probe");
		n = read(c->ours, piece, sizeof(piece));
		if (n < 0)
			return err_sys(e, "read", "probe");
		if (n == 0)
			return 0;
		if ((size_t)n > max - out->len)
			return err_set(e, ERR_FAILED, "measure", NULL, "the probe writes more than %zu bytes", max);
		str_addn(out, piece, (size_t)n);
	}
}

int
capture_wait(const struct capture *c, pid_t child, int *ret_wait, struct err *e)
{
	fd_auto fd = pidfd_open(child, 0);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int r;

	if (fd < 0)
		return err_sys(e, "pidfd_open", "probe");
	do
		r = poll(&p, 1, capture_left(c));
	while (r < 0 && errno == EINTR);
	if (r <= 0)
		return r == 0 ? too_late(e) : err_sys(e, "poll", "probe");
	return waitpid(child, ret_wait, 0) < 0 ? err_sys(e, "wait", "probe") : 0;
}

void
capture_done(struct capture *c)
{
	capture_started(c);
	fd_close(&c->ours);
}
