/*
 * The steps on the host, forwards and backwards: one row for each kind.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "model/plan.h"
#include "run/freebsd/call.h"

static int
limit_do(const struct fbsd_step *s, struct fbsd_applied *d, struct err *e)
{
	const struct op *o = s->op;

	if (fbsd_limit_add(s->rule, e) == 0)
		return 0;
	if (!o->u.limit.best_effort || e->err_no != ENOSYS)
		return -1;
	if (strstr(d->lacking, o->u.limit.name) == NULL) {
		size_t len = strlen(d->lacking);

		snprintf(d->lacking + len, sizeof(d->lacking) - len, "%s%s", len > 0 ? "," : "", o->u.limit.name);
	}
	return 0;
}

static int
limit_undo(const struct fbsd_step *s, struct fbsd_applied *d, struct err *e)
{
	return fbsd_limit_remove(s->filter, e);
}

static int
interface_do(const struct fbsd_step *s, struct fbsd_applied *d, struct err *e)
{
	return fbsd_has_interface(s->path) ? 0 : fbsd_command(&s->command, e);
}

static int
address_do(const struct fbsd_step *s, struct fbsd_applied *d, struct err *e)
{
	return fbsd_command(&s->command, e);
}

static int
address_undo(const struct fbsd_step *s, struct fbsd_applied *d, struct err *e)
{
	return s->undo.n > 0 ? fbsd_command(&s->undo, e) : 0;
}

static int
points_do(const struct fbsd_step *s, struct fbsd_applied *d, struct err *e)
{
	return fbsd_points(s->root, s->path, e);
}

static int
anchor_do(const struct fbsd_step *s, struct fbsd_applied *d, struct err *e)
{
	return fbsd_anchor(s->root, s->path, true, e);
}

static int
anchor_undo(const struct fbsd_step *s, struct fbsd_applied *d, struct err *e)
{
	return fbsd_anchor(s->root, s->path, false, e);
}

static int
mount_do(const struct fbsd_step *s, struct fbsd_applied *d, struct err *e)
{
	return fbsd_mount_do(s, e);
}

static int
mount_undo(const struct fbsd_step *s, struct fbsd_applied *d, struct err *e)
{
	return fbsd_mount_undo(s, e);
}

static int
jail_do(const struct fbsd_step *s, struct fbsd_applied *d, struct err *e)
{
	d->jid = fbsd_jail_create(&s->args, e);
	return d->jid < 0 ? -1 : 0;
}

static int
jail_undo(const struct fbsd_step *s, struct fbsd_applied *d, struct err *e)
{
	int jid = d->jid;
	bool dying;

	d->jid = -1;
	return jid < 0 ? 0 : fbsd_jail_remove(jid, &dying, e);
}

typedef int step_call(const struct fbsd_step *s, struct fbsd_applied *d, struct err *e);

/* What is not here is the caller's: hooks before, the process in the jail after. */
static const struct {
	step_call *apply, *undo;
} calls[FBSD_NKINDS] = {
	[FBSD_LIMIT] = {limit_do, limit_undo},
	[FBSD_INTERFACE] = {interface_do, NULL},
	[FBSD_ADDRESS] = {address_do, address_undo},
	[FBSD_POINTS] = {points_do, NULL},
	[FBSD_ANCHOR] = {anchor_do, anchor_undo},
	[FBSD_MOUNT] = {mount_do, mount_undo},
	[FBSD_JAIL] = {jail_do, jail_undo},
};

int
fbsd_undo(struct fbsd_applied *done, struct err *e)
{
	struct err further;
	int result = 0;

	while (done->n > 0) {
		const struct fbsd_step *s = &done->plan->steps[--done->n];

		if (calls[s->kind].undo != NULL && calls[s->kind].undo(s, done, result < 0 ? &further : e) < 0)
			result = -1;
	}
	return result;
}

int
fbsd_apply(const struct fbsd_plan *p, struct fbsd_applied *ret, struct err *e)
{
	struct fbsd_applied d = {.plan = p, .jid = -1};

	for (; d.n < p->nsteps; d.n++) {
		const struct fbsd_step *s = &p->steps[d.n];
		struct err further;

		if (calls[s->kind].apply == NULL || calls[s->kind].apply(s, &d, e) == 0)
			continue;
		if (fbsd_undo(&d, &further) < 0)
			err_hint(e, "and it could not be undone whole: see mount(8) and jls(8)");
		return s->op != NULL ? err_at(e, &s->op->why) : -1;
	}
	*ret = d;
	return 0;
}
