/*
 * Stopping a jail, and clearing what is left of one.
 */
#include <sys/types.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/bound.h"
#include "run/enter_lock.h"
#include "run/freebsd/freebsd.h"

enum { KILL_WAIT_MS = 10000 };

static bool
is_of_this_boot(const struct run_record *r)
{
	char boot[40];
	struct err ignored;

	return fbsd_boot_id(boot, &ignored) == 0 && strcmp(boot, r->boot_id) == 0;
}

/* What is left of it on the host but its record.  After another boot that is flags of its state, if anything. */
static int
clear_parts(const struct store *s, const char *name, struct err *e)
{
	fd_auto lock = -1;

	if (run_enter_lock(s, name, true, &lock, e) < 0)
		return -1;
	return fbsd_tear_down_recorded(s, name, e);
}

int
fbsd_clear(const struct store *s, const char *name, struct err *e)
{
	struct run_record r;
	struct err ignored;
	bool found;
	fd_auto kq = -1;

	if (store_run_read(s, name, &r, &found, e) < 0)
		return -1;
	if (!found)
		return 0;
	if (is_of_this_boot(&r))
		kq = fbsd_process_open(&r, name, &ignored);
	if (kq >= 0 && !fbsd_process_wait_end(kq, 0))
		return err_set(e, ERR_BUSY, "start", name, "is running already (pid %d)", r.pid);
	return clear_parts(s, name, e) < 0 ? -1 : store_run_remove(s, name, e);
}

/* A supervisor that is killed leaves the jail's processes: whoever clears ends them. */
static int
end(int kq, const struct run_record *r, const char *name, int wait_ms, struct err *e)
{
	if (wait_ms != 0) {
		kill(r->pid, SIGTERM);
		if (fbsd_process_wait_end(kq, wait_ms))
			return 0;
	}
	kill(r->pid, SIGKILL);
	if (!fbsd_process_wait_end(kq, KILL_WAIT_MS))
		return err_set(e, ERR_FAILED, "stop", name, "its supervisor does not end after SIGKILL");
	return 0;
}

int
fbsd_end(const struct store *s, const struct jail *j, const char *name, bool kill, bool *ret_was, struct err *e)
{
	struct run_record r;
	struct err ignored;
	bool found;
	fd_auto kq = -1;

	if (store_run_read(s, name, &r, &found, e) < 0)
		return -1;
	if (found && is_of_this_boot(&r))
		kq = fbsd_process_open(&r, name, &ignored);
	if (kq >= 0 && end(kq, &r, name, run_stop_bound_ms(j, kill), e) < 0)
		return -1;
	*ret_was = kq >= 0;
	return 0;
}

int
fbsd_stop(const struct store *s, const struct jail *j, const char *name, bool kill, struct err *e)
{
	bool was;

	return fbsd_end(s, j, name, kill, &was, e) < 0 ? -1 : clear_parts(s, name, e);
}
