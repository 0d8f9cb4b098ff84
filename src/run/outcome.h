/*
 * How a start came out, by the status page that pid 1 (FreeBSD: the supervisor) wrote: the same words on every system.
 */
#ifndef WARDER_RUN_OUTCOME_H
#define WARDER_RUN_OUTCOME_H

#include "store/store.h"

/* Somebody has ended it who does not have the starter's lock (struct backend's end), or killed it; its exec.stop may
 * still run. */
bool run_outcome_is_ended(const struct jail_status *s);
/* 0, or -1 with why it does not run: which of exec.start and the service it was stands in the log, in pid 1's words. */
int run_outcome(const struct store *s, const struct jail *j, const struct jail_status *st, struct err *e) must_check;

#endif
