/*
 * warder surface: what a process that is root in a running jail could do, measured from inside.
 */
#include <limits.h>
#include <string.h>
#include <time.h>

#include "base/fd.h"
#include "cli/life.h"
#include "cli/persistence.h"
#include "cli/record.h"
#include "cli/surface.h"
#include "plan/plan.h"
#include "run/backend.h"
#include "store/generations.h"
#include "store/journal.h"
#include "store/locate.h"

enum { EXIT_WIDER = 2, RECORD_WAIT_MS = 2000 };

static uint64_t
now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* What exec.allow names may be a link: where its mount lies then. */
static int
place_mounts(struct cli *c, const struct jail *j, const struct run_record *r, struct plan *p, struct err *e)
{
	fd_auto generation = store_base_open(&c->store, j->base, r->base_generation, e);
	fd_auto skel = generation == -1 ? -1 : store_skel_open(&c->store, j->name, r->skel_generation, e);
	const struct locate_view v = {.generation = generation, .skel = skel};
	if (skel == -1)
		return -1;
	for (size_t i = 0; i < p->nops; i++) {
		struct op *o = &p->ops[i];
		struct location l;
		if (o->kind != OP_MOUNT || o->u.mount.type != MOUNT_BIND || o->u.mount.tree != TREE_VIEW)
			continue;
		if (locate_through(&v, o->u.mount.target, &c->a, &l, e) == -1)
			return -1;
		o->u.mount.target = l.path;
	}
	return 0;
}

/* The plan as the declaration has it now, with the generation of the base that the jail was started with: its mounts
 * are those of that one. */
static int
make_plan(struct cli *c, const struct jail *j, const struct run_record *r, struct plan *ret, struct err *e)
{
	struct jail_facts *f = arena_alloc(&c->a, sizeof(*f));
	if (store_jail_facts(&c->store, j, &c->a, f, e) == -1)
		return -1;
	if (f->base_generation != r->base_generation) {
		if (store_base_meta_of(&c->store, j->base, r->base_generation, &c->a, &f->base, e) == -1)
			return -1;
		f->base_generation = r->base_generation;
	}
	return plan_build(j, f, &c->a, ret, e) == -1 ? -1 : place_mounts(c, j, r, ret, e);
}

/* How often the plan mounts something there; and a live renewal leaves the old skeleton under the new one
 * (run/linux/renew.c). */
static unsigned
planned_at(const struct run_record *r, const struct plan *p, const char *target)
{
	unsigned n = 0;
	for (size_t i = 0; i < p->nops; i++) {
		const struct op *o = &p->ops[i];
		if (o->kind != OP_MOUNT || strcmp(o->u.mount.target, target) != 0)
			continue;
		bool is_skel =
			o->u.mount.type == MOUNT_BIND && (o->u.mount.tree == TREE_SKEL || path_contains("/s", target));
		n += r->renewed && is_skel ? 2 : 1;
	}
	return n;
}

static bool
is_planned(struct cli *c, const struct run_record *r, const struct plan *p, const char *covered)
{
	for (size_t i = 0; i < p->nops; i++) {
		if (p->ops[i].kind != OP_MOUNT)
			continue;
		const char *target = p->ops[i].u.mount.target;
		unsigned n = planned_at(r, p, target);
		for (unsigned k = 1; k < n; k++)
			if (strcmp(surface_covered(target, k, &c->a), covered) == 0)
				return true;
	}
	return false;
}

/* What the plan itself covers is nothing to tell of. */
static void
drop_planned(struct cli *c, struct facts *f, const struct run_record *r, const struct plan *p)
{
	size_t n = 0;
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].kind != FACT_COVERED || !is_planned(c, r, p, f->v[i].text))
			f->v[n++] = f->v[i];
	f->n = n;
}

static int
measure(struct cli *c, const struct run_record *r, struct surface_view *v, struct err *e)
{
	str_auto text = {0};
	uint64_t began = now_ms();
	if (backend_native.probe(&c->store, v->jail->name, &text, e) == -1 ||
		surface_parse(str_text(&text), text.len, &c->a, &v->s, e) == -1) {
		if (e->kind == ERR_BUSY || e->kind == ERR_CANTCREATE)
			e->kind = ERR_FAILED; /* 1: it could not be measured */
		return e->hint[0] != '\0' ? -1
					  : err_hint(e, "the surface could not be measured: nothing is known of it");
	}
	v->ms = now_ms() - began;
	drop_planned(c, &v->s.facts, r, v->plan);
	return 0;
}

/* ---- what was recorded ---- */

static int
read_record(struct cli *c, struct surface_view *v, struct err *e)
{
	if (store_surface_read(&c->store, v->jail->name, &c->a, &v->record, e) == -1)
		return -1;
	if (v->record.text == NULL || v->record.fault != NULL)
		return 0;
	return facts_parse(v->record.text, "surface", &c->a, &v->recorded, e);
}

static int
record(struct cli *c, const struct surface_view *v, struct err *e)
{
	const char *name = v->jail->name;
	str_auto text = {0};
	struct journal_entry entry = {.action = "surface", .jail = name};
	fd_auto lock = -1;
	if (life_lock(c, name, RECORD_WAIT_MS, &lock, e) == -1)
		return -1;
	facts_print(&v->s.facts, &text);
	sha256_of(str_text(&text), text.len, entry.after);
	if (store_journal_begin(&c->store, &entry, e) == -1 || store_surface_write(&c->store, name, &text, e) == -1 ||
		record_end(c, &entry, e) == -1)
		return -1;
	cli_say(c, "%s: %zu facts are recorded as expected", name, v->s.facts.n);
	return 0;
}

/* ---- the verb ---- */

static int
find_running(struct cli *c, const struct target *t, struct run_record *ret, struct err *e)
{
	struct jail_status st;
	if (store_jail_status(&c->store, t->name, &st, e) == -1)
		return -1;
	if (!life_is_running(&st) || st.record.pid == 0) {
		err_set(e, ERR_FAILED, "surface", t->name, "it is not running");
		return err_hint(e, "warder start %s", t->name);
	}
	*ret = st.record;
	return 0;
}

static int
compare(struct cli *c, struct surface_view *v, struct err *e)
{
	surface_declared(v->plan, &c->a, &v->declared);
	if (!c->o.record && read_record(c, v, e) == -1)
		return -1;
	bool has_record = v->record.text != NULL && v->record.fault == NULL;
	surface_compare(&v->s.facts, &v->declared, has_record ? &v->recorded : NULL, &c->a, &v->c);
	return 0;
}

int
surface_look(struct cli *c, const struct target *t, struct surface_view *ret, struct err *e)
{
	struct run_record r = {0};
	struct plan *plan = arena_alloc(&c->a, sizeof(*plan));
	if (find_running(c, t, &r, e) == -1 || make_plan(c, t->jail, &r, plan, e) == -1)
		return -1;
	*ret = (struct surface_view){.jail = t->jail,
		.plan = plan,
		.base_generation = r.base_generation,
		.skel_generation = r.skel_generation};
	return measure(c, &r, ret, e) == -1 ? -1 : compare(c, ret, e);
}

static int
surface_main(struct cli *c, struct err *e)
{
	struct target t;
	struct surface_view v;
	if (c->o.persistence && c->o.record)
		return err_set(e, ERR_USAGE, "surface", NULL, "either --persistence or --record, not both");
	if (c->o.persistence)
		return persistence_main(c, e);
	if (target_single(c, true, &c->a, &t, e) == -1 || surface_look(c, &t, &v, e) == -1)
		return -1;
	if (c->o.json)
		surface_json(c, &v);
	else
		surface_print(c, &v);
	if (c->o.record && record(c, &v, e) == -1)
		return -1;
	return surface_is_wider(&v) ? EXIT_WIDER : 0;
}

static const struct option_row options[] = {
	{0, "record", NULL, OPT_FLAG, offsetof(struct options, record), 0,
		"record what is measured as what is expected from now on"},
	{0, "persistence", NULL, OPT_FLAG, offsetof(struct options, persistence), 0,
		"list what in the state could bring code back, instead; it need not run"},
};

const struct verb verb_surface = {
	.name = "surface",
	.operands = "JAIL",
	.summary = "measure from inside what root of a running jail could do",
	.text = "Compared with the declaration, and with what was recorded. Exits with 0 if there is no more than\n"
		"that, with 2 if there is, with 1 if it could not be measured. -q prints only what is too much.",
	.options = options,
	.noptions = sizeof(options) / sizeof(options[0]),
	.flags = VERB_ROOT | VERB_CONFIG | VERB_STORE | VERB_JSON,
	.min = 1,
	.max = 1,
	.kind = OPERAND_JAIL,
	.run = surface_main,
};
