/*
 * warder gc: generations of skeletons and bases that nobody uses and no rule keeps.
 */
#include <limits.h>
#include <time.h>

#include "base/fd.h"
#include "cli/record.h"
#include "cli/results.h"
#include "cli/targets.h"
#include "cli/text.h"
#include "store/gc.h"

/* What one skeleton or base and its generations are called, and locked by. */
static const struct gc_kind {
	enum draft_kind kind;
	const char *prefix; /* of what is said */
	const char *locks[2];
	const struct seal *(*seal)(struct cli *c, const char *name, unsigned generation);
} kinds[] = {
	[DRAFT_SKEL] = {DRAFT_SKEL, "", {"jail.", "manage."}, record_skel_seal},
	[DRAFT_BASE] = {DRAFT_BASE, "base ", {"base.", "edit."}, record_base_seal},
};

struct gc {
	struct cli *c;
	const struct gc_kind *k;
	const char *name;
	const struct keep *keep;
	const char *passed_over; /* why, or NULL */
};

/* One entry for each generation that is gone: from it to nothing. */
static int
drop(const struct gc *gc, unsigned number, struct err *e)
{
	struct journal_entry entry = {.action = "gc", .from = number};
	*(gc->k->kind == DRAFT_SKEL ? &entry.jail : &entry.base) = gc->name;
	journal_entry_change(&entry, gc->k->seal(gc->c, gc->name, number), NULL);
	if (store_journal_begin(&gc->c->store, &entry, e) == -1 ||
		store_gc_drop(&gc->c->store, gc->k->kind, gc->name, number, e) == -1)
		return -1;
	return record_end(gc->c, &entry, e);
}

static void
row_json(struct json *j, const struct gc_row *x, const char *outcome, const char *why)
{
	json_object(j, NULL);
	json_uint(j, "number", x->number);
	json_time(j, "created", x->created);
	json_string(j, "outcome", outcome);
	json_string(j, "why", why);
	json_object_end(j);
}

static int
drop_or_say(const struct gc *gc, const struct gc_row *x, bool goes, int64_t now, struct err *e)
{
	const char *use = gc_use_word(x->uses), *gone = gc->c->o.dry_run ? "would be removed" : "removed";
	struct json *j = gc->c->json;
	str_auto age = {0};
	text_duration(now - x->created, &age);
	if (!goes) {
		cli_step(gc->c, "%s%s: generation %u, %s old, stays: %s", gc->k->prefix, gc->name, x->number,
			str_text(&age), use != NULL ? use : "generations.keep");
		if (j != NULL)
			row_json(j, x, "stays", use != NULL ? use : "generations.keep");
		return 0;
	}
	if (!gc->c->o.dry_run && drop(gc, x->number, e) == -1)
		return -1;
	cli_say(gc->c, "%s%s: generation %u, %s old, %s", gc->k->prefix, gc->name, x->number, str_text(&age), gone);
	if (j != NULL)
		row_json(j, x, gone, NULL);
	return 0;
}

static int
collect(const struct gc *gc, bool named, struct err *e)
{
	struct gc_rows g;
	int64_t now = time(NULL);
	size_t n = 0;
	if (store_gc_rows(&gc->c->store, gc->k->kind, gc->name, &gc->c->a, &g, e) == -1)
		return -1;
	bool *goes = arena_array(&gc->c->a, g.n + 1, sizeof(*goes));
	gc_choose(&g, gc->keep, now, goes);
	for (size_t i = 0; i < g.n; i++) {
		if (drop_or_say(gc, &g.v[i], goes[i], now, e) == -1)
			return -1;
		n += goes[i];
	}
	if (n == 0 && named)
		cli_say(gc->c, "%s%s: nothing to remove", gc->k->prefix, gc->name);
	return gc->c->o.dry_run ? 0 : store_gc_clear(&gc->c->store, gc->k->kind, gc->name, e);
}

static int
lock_and_collect(const struct gc *gc, bool named, struct err *e)
{
	fd_auto first = -1, second = -1;
	int *const fds[] = {&first, &second};
	for (size_t i = 0; i < 2 && !gc->c->o.dry_run; i++) {
		const char *what = arena_printf(&gc->c->a, "%s%s", gc->k->locks[i], gc->name);
		if (store_lock(&gc->c->store, what, "gc", 0, fds[i], e) == -1)
			return -1;
	}
	return collect(gc, named, e);
}

/* With --all or a pattern, what is busy is left for the next time. */
static int
collect_or_pass(struct gc *gc, bool named, struct err *e)
{
	int r = lock_and_collect(gc, named, e);
	if (r == 0 || named || e->kind != ERR_BUSY)
		return r;
	gc->passed_over = arena_strdup(&gc->c->a, e->reason);
	cli_say(gc->c, "%s%s: passed over: %s", gc->k->prefix, gc->name, gc->passed_over);
	return 0;
}

/* The generations that were come to before something failed are in its object all the same. */
static int
gc_one(struct gc *gc, bool is_there, bool named, struct err *e)
{
	struct json *j = gc->c->json;
	int r = 0;
	if (j != NULL) {
		json_object(j, NULL);
		json_string(j, "name", gc->name);
		json_array(j, "generations");
	}
	if (is_there)
		r = collect_or_pass(gc, named, e);
	else if (named)
		r = err_set(e, ERR_FAILED, "gc", NULL, "the jail was not created");
	if (j != NULL) {
		json_array_end(j);
		json_string(j, "passed_over", gc->passed_over);
		result_json_end(j, r, e);
	}
	return r;
}

static int
gc_jail(struct cli *c, const struct target *t, struct err *e)
{
	struct gc gc = {c, &kinds[DRAFT_SKEL], t->name, t->jail != NULL ? &t->jail->keep : &c->config.keep, NULL};
	return gc_one(&gc, store_jail_exists(&c->store, t->name), t->named, e);
}

static int
gc_base(struct cli *c, const struct target *t, struct err *e)
{
	const struct base_decl *d = config_base(&c->config, t->name);
	struct gc gc = {c, &kinds[DRAFT_BASE], t->name, d != NULL ? &d->keep : &c->config.keep, NULL};
	return gc_one(&gc, true, t->named, e);
}

static int
unknown_base(struct cli *c, const char *name, struct err *e)
{
	struct base_row *rows;
	size_t n;
	struct strv known = {0};
	struct err ignored;
	if (store_bases(&c->store, &c->a, &rows, &n, &ignored) == -1)
		n = 0;
	for (size_t i = 0; i < n; i++)
		strv_add(&c->a, &known, rows[i].name);
	const char *near = str_nearest(name, known.v, known.n);
	err_set(e, ERR_FAILED, "gc", name, "there is no such base");
	return near != NULL ? err_hint(e, "did you mean %s?", near) : -1;
}

static int
bases_named(struct cli *c, struct targets *ret, struct err *e)
{
	struct targets t = {.v = arena_array(&c->a, c->o.bases.n + 1, sizeof(*t.v))};
	for (size_t i = 0; i < c->o.bases.n; i++) {
		unsigned generation;
		const char *name = c->o.bases.v[i];
		if (store_base_generation(&c->store, name, &generation, e) == -1)
			return -1;
		if (generation == 0)
			return unknown_base(c, name, e);
		t.v[t.n++] = (struct target){.name = name, .named = true};
	}
	*ret = t;
	return 0;
}

static int
bases_all(struct cli *c, struct targets *ret, struct err *e)
{
	struct base_row *rows;
	size_t n;
	if (store_bases(&c->store, &c->a, &rows, &n, e) == -1)
		return -1;
	struct targets t = {.v = arena_array(&c->a, n + 1, sizeof(*t.v)), .n = n};
	for (size_t i = 0; i < n; i++)
		t.v[i].name = rows[i].name;
	*ret = t;
	return 0;
}

/* Skeletons first: what they descend from may go with them. */
static int
gc_all(struct cli *c, const struct targets *jails, const struct targets *bases)
{
	int status = targets_each(c, jails, ORDER_AS_GIVEN, gc_jail);
	if (c->json != NULL) {
		json_array_end(c->json);
		json_array(c->json, "bases");
	}
	int second = targets_each(c, bases, ORDER_AS_GIVEN, gc_base);
	return status != 0 ? status : second;
}

static int
gc_main(struct cli *c, struct err *e)
{
	struct targets jails, bases = {0};
	if (c->o.all && c->o.bases.n > 0)
		return err_set(e, ERR_USAGE, "gc", NULL, "either --base or --all, not both");
	if (targets_choose(c, false, &c->a, &jails, e) == -1 ||
		(c->o.all ? bases_all : bases_named)(c, &bases, e) == -1)
		return -1;
	if (!c->o.json)
		return gc_all(c, &jails, &bases);
	results_begin(c, "jails");
	int status = gc_all(c, &jails, &bases);
	results_end(c);
	return status;
}

static const struct option_row options[] = {
	{'a', "all", NULL, OPT_FLAG, offsetof(struct options, all), 0, "all jails and all bases"},
	{'b', "base", "NAME", OPT_LIST, offsetof(struct options, bases), 0, "a base; may be given several times"},
};

const struct verb verb_gc = {
	.name = "gc",
	.operands = "[JAIL...]",
	.summary = "remove old generations of skeletons and bases",
	.text = "What generations.keep does not keep goes, unless it is in use.  -v says why others stay.",
	.options = options,
	.noptions = 2,
	.flags = VERB_ROOT | VERB_WANTS | VERB_STORE | VERB_TARGETS | VERB_CHANGES | VERB_JSON,
	.min = 1,
	.max = UINT_MAX,
	.kind = OPERAND_JAIL,
	.run = gc_main,
};
