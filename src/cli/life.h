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
/* A plan on standard output, as text or JSON. */
void life_print_plan(const struct cli *c, const struct plan *p);
/* Prints what a start would do, and does nothing. */
int life_plan(struct cli *c, const struct jail *j, struct err *e) must_check;
/* The same of several, as one JSON object: {"version":1,"plans":[...]}. */
int life_plans_json(struct cli *c, const struct targets *t, struct err *e) must_check;
/* The lock of a jail that is to be ended.  Who has it, such as a start that waits for exec.start, loses its pid 1
 * first: *ret_was true.  kill: at once. */
int life_lock_to_end(
	struct cli *c, const struct target *t, bool kill, int *ret_fd, bool *ret_was, struct err *e) must_check;
int life_lock(struct cli *c, const char *name, unsigned wait_ms, int *ret_fd, struct err *e) must_check;
bool life_is_running(const struct jail_status *st);
/* ERR_BUSY, with the way to stop it, while it runs. */
int life_refuse_running(const struct cli *c, const char *name, struct err *e) must_check;

#endif
