/*
 * Adding steps to a plan: what the two builders (build.c: a jail; view.c: a management view) share.  Pure.
 */
#ifndef WARDER_PLAN_STEPS_H
#define WARDER_PLAN_STEPS_H

#include "plan/plan.h"

struct builder {
	struct arena *a;
	const struct jail *j;
	const struct jail_facts *f;
	struct plan *p;
};

#define OWN_RULE KEY_COUNT /* a step that no key caused */

/* Each appends one step; cause: the key whose line is its reason.  Strings are kept, not copied. */
struct op *step_add(struct builder *b, enum op_kind kind, enum key cause);
struct op *step_mount(struct builder *b, enum mount_type type, const char *target, unsigned flags, enum key cause);
void step_bind(struct builder *b, enum mount_tree tree, const char *source, const char *target, unsigned flags,
	enum key cause);
void step_sysctl(struct builder *b, const char *name, uint64_t value);
void step_landlock(struct builder *b, const char *path, unsigned rights, enum key cause);
void step_rlimit(struct builder *b, const char *name, uint64_t soft, uint64_t hard, enum key cause);

/* /dev, read-only, and its own devpts. */
void steps_devices(struct builder *b);
/* ERR_FAILED unless the facts' range of ids is one of warder's. */
int steps_check_ids(const struct builder *b, struct err *e) must_check;
/* Steps that are the same in both: the namespaces and the range of ids; the lock, no new namespaces from within, and
 * that the mounts are the plan's then.  drafts: as in struct op. */
void steps_namespaces(struct builder *b, bool host_network);
void steps_lock(struct builder *b, bool drafts);
/* What every process gets before Landlock; the capabilities, and nothing that is inherited beside them. */
void steps_process(struct builder *b);
void steps_caps(struct builder *b, uint64_t caps, enum key cause);

#endif
