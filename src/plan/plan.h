/*
 * Declaration and facts -> plan.  Pure: no system calls, no clock, same input, same plan.
 */
#ifndef WARDER_PLAN_PLAN_H
#define WARDER_PLAN_PLAN_H

#include "base/json.h"
#include "model/plan.h"

/* The plan to establish jail j; it and everything it points at live in a, or in j and f, which it keeps. */
int plan_build(
	const struct jail *j, const struct jail_facts *f, struct arena *a, struct plan *ret, struct err *e) must_check;
/*
 * What a management view makes writable (DESIGN.md section 4): the skeleton of a jail; that and its base; a base and
 * the pristine trees that it ships.  The facts' trees are drafts then, and the state is the manager's own, never the
 * jail's.
 */
enum view_kind { VIEW_SKEL, VIEW_SKEL_AND_BASE, VIEW_BASE };
struct view_options {
	enum view_kind kind;
	bool host_network;
	const struct strv *command; /* what runs in it, for OP_SERVICE; kept */
};
int plan_build_view(const struct jail *j, const struct jail_facts *f, const struct view_options *o, struct arena *a,
	struct plan *ret, struct err *e) must_check;

/* One line for each step, numbered: what, and the line of the configuration that caused it. */
void plan_print(const struct plan *p, struct str *out);
/* {"version":1,"jail":...,"steps":[{"n":1,"op":"mount",...,"why":{"file":...,"line":...,"column":...}|null}]} */
void plan_json(const struct plan *p, struct json *out);

#endif
