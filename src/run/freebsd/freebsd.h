/*
 * The FreeBSD backend's parts, and what they share (docs/freebsd.md).
 */
#ifndef WARDER_RUN_FREEBSD_FREEBSD_H
#define WARDER_RUN_FREEBSD_FREEBSD_H

#include "init/brief.h"
#include "init/check.h"
#include "run/backend.h"
#include "run/freebsd/call.h"
#include "run/freebsd/keep.h"
#include "run/freebsd/ruleset.h"

int fbsd_start(const struct store *s, const struct plan *p, int *ret_pid, struct err *e) must_check;
int fbsd_stop(const struct store *s, const struct jail *j, const char *name, bool kill, struct err *e) must_check;
int fbsd_end(const struct store *s, const struct jail *j, const char *name, bool kill, bool *ret_was,
	struct err *e) must_check;
int fbsd_enter(const struct store *s, const char *name, const struct enter_request *r, int *ret_status,
	struct err *e) must_check;
int fbsd_probe(const struct store *s, const char *name, struct str *ret, struct err *e) must_check;
int fbsd_manage(const struct store *s, const struct plan *p, const struct enter_request *r, int *ret_status,
	struct err *e) must_check;
int fbsd_renew(const struct store *s, const struct plan *p, enum renewal *ret, struct err *e) must_check;
int fbsd_clear(const struct store *s, const char *name, struct err *e) must_check;
int fbsd_doctor(const char *root, struct arena *a, struct finding **ret, size_t *ret_n, struct err *e) must_check;

/* ---- clear.c: what outlives processes ---- */

/* The mount point as the kernel names it.  In a. */
int fbsd_view_path(const char *view, struct arena *a, const char **ret, struct err *e) must_check;
/* Ends the jail, unmounts its view, takes flags, limits and addresses back: each may be undone already. */
int fbsd_tear_down(const struct fbsd_keep *k, struct err *e) must_check;
/* The same by what a start wrote down; nothing to do if it did not come to that. */
int fbsd_tear_down_recorded(const struct store *s, const char *name, struct err *e) must_check;
/* Carries the steps on the host out, and looks at what came of them.  On failure nothing of it is left. */
int fbsd_establish(const struct fbsd_plan *f, const struct fbsd_keep *k, int *ret_jid, char ret_lacking[FBSD_LACKING],
	struct err *e) must_check;
/* Both plans of a jail or a view; everything in a. */
int fbsd_prepare(const struct plan *p, struct arena *a, struct fbsd_plan *ret, struct str *ret_text,
	struct fbsd_keep *ret_keep, struct err *e) must_check;
/* A network of its own, whose lo0 is to be brought up from within. */
bool fbsd_has_loopback(const struct fbsd_plan *f);

/* ---- process.c: processes by identity ---- */

/* A name of this boot that no change of the clock changes: when process 1 began. */
int fbsd_boot_id(char ret[40], struct err *e) must_check;
/* A kqueue that tells of the end of the recorded process; ERR_FAILED if that one does not run. */
int fbsd_process_open(const struct run_record *r, const char *jail, struct err *e) must_check;
/* ms -1: as long as it takes.  True if it has ended. */
bool fbsd_process_wait_end(int kq, int ms);

/* ---- supervise.c ---- */

struct fbsd_supervised {
	const struct brief *brief;
	const char *name, *view;
	int jid;
	bool loopback;           /* a network of its own */
	int report, log, status; /* as enum brief_fd says */
};
/* Forks the supervisor; it never returns there. */
pid_t fbsd_supervise(const struct fbsd_supervised *s, struct err *e) must_check;
/* In a child that enters the jail alone: lo0, and /run as the brief says.  way_set before. */
int fbsd_prepare_inside(const struct brief *b, bool loopback, struct report *r) must_check;
/* Descriptors to their places, -1: /dev/null for 0 to 2, closed for others; everything from n on is closed. */
int fbsd_place_fds(const int *fds, int n, struct report *r) must_check;

/* ---- command.c ---- */

/* In a child of the one that will wait for it: enters the jail with 0 to 2 and BRIEF_FD_REPORT, on which what fails is
 * reported, and becomes the brief's command; tty: on a pty of the jail's, whose master is sent. */
_Noreturn void fbsd_command_run(const struct brief *b, bool tty);
/* Waits for a child, passing signals on to its process group; alive: ends it when the other end of that pipe is gone,
 * -1: nothing of that kind.  Its wait status. */
int fbsd_command_wait(pid_t pid, int alive);
/* What comes from the command on its way: the pty's master, -1 if there is none.  0 when the program runs. */
int fbsd_command_await(int socket, int *ret_master, struct err *e) must_check;

#endif
