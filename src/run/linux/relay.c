/*
 * The relay: one poll loop over at most three directions and a signalfd.
 *
 * With a pty the two directions are terminal -> master and master -> terminal; without one, a pipe stands in for each
 * of the command's standard descriptors that would otherwise be a terminal of the host (TIOCSTI and its kin reach
 * whoever holds the descriptor; SECURITY.md R13).
 */
#include "run/linux/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"

static struct termios saved_termios;

int
relay_open(struct relay *r, struct err *e)
{
	*r = (struct relay){{-1, -1, -1}, {-1, -1, -1}, -1, false};
	for (int i = 0; i < RELAY_NFDS; i++) {
		int pair[2];

		if (!isatty(i))
			continue;
		if (pipe2(pair, O_CLOEXEC) < 0) {
			relay_done(r);
			return err_sys(e, "pipe", "relay");
		}
		r->theirs[i] = pair[i == RELAY_IN ? 0 : 1];
		r->own[i] = pair[i == RELAY_IN ? 1 : 0];
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
		tcsetattr(RELAY_IN, TCSADRAIN, &saved_termios);
	r->raw = false;
}

static void
copy_window_size(const struct relay *r)
{
	struct winsize w;

	if (r->master >= 0 && ioctl(RELAY_IN, TIOCGWINSZ, &w) == 0)
		ioctl(r->master, TIOCSWINSZ, &w);
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
		r->raw = tcsetattr(RELAY_IN, TCSADRAIN, &t) == 0;
	}
}

/* One direction; from is unset when it has ended. */
struct flow {
	int from, to;
	bool close_to; /* the end of from is passed on by closing to */
};

static size_t
make_flows(struct relay *r, struct flow flows[RELAY_NFDS])
{
	size_t n = 0;

	if (r->master >= 0) {
		flows[n++] = (struct flow){r->master, RELAY_OUT, false};
		flows[n++] = (struct flow){RELAY_IN, r->master, false};
		return n;
	}
	for (int i = RELAY_ERR; i > RELAY_IN; i--)
		if (r->own[i] >= 0)
			flows[n++] = (struct flow){r->own[i], i, false};
	if (r->own[RELAY_IN] >= 0)
		flows[n++] = (struct flow){RELAY_IN, r->own[RELAY_IN], true};
	return n;
}

/* Copies what is there; false when this direction has come to its end. */
static bool
pump(const struct flow *f)
{
	char buf[16384];
	struct err ignored;
	ssize_t n = read(f->from, buf, sizeof(buf));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	return n > 0 && fd_write_all(f->to, buf, (size_t)n, "relay", &ignored) == 0;
}

static void
end_flow(struct relay *r, struct flow *f)
{
	f->from = -1;
	if (f->close_to)
		fd_close(&r->own[RELAY_IN]);
}

static int
open_signals(struct err *e)
{
	static const int taken[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH};
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		sigaddset(&set, taken[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? err_sys(e, "signalfd", "relay") : fd;
}

static void
take_signals(const struct relay *r, int fd, int pid)
{
	struct signalfd_siginfo s;

	while (read(fd, &s, sizeof(s)) == sizeof(s)) {
		if (s.ssi_signo == SIGWINCH)
			copy_window_size(r);
		else if (s.ssi_signo != SIGCHLD)
			kill(-pid, (int)s.ssi_signo);
	}
}

static int
poll_once(struct relay *r, struct flow *flows, size_t n, int signals, int timeout_ms)
{
	struct pollfd p[RELAY_NFDS + 1];
	int ready;

	for (size_t i = 0; i < n; i++)
		p[i] = (struct pollfd){.fd = flows[i].from, .events = POLLIN};
	p[n] = (struct pollfd){.fd = signals, .events = POLLIN};
	ready = poll(p, (nfds_t)n + 1, timeout_ms);
	for (size_t i = 0; ready > 0 && i < n; i++)
		if (p[i].revents != 0 && !pump(&flows[i]))
			end_flow(r, &flows[i]);
	return ready;
}

/* What the command wrote before it ended; what a child of its goes on writing is not waited for. */
static void
drain(struct relay *r, struct flow *flows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (flows[i].from == RELAY_IN)
			flows[i].from = -1;
	while (poll_once(r, flows, n, -1, 0) > 0)
		;
}

int
relay_run(struct relay *r, int pid, int *ret_wait, struct err *e)
{
	struct flow flows[RELAY_NFDS];
	size_t n = make_flows(r, flows);
	fd_auto signals = open_signals(e);

	if (signals < 0)
		return -1;
	for (;;) {
		int w = waitpid(pid, ret_wait, WNOHANG);

		if (w < 0)
			return err_sys(e, "wait", "command");
		if (w == pid)
			break;
		poll_once(r, flows, n, signals, -1);
		take_signals(r, signals, pid);
	}
	drain(r, flows, n);
	return 0;
}

int
relay_make_pty(unsigned uid, int *ret_master, int *ret_slave, struct err *e)
{
	fd_auto master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	fd_auto slave = -1;
	int unlock = 0;

	if (master < 0)
		return err_sys(e, "open", "/dev/pts/ptmx");
	if (ioctl(master, TIOCSPTLCK, &unlock) < 0)
		return err_sys(e, "TIOCSPTLCK", "pty");
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return err_sys(e, "TIOCGPTPEER", "pty");
	if (fchown(slave, uid, (gid_t)-1) < 0)
		return err_sys(e, "fchown", "pty");
	*ret_master = fd_take(&master);
	*ret_slave = fd_take(&slave);
	return 0;
}
