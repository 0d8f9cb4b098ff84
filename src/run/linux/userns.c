/*
 * User namespaces.
 *
 * A namespace is made by a process that waits in it, mapped from outside through a proc instance of ours (R6), kept by
 * descriptor, and the process is ended.  A jail's is made by the process that becomes its pid 1, as the first thing
 * that it does: the helper ends with it, and the one proc serves for the maps and for the sysctls.
 */
#include "run/linux/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/signals.h"
#include "run/linux/sys.h"

static int
write_map(int proc, int pid, const char *file, uint32_t first, uint32_t count, struct err *e)
{
	char path[48], map[48];
	fd_auto fd = -1;
	int n;

	snprintf(path, sizeof(path), "%d/%s", pid, file);
	n = snprintf(map, sizeof(map), "0 %u %u\n", first, count);
	fd = path_open_beneath(proc, path, O_WRONLY | O_CLOEXEC, 0, e);
	if (fd < 0)
		return -1;
	return fd_write_all(fd, map, (size_t)n, file, e);
}

static int
open_namespace(int proc, int pid, struct err *e)
{
	char path[48];
	int fd;

	snprintf(path, sizeof(path), "%d/ns/user", pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? err_sys(e, "open", path) : fd;
}

static int
map_and_open(int proc, int pid, uint32_t first, uint32_t count, struct err *e)
{
	if (write_map(proc, pid, "uid_map", first, count, e) < 0 ||
		write_map(proc, pid, "gid_map", first, count, e) < 0)
		return -1;
	return open_namespace(proc, pid, e);
}

/* Waits to be ended.  It lets go of everything first: a lock of its starter's must not live on in it. */
static _Noreturn void
wait_in_namespace(pid_t parent)
{
	if (close_range(0, ~0U, 0) < 0 || !signals_die_with(parent))
		_exit(1);
	for (;;)
		pause();
}

int
userns_open(int proc, uint32_t first, uint32_t count, struct err *e)
{
	struct sys_clone_args args = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
	pid_t self = getpid();
	int pid = sys_clone3(&args), fd;

	if (pid < 0)
		return err_sys(e, "clone3", "user namespace");
	if (pid == 0)
		wait_in_namespace(self);
	fd = map_and_open(proc, pid, first, count, e);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return fd;
}

int
userns_become_root(struct err *e)
{
	uid_t r, u, s;
	gid_t rg, g, sg;

	if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return err_sys(e, "setresuid", "root of the jail");
	if (getresuid(&r, &u, &s) < 0 || getresgid(&rg, &g, &sg) < 0 || r || u || s || rg || g || sg)
		return err_set(e, ERR_FAILED, "getresuid", "root of the jail", "the ids were not taken");
	return 0;
}

int
userns_enter(int userns, struct err *e)
{
	if (setns(userns, CLONE_NEWUSER) < 0)
		return err_sys(e, "setns", "user namespace");
	return userns_become_root(e);
}
