/*
 * The relay: one poll loop over at most three directions and a descriptor of signals.
 *
 * With a pty the two directions are terminal -> master and master -> terminal; without one, a pipe stands in for each
 * of the command's standard descriptors that the jail must not have: a terminal of the host (TIOCSTI and its kin reach
 * whoever holds the descriptor; SECURITY.md R13), a device, a directory (a way to the host's tree).
 *
 * A direction reads only when what it read last is written, and writes only what is taken without waiting.
 */
#include "run/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/relay_system.h"

/* After the command's end: no more than a pipe of the largest size that an unprivileged process can ask for. */
enum { DRAIN_READS = 64, BUFFER = 16384, STALLED_MS = 1000 };

static struct termios saved_termios;

/* One direction: from and to are -1 when it has ended. */
struct flow {
	int from, to;
	int *ours;    /* the end of a pipe, which its end closes; NULL: a pty's master, which both directions use */
	bool opened;  /* to is a description of our own, which its end closes */
	size_t at, n; /* what was read and is not written yet */
	char buf[BUFFER];
};

/* ---- signals ---- */

static int
open_signals(struct relay *r, struct err *e)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGWINCH);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++) {
		struct sigaction now;

		if (sigaction(ending[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(&set, ending[i]);
	}
	sigprocmask(SIG_BLOCK, &set, &r->mask);
	r->pipe_action = signal(SIGPIPE, SIG_IGN);
	r->signals = relay_signals_open(&set);
	if (r->signals >= 0)
		return 0;
	err_sys(e, "open signals", "relay");
	sigprocmask(SIG_SETMASK, &r->mask, NULL);
	return -1;
}

static void
copy_window_size(const struct relay *r)
{
	struct winsize w;

	if (r->master >= 0 && ioctl(RELAY_IN, TIOCGWINSZ, &w) == 0)
		ioctl(r->master, TIOCSWINSZ, &w);
}

/* pid 0: there is no command any more. */
static void
take_signals(struct relay *r, int pid)
{
	int signo;

	while ((signo = relay_signal_take(r->signals)) > 0) {
		if (signo == SIGWINCH)
			copy_window_size(r);
		if (signo == SIGWINCH || signo == SIGCHLD)
			continue;
		r->interrupted = true;
		if (pid > 0)
			kill(-pid, signo);
	}
}

/* ---- beginning and end ---- */

static bool
is_harmless(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

static int
open_pipe(struct relay *r, int i, struct err *e)
{
	int pair[2];

	if (pipe2(pair, O_CLOEXEC) < 0)
		return err_sys(e, "pipe", "relay");
	r->theirs[i] = pair[i == RELAY_IN ? 0 : 1];
	r->own[i] = pair[i == RELAY_IN ? 1 : 0];
	return 0;
}

int
relay_open(struct relay *r, bool pty, struct err *e)
{
	*r = RELAY_NONE;
	if (open_signals(r, e) < 0)
		return -1;
	for (int i = 0; !pty && i < RELAY_NFDS; i++)
		if (!is_harmless(i) && open_pipe(r, i, e) < 0) {
			relay_done(r);
			return -1;
		}
	return 0;
}

void
relay_done(struct relay *r)
{
	for (int i = 0; i < RELAY_NFDS; i++) {
		fd_close(&r->theirs[i]);
		fd_close(&r->own[i]);
	}
	fd_close(&r->master);
	if (r->raw)
		tcsetattr(RELAY_IN, TCSANOW, &saved_termios);
	r->raw = false;
	if (r->signals < 0)
		return;
	fd_close(&r->signals);
	signal(SIGPIPE, r->pipe_action);
	sigprocmask(SIG_SETMASK, &r->mask, NULL);
}

void
relay_started(struct relay *r, int master)
{
	struct termios t;

	for (int i = 0; i < RELAY_NFDS; i++)
		fd_close(&r->theirs[i]);
	r->master = master;
	if (master < 0)
		return;
	copy_window_size(r);
	if (tcgetattr(RELAY_IN, &saved_termios) == 0) {
		t = saved_termios;
		cfmakeraw(&t);
		r->raw = tcsetattr(RELAY_IN, TCSANOW, &t) == 0;
	}
}

/* ---- copying ---- */

static void
flow_from(struct flow *f, int from, int to, int *ours)
{
	f->from = from;
	f->to = relay_open_output(to);
	f->opened = f->to != to;
	f->ours = ours;
	f->at = f->n = 0;
}

/* From our standard input. */
static void
flow_in(struct flow *f, int to, int *ours)
{
	(void)fcntl(to, F_SETFL, O_NONBLOCK);
	*f = (struct flow){.from = RELAY_IN, .to = to, .ours = ours};
}

static size_t
make_flows(struct relay *r, struct flow *flows)
{
	size_t n = 0;

	if (r->master >= 0) {
		flow_from(&flows[n++], r->master, RELAY_OUT, NULL);
		flow_in(&flows[n++], r->master, NULL);
		return n;
	}
	for (int i = RELAY_ERR; i > RELAY_IN; i--)
		if (r->own[i] >= 0)
			flow_from(&flows[n++], r->own[i], i, &r->own[i]);
	if (r->own[RELAY_IN] >= 0)
		flow_in(&flows[n++], r->own[RELAY_IN], &r->own[RELAY_IN]);
	return n;
}

/* The command learns of it: end of file where it reads, a broken pipe where it writes. */
static void
end_flow(struct flow *f)
{
	if (f->opened)
		close(f->to);
	if (f->ours != NULL)
		fd_close(f->ours);
	f->opened = false;
	f->from = f->to = -1;
	f->n = 0;
}

/* Nobody reads any more: without a terminal there is nothing to type into either. */
static void
hang_up(struct relay *r, struct flow *flows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		end_flow(&flows[i]);
	fd_close(&r->master);
}

static bool
would_wait(ssize_t n)
{
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static bool
write_some(struct flow *f)
{
	ssize_t n = write(f->to, f->buf + f->at, f->n);

	if (n < 0)
		return would_wait(n);
	f->at += (size_t)n;
	f->n -= (size_t)n;
	return true;
}

static bool
read_some(struct flow *f)
{
	ssize_t n = read(f->from, f->buf, sizeof(f->buf));

	if (n <= 0)
		return would_wait(n);
	f->at = 0;
	f->n = (size_t)n;
	return true;
}

static void
move(struct relay *r, struct flow *flows, size_t n, struct flow *f)
{
	bool writes = f->n > 0;

	if (writes ? write_some(f) : read_some(f))
		return;
	if (writes && r->master >= 0)
		hang_up(r, flows, n);
	else
		end_flow(f);
}

/* Waits until something can be moved or a signal comes; true if something was moved. */
static bool
move_what_can_be(struct relay *r, struct flow *flows, size_t n, int timeout_ms)
{
	struct pollfd p[RELAY_NFDS + 1];
	bool moved = false;

	for (size_t i = 0; i < n; i++)
		p[i] = flows[i].n > 0 ? (struct pollfd){.fd = flows[i].to, .events = POLLOUT}
				      : (struct pollfd){.fd = flows[i].from, .events = POLLIN};
	p[n] = (struct pollfd){.fd = r->signals, .events = POLLIN};
	if (poll(p, (nfds_t)n + 1, timeout_ms) <= 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (p[i].revents != 0 && flows[i].from >= 0) {
			move(r, flows, n, &flows[i]);
			moved = true;
		}
	return moved;
}

static bool
has_unwritten(const struct flow *flows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (flows[i].n > 0)
			return true;
	return false;
}

/* What the command wrote before it ended.  What a child of its goes on writing is not waited for; a terminal that takes
 * nothing is, but not for long once a signal came. */
static void
drain(struct relay *r, struct flow *flows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (flows[i].from == RELAY_IN)
			end_flow(&flows[i]);
	for (int reads = 0; reads < DRAIN_READS;) {
		bool waits = has_unwritten(flows, n), hurries = r->interrupted;

		if (!move_what_can_be(r, flows, n, !waits ? 0 : hurries ? STALLED_MS : -1) && (!waits || hurries))
			return;
		reads += !waits;
		take_signals(r, 0);
	}
}

int
relay_run(struct relay *r, int pid, int *ret_wait, struct err *e)
{
	struct flow flows[RELAY_NFDS];
	size_t n = make_flows(r, flows);

	for (;;) {
		int w = waitpid(pid, ret_wait, WNOHANG);

		if (w < 0)
			return err_sys(e, "wait", "command");
		if (w == pid)
			break;
		move_what_can_be(r, flows, n, -1);
		take_signals(r, pid);
	}
	drain(r, flows, n);
	return 0;
}
