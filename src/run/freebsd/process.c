/*
 * Processes by identity.  There is no pidfd for a process that is not one's own child: a kqueue first, which tells of
 * the end of that process and of no other, then the check of what the number names; a number is not used again before
 * its process has ended, and the kqueue has that then.
 */
#include <sys/types.h>

#include <sys/event.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/fd.h"
#include "run/freebsd/freebsd.h"

int
fbsd_boot_id(char ret[40], struct err *e)
{
	uint64_t began = fbsd_process_ticks(1);

	if (began == 0)
		return err_set(e, ERR_FAILED, "sysctl", "kern.proc.pid.1", "it does not say when process 1 began");
	snprintf(ret, 40, "init-%" PRIu64, began);
	return 0;
}

int
fbsd_process_open(const struct run_record *r, const char *jail, struct err *e)
{
	fd_auto kq = kqueue();
	struct kevent ev;

	EV_SET(&ev, r->pid, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, NULL);
	if (kq < 0)
		return err_sys(e, "kqueue", jail);
	if (r->pid <= 0 || kevent(kq, &ev, 1, NULL, 0, NULL) < 0 || fbsd_process_ticks(r->pid) != r->start_ticks)
		return err_set(e, ERR_FAILED, "find", jail, "is not running");
	return fd_take(&kq);
}

bool
fbsd_process_wait_end(int kq, int ms)
{
	const struct timespec limit = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
	struct kevent ev;
	int n;

	do
		n = kevent(kq, NULL, 0, &ev, 1, ms < 0 ? NULL : &limit);
	while (n < 0 && errno == EINTR);
	return n > 0;
}
