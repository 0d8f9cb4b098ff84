/*
 * The process that becomes pid 1: it assembles the view from inside its own namespaces and executes warder-init.
 */
#ifndef WARDER_RUN_LINUX_CHILD_H
#define WARDER_RUN_LINUX_CHILD_H

#include "run/linux/mount.h"

/* Descriptors and data that it is given; all are the caller's. */
struct child {
	const struct plan *plan;
	struct view view; /* all -1: made here */
	struct store_trees trees;
	int image, brief, report, log, status; /* enum brief_fd's; log and status -1: no jail, but a view */
	int stdio[3];                          /* what becomes 0-2; -1: nothing */
	bool pty;                              /* 0-2 are a new pty of the view's own; its master is sent on report */
	bool has_memfd_noexec;
	uint32_t step; /* of the plan, from 1, that failed; 0 at first */
	int proc;      /* its own: every file of proc, detached; -1 at first */
};

/* The step of a plan that this process carries out, or NULL: for tests. */
typedef int child_step(struct child *c, const struct op *o, struct err *e);
child_step *child_step_for(enum op_kind k);

/* Carries out every step that is its own, in order, and executes warder-init.  Does not return: what fails is sent as
 * a report. */
_Noreturn void child_run(struct child *c);

/* Puts fds[i] at descriptor i for i < n (-1: closed), `image` at n, closes all others, and executes image.  Returns
 * only on failure.  Used by child_run and by exec. */
int child_exec_image(int image, const int *fds, int n, struct err *e) must_check;
/* Raises hard limits to the plan's while we may, and forbids core files: warder-init lowers the rest. */
int child_rlimits(const struct plan *p, struct err *e) must_check;
/* step: as in struct report. */
void child_report(int report, const struct err *e, uint32_t step);

#endif
