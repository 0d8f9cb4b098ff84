/*
 * warder restart: each jail is stopped and started under one lock, so that nobody starts it in between.
 */
#include <limits.h>

#include "base/fd.h"
#include "cli/life.h"

static int
restart_one(struct cli *c, const struct target *t, struct err *e)
{
	bool was, before;
	fd_auto lock = -1;
	if (c->o.dry_run)
		return life_plan(c, t->jail, e);
	if (life_lock_to_end(c, t, c->o.kill, &lock, &before, e) == -1 ||
		life_stop(c, t->name, t->jail, c->o.kill, &was, e) == -1)
		return -1;
	cli_say(c, was || before ? "%s: stopped" : "%s: was not running", t->name);
	return life_start(c, t->jail, e);
}

static int
restart_main(struct cli *c, struct err *e)
{
	struct targets t;
	if (targets_choose(c, true, &c->a, &t, e) == -1)
		return -1;
	targets_order(&t, ORDER_START, &c->a);
	if (c->o.dry_run && c->o.json)
		return life_plans_json(c, &t, e);
	return targets_each(c, &t, ORDER_START, restart_one);
}

static const struct option_row options[] = {
	OPTION_ALL,
	{'k', "kill", NULL, OPT_FLAG, offsetof(struct options, kill), 0, "kill at once, without exec.stop"},
};

const struct verb verb_restart = {
	.name = "restart",
	.operands = "JAIL...",
	.summary = "stop and start jails",
	.text = "A stopped jail is started.  --dry-run prints the plan and touches nothing.",
	.options = options,
	.noptions = 2,
	.flags = VERB_ROOT | VERB_CONFIG | VERB_STORE | VERB_TARGETS | VERB_CHANGES | VERB_JSON,
	.min = 1,
	.max = UINT_MAX,
	.kind = OPERAND_JAIL,
	.run = restart_main,
};
