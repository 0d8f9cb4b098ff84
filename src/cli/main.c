/*
 * Before anything else: what a caller could use against a program that runs as root is refused or put right
 * (SECURITY.md R8, R22).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/signals.h"
#include "base/system.h"
#include "cli/cli.h"

/* A closed standard descriptor would be taken by the next file that is opened, and error messages written into it. */
static int
have_standard_fds(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) == -1 && (errno != EBADF || open("/dev/null", O_RDWR) != fd))
			return -1;
	return 0;
}

int
main(int argc, char **argv)
{
	if (have_standard_fds() == -1)
		return 1;
	if (system_has_callers_rights_raised()) {
		fputs("warder: refuses to run set-uid, set-gid or with file capabilities\n", stderr);
		return 77;
	}
	mode_t callers = umask(077);
	signals_see_children();
	return cli_main(argc, argv, callers);
}
