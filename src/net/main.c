/*
 * warder-net: puts a jail on a bridge, and takes it off again.  net.h is its interface.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "net/args.h"
#include "net/port.h"

/* The caller's pipe for one struct err. */
enum { ERROR_FD = 3 };

static bool
has_error_pipe(void)
{
	struct stat st;

	if (fstat(ERROR_FD, &st) < 0 || !(S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
		return false;
	return fcntl(ERROR_FD, F_SETFD, FD_CLOEXEC) == 0;
}

static int
report(const struct err *e, bool to_pipe)
{
	struct err ignored = {0};

	if (!to_pipe || fd_write_all(ERROR_FD, e, sizeof(*e), "error pipe", &ignored) < 0)
		err_print(stderr, e, "warder-net", NULL);
	return err_exit_status(e);
}

static int
run(int argc, char **argv, struct err *e)
{
	struct net_port p;
	enum net_verb verb;

	if (getauxval(AT_SECURE) != 0)
		return err_set(e, ERR_NOPERM, "warder-net", NULL, "must not be set-uid");
	if (args_parse(argc, argv, &verb, &p, e) < 0)
		return -1;
	switch (verb) {
	case NET_UP:
		return port_up(&p, e);
	case NET_DOWN:
		return port_down(&p, e);
	default:
		return port_check(e);
	}
}

int
main(int argc, char **argv)
{
	bool to_pipe = has_error_pipe();
	struct err e = {0};

	(void)umask(077);
	return run(argc, argv, &e) == 0 ? EXIT_SUCCESS : report(&e, to_pipe);
}
