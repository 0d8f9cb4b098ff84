/*
 * Owns what the relay does in Linux's way: signalfd(2), names under /proc/self/fd, TIOCGPTPEER.
 */
#include "run/relay_system.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/relay.h"

int
relay_signals_open(const sigset_t *set)
{
	return signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int
relay_signal_take(int fd)
{
	struct signalfd_siginfo s;

	return read(fd, &s, sizeof(s)) == sizeof(s) ? (int)s.ssi_signo : 0;
}

int
relay_open_output(int fd)
{
	char path[32];
	struct stat st;
	int own;

	if (!isatty(fd) && (fstat(fd, &st) < 0 || !S_ISFIFO(st.st_mode)))
		return fd;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return own < 0 ? fd : own;
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
