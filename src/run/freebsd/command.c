/*
 * A command in a jail: the process that becomes it, and the one that waits for it.
 */
#include <sys/types.h>

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "init/lockdown.h"
#include "init/service.h"
#include "init/system.h"
#include "run/freebsd/freebsd.h"
#include "run/messages.h"
#include "run/relay.h"

/* The jail's own, made by who will use it: /dev/pts of the jail shows it, and of no other. */
static int
take_terminal(const struct brief *b, struct report *r)
{
	struct err e = {0};
	int master, slave;

	if (relay_make_pty(b->uid, &master, &slave, &e) < 0 || messages_send_master(BRIEF_FD_REPORT, master, &e) < 0) {
		report_set(r, e.kind, e.op, e.subject, e.reason);
		r->err_no = e.err_no;
		return -1;
	}
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (dup2(slave, fd) < 0)
			return report_sys(r, "dup2", "pty");
	close(master);
	close(slave);
	return ioctl(STDIN_FILENO, TIOCSCTTY, 0) < 0 ? report_sys(r, "ioctl TIOCSCTTY", "terminal") : 0;
}

/* A session of its own: with the caller's it would have the administrator's terminal, by /dev/tty (R13). */
_Noreturn void
fbsd_command_run(const struct brief *b, bool tty)
{
	static const char *argv[BRIEF_MAX_STRINGS + 1];
	struct report r = {0};
	int status = INIT_EXIT_FAILED;

	lockdown_signals(false);
	if (setsid() < 0)
		report_sys(&r, "setsid", "session");
	else if (lockdown_exec(b, &r) == 0 && (!tty || take_terminal(b, &r) == 0)) {
		brief_strings(b, b->argv, argv);
		status = service_exec(b, argv, &r);
	}
	(void)report_send(&r);
	_exit(status);
}

/* Before it has a group of its own, it alone; it has not been waited for, so the number is its. */
static void
pass_on(pid_t pid, int signo)
{
	if (kill(-pid, signo) < 0)
		kill(pid, signo);
}

/* Whoever has ended; true when that was pid. */
static bool
reap(pid_t pid, int *ret_wait)
{
	int wait;
	pid_t ended;

	while ((ended = waitpid(-1, &wait, WNOHANG)) > 0)
		if (ended == pid) {
			*ret_wait = wait;
			return true;
		}
	return ended < 0 && errno == ECHILD;
}

int
fbsd_command_wait(pid_t pid, int alive)
{
	static const int signals[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH};
	enum { LOOK_AGAIN_MS = 1000 };
	int wait = INIT_EXIT_FAILED << 8;
	fd_auto sigfd = system_signals_open(signals, sizeof(signals) / sizeof(signals[0]));

	while (!reap(pid, &wait)) {
		struct pollfd news[] = {{sigfd, POLLIN, 0}, {alive, POLLIN, 0}};
		int signo;

		(void)poll(news, alive < 0 ? 1 : 2, LOOK_AGAIN_MS);
		if (alive >= 0 && news[1].revents != 0) {
			pass_on(pid, SIGKILL);
			alive = -1;
		}
		while ((signo = system_signal_take(sigfd)) > 0)
			if (signo != SIGCHLD)
				pass_on(pid, signo);
	}
	return wait;
}

int
fbsd_command_await(int socket, int *ret_master, struct err *e)
{
	struct news n = {-1, -1, false};
	int r;

	do
		r = messages_receive(socket, &n, e);
	while (r == 0);
	if (r < 0) {
		fd_close(&n.master);
		return -1;
	}
	*ret_master = n.master;
	return 0;
}
