/*
 * What carries a plan out.  One folder for each system; the build chooses by file name, callers have no #ifdef.
 */
#ifndef WARDER_RUN_BACKEND_H
#define WARDER_RUN_BACKEND_H

#include "model/plan.h"
#include "store/store.h"

/* One finding of doctor. */
enum offer { OFFER_YES, OFFER_NO, OFFER_PARTLY };
struct finding {
	const char *name; /* "id-mapped mounts on ROOT" */
	enum offer have;
	bool required;       /* without it no jail starts */
	const char *detail;  /* "ABI 7", "v1: memory pids cpu" */
	const char *follows; /* what is missing without it; the way out */
};

struct enter_request {
	const char *const *argv; /* NULL-ended */
	const char *user;        /* NULL: root in the jail; "named", "0", "bind:bind" */
	const char *cwd;         /* NULL: the user's home for login, else "/" */
	bool tty;                /* a pty of the jail's devpts, proxied */
	bool login;              /* console: argv NULL means the user's shell, as a login shell */
	struct strv environment; /* further NAME=value */
	bool probe;              /* the backend's own program in place of argv[0], see probe below; no verb sets it */
	/* Of manage: told of the view's pid 1, as the host sees it, before the command begins; -1 ends the view. */
	int (*opened)(void *arg, int pid, struct err *e);
	void *arg;
};

/* How a running jail took a new skeleton. */
enum renewal {
	RENEWAL_STOPPED, /* it does not run */
	RENEWAL_LIVE,    /* it has it */
	RENEWAL_LATER,   /* this kernel cannot do that (any more): at its next start */
};

struct backend {
	const char *name;
	/* Starts it: all or nothing; on failure everything that was made is undone.  Needs the lock "jail.NAME".
	 * *ret_pid: pid 1 as the host sees it. */
	int (*start)(const struct store *s, const struct plan *p, int *ret_pid, struct err *e);
	/* Stops it: exec.stop, signal, wait, kill; returns when the last process, mount, interface and group is gone,
	 * also those that a killed start left.  Its record stays until clear: so that whoever is killed between the two
	 * is known to have left something to do (struct jail_status, recorded).  0 if it was not running.  Needs the
	 * lock "jail.NAME".  j may be NULL (no longer declared). */
	int (*stop)(const struct store *s, const struct jail *j, const char *name, bool kill, struct err *e);
	/* Ends its pid 1 as stop does, clears nothing, and so needs no lock: for a jail that somebody else has the lock
	 * of, such as a start that waits for exec.start and undoes itself then.  *ret_was false: there was none yet. */
	int (*end)(
		const struct store *s, const struct jail *j, const char *name, bool kill, bool *ret_was, struct err *e);
	/* Runs a command in it, with the rights that it was started with, and waits: *ret_status as the shell's ($?).
	 * ERR_FAILED if it does not run.  It need not be declared any more. */
	int (*enter)(
		const struct store *s, const char *name, const struct enter_request *r, int *ret_status, struct err *e);
	/* Runs warder's probe (src/probe) in it as enter would run a command of the jail's root, and takes what it
	 * writes, for surface_parse.  Never longer than some seconds, whatever the processes of the jail do; -1 unless
	 * it came to its end by itself. */
	int (*probe)(const struct store *s, const char *name, struct str *ret, struct err *e);
	/* Opens a management view by a plan of plan_build_view, runs the command in it and waits: *ret_status as the
	 * shell's.  Nothing of the view outlives this call, or this process. */
	int (*manage)(const struct store *s, const struct plan *p, const struct enter_request *r, int *ret_status,
		struct err *e);
	/* Gives a running jail the skeleton that the plan's facts name; the plan is the jail's own, of plan_build.
	 * Needs the lock "jail.NAME".  -1 where it was not renewed, and also where its mounts are not what they should
	 * be then: such a jail was killed, and e's hint says so. */
	int (*renew)(const struct store *s, const struct plan *p, enum renewal *ret, struct err *e);
	/* Frees what a crash left for name, if it is not running.  Needs the lock "jail.NAME". */
	int (*clear)(const struct store *s, const char *name, struct err *e);
	int (*doctor)(const char *root, struct arena *a, struct finding **ret, size_t *ret_n, struct err *e);
};
extern const struct backend backend_native; /* linux here */
extern const struct backend backend_null;   /* records; for tests */

#endif
