/*
 * Owns what the relay does in FreeBSD's way: kqueue(2), the terminal's name, posix_openpt(2).
 */
#include <sys/types.h>

#include <sys/event.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/relay.h"
#include "run/relay_system.h"

int
relay_signals_open(const sigset_t *set)
{
	fd_auto kq = kqueue();

	for (int sig = 1; kq >= 0 && sig < SIGRTMIN; sig++) {
		struct kevent ev;

		if (sigismember(set, sig) != 1)
			continue;
		EV_SET(&ev, sig, EVFILT_SIGNAL, EV_ADD, 0, 0, NULL);
		if (kevent(kq, &ev, 1, NULL, 0, NULL) < 0)
			return -1;
	}
	return fd_take(&kq);
}

/* A kqueue only tells of a signal, which stays pending, and would come when the mask goes. */
int
relay_signal_take(int fd)
{
	const struct timespec none = {0, 0};
	struct kevent ev;
	sigset_t one;

	if (kevent(fd, NULL, 0, &ev, 1, &none) != 1)
		return 0;
	sigemptyset(&one);
	sigaddset(&one, (int)ev.ident);
	(void)sigtimedwait(&one, NULL, &none);
	return (int)ev.ident;
}

/* A pipe has no name by which it could be opened again: writing to one waits for its reader. */
int
relay_open_output(int fd)
{
	char path[64];
	int own;

	if (!isatty(fd) || ttyname_r(fd, path, sizeof(path)) != 0)
		return fd;
	own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return own < 0 ? fd : own;
}

/* Its owner is who asks for it (pts(4)), and so uid has to be the caller's own. */
int
relay_make_pty(unsigned uid, int *ret_master, int *ret_slave, struct err *e)
{
	fd_auto master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	fd_auto slave = -1;
	const char *name = master < 0 ? NULL : ptsname(master);

	if (master < 0)
		return err_sys(e, "posix_openpt", "pty");
	if (uid != geteuid() || name == NULL)
		return err_set(e, ERR_FAILED, "posix_openpt", "pty", "it is another user's, or has no name");
	slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return err_sys(e, "open", name);
	*ret_master = fd_take(&master);
	*ret_slave = fd_take(&slave);
	return 0;
}
