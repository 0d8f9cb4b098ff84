/*
 * FreeBSD's system calls, one function each; call*.c are compiled there only.  Nothing is decided here: what to ask for
 * comes from translate*.c.
 */
#ifndef WARDER_RUN_FREEBSD_CALL_H
#define WARDER_RUN_FREEBSD_CALL_H

#include "run/freebsd/args.h"

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

/* JAIL_CREATE: one of that name that is there already is an error, a dying one, too.  The jail's number, or -1. */
int fbsd_jail_create(const struct fbsd_args *l, struct err *e) must_check;
/* Kills all its processes, and waits until the kernel has let go of it: its path may be used again then. ERR_BUSY if
 * that takes longer than some seconds. */
int fbsd_jail_remove(int jid, struct err *e) must_check;
/*
 * Puts this process into the jail, for good: closes all descriptors but 0 to 2 and keep, which becomes 3 (-1: none),
 * changes into the view, attaches.  None of 0 to 2 may be a directory: with one it could leave again.
 */
int fbsd_jail_enter(int jid, const char *view, int keep, struct err *e) must_check;
/* lo0 of the jail that this process is in: up, with 127.0.0.1; the kernel adds ::1. */
int fbsd_loopback(struct err *e) must_check;

/* ---- call_limit.c ---- */

int fbsd_limit_add(const char *rule, struct err *e) must_check;
int fbsd_limit_remove(const char *filter, struct err *e) must_check;

/* ---- call_command.c ---- */

bool fbsd_has_interface(const char *name);
/* Runs it with no environment and waits; a status that is not 0 is an error. */
int fbsd_command(const struct strv *words, struct err *e) must_check;

/* ---- call_apply.c ---- */

struct fbsd_applied {
	const struct fbsd_plan *plan;
	size_t n; /* steps that were done */
	int jid;  /* -1: no jail yet */
};
/* The steps on the host up to FBSD_JAIL, without the hooks; if one fails, those before it are undone. */
int fbsd_apply(const struct fbsd_plan *p, struct fbsd_applied *ret, struct err *e) must_check;
/* Backwards, all of them, whatever fails; the first failure is the error. */
int fbsd_undo(struct fbsd_applied *done, struct err *e) must_check;

#endif
