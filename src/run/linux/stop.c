/*
 * Stopping a jail, and clearing what is left of one.
 *
 * Everything of a jail ends with its pid 1: processes with the pid namespace, mounts with the mount namespace, the
 * interface with the network namespace.  What remains on the host is named in the record.
 */
#include "run/linux/linux.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/bound.h"
#include "run/enter_lock.h"
#include "run/linux/cgroup.h"
#include "run/linux/net.h"
#include "run/linux/process.h"

enum { KILL_WAIT_MS = 10000 };

/* What is left of it on the host but its record. */
static int
clear_parts(const struct store *s, const struct run_record *r, struct err *e)
{
	if (r->veth[0] != '\0' && net_down(s->root, r->veth, r->bridge, e) < 0)
		return -1;
	return r->cgroup[0] != '\0' ? cgroup_remove(r->cgroup, e) : 0;
}

int
linux_clear_record(const struct store *s, const char *name, const struct run_record *r, struct err *e)
{
	fd_auto lock = -1;

	if (run_enter_lock(s, name, true, &lock, e) < 0 || clear_parts(s, r, e) < 0)
		return -1;
	return store_run_remove(s, name, e);
}

/* Another boot's record names nothing that still exists but files. */
static bool
is_of_this_boot(const struct run_record *r)
{
	char boot[40];
	struct err ignored;

	return process_boot_id(boot, &ignored) == 0 && strcmp(boot, r->boot_id) == 0;
}

int
linux_clear(const struct store *s, const char *name, struct err *e)
{
	struct run_record r;
	struct err ignored;
	bool found;
	fd_auto pidfd = -1;

	if (store_run_read(s, name, &r, &found, e) < 0)
		return -1;
	if (!found)
		return 0;
	if (!is_of_this_boot(&r))
		return store_run_remove(s, name, e);
	pidfd = process_open_recorded(&r, name, &ignored);
	if (pidfd >= 0 && !process_wait_end(pidfd, 0))
		return err_set(e, ERR_BUSY, "start", name, "is running already (pid %d)", r.pid);
	return linux_clear_record(s, name, &r, e);
}

static int
end(int pidfd, const char *name, int wait_ms, struct err *e)
{
	if (wait_ms != 0) {
		process_kill(pidfd, SIGTERM);
		if (process_wait_end(pidfd, wait_ms))
			return 0;
	}
	process_kill(pidfd, SIGKILL);
	if (!process_wait_end(pidfd, KILL_WAIT_MS))
		return err_set(e, ERR_FAILED, "stop", name, "pid 1 does not end after SIGKILL");
	return 0;
}

int
linux_end(const struct store *s, const struct jail *j, const char *name, bool kill, bool *ret_was, struct err *e)
{
	struct run_record r;
	struct err ignored;
	bool found;
	fd_auto pidfd = -1;

	if (store_run_read(s, name, &r, &found, e) < 0)
		return -1;
	if (found && is_of_this_boot(&r))
		pidfd = process_open_recorded(&r, name, &ignored);
	if (pidfd >= 0 && end(pidfd, name, run_stop_bound_ms(j, kill), e) < 0)
		return -1;
	*ret_was = pidfd >= 0;
	return 0;
}

int
linux_stop(const struct store *s, const struct jail *j, const char *name, bool kill, struct err *e)
{
	struct run_record r;
	bool was, found;
	fd_auto lock = -1;

	if (linux_end(s, j, name, kill, &was, e) < 0 || store_run_read(s, name, &r, &found, e) < 0)
		return -1;
	if (!found || !is_of_this_boot(&r))
		return 0;
	if (run_enter_lock(s, name, true, &lock, e) < 0 || clear_parts(s, &r, e) < 0)
		return -1;
	/* What is gone is not looked for again. */
	r.veth[0] = r.bridge[0] = r.cgroup[0] = '\0';
	return store_run_write(s, name, &r, e);
}
