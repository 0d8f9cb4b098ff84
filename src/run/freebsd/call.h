/*
 * FreeBSD's system calls, one function each; call*.c are compiled there only.  Nothing is decided here: what to ask for
 * comes from translate*.c.
 */
#ifndef WARDER_RUN_FREEBSD_CALL_H
#define WARDER_RUN_FREEBSD_CALL_H

#include <sys/types.h>

#include "run/freebsd/args.h"
#include "run/freebsd/mounts.h"

/* The names of security.jail.param, without that prefix; ruleset is taken over. */
int fbsd_kernel_ask(unsigned ruleset, struct arena *a, struct fbsd_kernel *ret, struct err *e) must_check;

/* ---- call_path.c: what a stopped jail may have left links in ---- */

/* Opens root/path; a link on the way, or at the end, below root is an error.  The directory's fd, or -1. */
int fbsd_open_beneath(const char *root, const char *path, struct err *e) must_check;
/* root/path, with the empty directories var and tmp in it; what is there already is left. */
int fbsd_points(const char *root, const char *path, struct err *e) must_check;
/* SF_NOUNLINK of root/path, set or taken away. */
int fbsd_anchor(const char *root, const char *path, bool on, struct err *e) must_check;

/* ---- call_mount.c ---- */

/* The mount point is walked without links first, so the jail must not run. */
int fbsd_mount_do(const struct fbsd_step *s, struct err *e) must_check;
int fbsd_mount_undo(const struct fbsd_step *s, struct err *e) must_check;

/* ---- call_jail.c ---- */

/* JAIL_CREATE: one of that name that is there already is an error.  The jail's number, or -1. */
int fbsd_jail_create(const struct fbsd_args *l, struct err *e) must_check;
/* The living jail of that name: its number, 0 if there is none, -1 for an error.  ERR_BUSY if its path is not view (the
 * real path): then it is somebody else's. */
int fbsd_jail_find(const char *name, const char *view, struct err *e) must_check;
/* Kills all its processes, again and again, until the jail is gone.  *ret_dying: no process is left, but after some
 * seconds the kernel still holds it, as it does for connections that it has not forgotten (TIME_WAIT).  ERR_BUSY if
 * processes are left then. */
int fbsd_jail_remove(int jid, bool *ret_dying, struct err *e) must_check;

/* ---- call_mounts.c ---- */

/* The mounts at and beneath view (a real path), in the order in which they were made. */
int fbsd_mounts_list(
	const char *view, struct arena *a, struct fbsd_seen **ret, size_t *ret_n, struct err *e) must_check;
/* Unmounts them, the last first, by their numbers: no path is walked.  force: whatever still holds one holds nothing
 * then. */
int fbsd_mounts_clear(const char *view, bool force, struct err *e) must_check;
/* ERR_FAILED if devfs at dir shows what fbsd_device_is_allowed refuses: an empty ruleset shows everything. */
int fbsd_devices_check(const char *dir, struct err *e) must_check;

/* ---- call_limit.c ---- */

int fbsd_limit_add(const char *rule, struct err *e) must_check;
int fbsd_limit_remove(const char *filter, struct err *e) must_check;

/* ---- call_command.c ---- */

bool fbsd_has_interface(const char *name);
/* Runs it with no environment and waits; a status that is not 0 is an error. */
int fbsd_command(const struct strv *words, struct err *e) must_check;

/* ---- call_process.c ---- */

/* Microseconds between the machine's start and the process's; 0: there is no such process. */
uint64_t fbsd_process_ticks(int pid);

/* ---- call_apply.c ---- */

enum { FBSD_LACKING = 32 };
struct fbsd_applied {
	const struct fbsd_plan *plan;
	size_t n;                   /* steps that were done */
	int jid;                    /* -1: no jail yet */
	char lacking[FBSD_LACKING]; /* limits that were best effort, and that this kernel cannot hold: "memory,pids" */
};
/* The steps on the host up to FBSD_JAIL, without the hooks; if one fails, those before it are undone. */
int fbsd_apply(const struct fbsd_plan *p, struct fbsd_applied *ret, struct err *e) must_check;
/* Backwards, all of them, whatever fails; the first failure is the error. */
int fbsd_undo(struct fbsd_applied *done, struct err *e) must_check;

#endif
