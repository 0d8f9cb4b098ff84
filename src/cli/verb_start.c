/*
 * warder start.
 */
#include <limits.h>

#include "base/fd.h"
#include "cli/life.h"
#include "cli/notify.h"

static int
refuse_running(const struct cli *c, const struct target *t, const struct jail_status *st, struct err *e)
{
	if (!t->named) {
		cli_step(c, "%s: runs already", t->name);
		return 0;
	}
	err_set(e, ERR_BUSY, "start", t->name, "it is running already, as process %d", st->record.pid);
	return err_hint(e, "warder restart %s", t->name);
}

/* Of a jail that was named, not of what it depends on: the manager that waits for it has one unit for each. */
static int
start(struct cli *c, const struct target *t, struct err *e)
{
	struct jail_status st;

	if (life_start(c, t->jail, e) == -1)
		return -1;
	if (!t->named)
		return 0;
	if (store_jail_status(&c->store, t->name, &st, e) == -1)
		return -1;
	return notify_ready(st.record.pid, e) == -1 ? err_hint(e, "the jail runs: warder stop %s", t->name) : 0;
}

static int
start_one(struct cli *c, const struct target *t, struct err *e)
{
	struct jail_status st;
	fd_auto lock = -1;
	if (c->o.dry_run)
		return life_plan(c, t->jail, e);
	if (life_lock(c, t->name, 0, &lock, e) == -1 || store_jail_status(&c->store, t->name, &st, e) == -1)
		return -1;
	return life_is_running(&st) ? refuse_running(c, t, &st, e) : start(c, t, e);
}

static int
start_main(struct cli *c, struct err *e)
{
	struct targets t;
	if (targets_choose(c, true, &c->a, &t, e) == -1)
		return -1;
	targets_add_dependencies(&c->config, &c->a, &t);
	targets_order(&t, ORDER_START, &c->a);
	if (c->o.dry_run && c->o.json)
		return life_plans_json(c, &t, e);
	return targets_each(c, &t, ORDER_START, start_one);
}

static const struct option_row options[] = {OPTION_ALL};

const struct verb verb_start = {
	.name = "start",
	.operands = "JAIL...",
	.summary = "start jails, after those that they depend on",
	.text = "With a pattern or --all, jails that run already are passed over; a named one is an error (75).\n"
		"--dry-run prints the plan and touches nothing.",
	.options = options,
	.noptions = 1,
	.flags = VERB_ROOT | VERB_CONFIG | VERB_STORE | VERB_TARGETS | VERB_CHANGES | VERB_JSON,
	.min = 1,
	.max = UINT_MAX,
	.kind = OPERAND_JAIL,
	.run = start_main,
};
