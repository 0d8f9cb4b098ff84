/*
 * A jail's life as start, stop and restart share it: lock, hooks of the configuration, backend.
 */
#ifndef WARDER_CLI_LIFE_H
#define WARDER_CLI_LIFE_H

#include "cli/targets.h"
#include "model/plan.h"

/* Starts it, with the lock "jail.NAME" held by the caller; the hooks that ran are followed by exec.poststop on failure.
 */
int life_start(struct cli *c, const struct jail *j, struct err *e) must_check;
/* Stops it, with the lock held; *ret_was true if it ran.  j may be NULL.  kill: at once. */
int life_stop(
	struct cli *c, const char *name, const struct jail *j, bool kill, bool *ret_was, struct err *e) must_check;
/* The plan of a created jail; it lives in c->a. */
int life_make_plan(struct cli *c, const struct jail *j, struct plan *ret, struct err *e) must_check;
/* Prints what a start would do, and does nothing. */
int life_plan(struct cli *c, const struct jail *j, struct err *e) must_check;
int life_lock(struct cli *c, const char *name, unsigned wait_ms, int *ret_fd, struct err *e) must_check;
bool life_is_running(const struct jail_status *st);

#endif
