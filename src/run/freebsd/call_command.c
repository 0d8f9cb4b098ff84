/*
 * Owns the one program of the base system that is run: ifconfig(8), for which there is no library.
 */
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <net/if.h>

#include <errno.h>
#include <spawn.h>
#include <unistd.h>

#include "run/freebsd/call.h"

bool
fbsd_has_interface(const char *name)
{
	return if_nametoindex(name) != 0;
}

int
fbsd_command(const struct strv *words, struct err *e)
{
	char *none[] = {NULL};
	pid_t pid;
	int status;
	int error = posix_spawn(&pid, words->v[0], NULL, NULL, (char *const *)(uintptr_t)words->v, none);

	if (error != 0) {
		errno = error;
		return err_sys(e, "run", words->v[0]);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "wait", words->v[0]);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(e, ERR_FAILED, "run", words->v[0], "it did not end well");
	return 0;
}
