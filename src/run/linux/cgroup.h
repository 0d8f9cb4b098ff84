/*
 * Control groups: limits of a jail on version 2, or on version 1 where that is what the machine has.
 */
#ifndef WARDER_RUN_LINUX_CGROUP_H
#define WARDER_RUN_LINUX_CGROUP_H

#include "model/plan.h"

struct cgroup {
	int v2;           /* for CLONE_INTO_CGROUP; -1: none */
	int v1[3];        /* one for each controller that is on version 1; -1: none */
	int session;      /* in systemd's hierarchy of version 1, where there is no version 2; -1: none */
	unsigned lacking; /* bit i: the limit of controller i is best effort, and not held */
};
void cgroup_init(struct cgroup *c);
void cgroup_close(struct cgroup *c);

/*
 * Makes the group `path` ("warder/HASH-NAME") in each hierarchy that a limit of the plan needs, with its limits, and in
 * the one that stands for sessions, if it can be made there: a jail must not end with the session that started it.
 * ERR_UNAVAILABLE, naming the limit, where no hierarchy can do it, unless the limit is best effort.  On failure nothing
 * stays.
 */
int cgroup_create(const struct plan *p, const char *path, struct cgroup *ret, struct err *e) must_check;
/* The limits that are lacking: "memory,cpu", "" for none. */
void cgroup_lacking(const struct cgroup *c, char *ret, size_t size);
/* Moves pid into the version 1 groups (waits some milliseconds there: RCU). */
int cgroup_attach(const struct cgroup *c, int pid, struct err *e) must_check;
/* Moves pid into every group that is open but the session's. */
int cgroup_join(const struct cgroup *c, int pid, struct err *e) must_check;
/* Moves pid into the session's group, which must be there: as slow. */
int cgroup_join_session(const struct cgroup *c, int pid, struct err *e) must_check;
/* Moves everybody in the jail whose pid namespace has this number into the session's group, as far as that goes. */
void cgroup_move(const struct cgroup *c, const char *path, uint64_t pidns);
/* Opens what there is of an existing group. */
int cgroup_open(const char *path, struct cgroup *ret, struct err *e) must_check;
/* Removes it everywhere; waits up to a second for the last process to be gone.  0 if there is none. */
int cgroup_remove(const char *path, struct err *e) must_check;
/* "v2: memory pids", "v1: memory pids cpu" or "" for doctor: which limits can be set here. */
void cgroup_offers(struct str *out);

#endif
