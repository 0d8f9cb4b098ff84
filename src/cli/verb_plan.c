/*
 * warder plan: what a start would do, step by step, with the line of the configuration that causes each.
 */
#include "cli/life.h"

static int
plan_main(struct cli *c, struct err *e)
{
	struct target t;
	if (target_single(c, true, &c->a, &t, e) == -1)
		return -1;
	return life_plan(c, t.jail, e);
}

const struct verb verb_plan = {
	.name = "plan",
	.operands = "JAIL",
	.summary = "print what a start would do, step by step",
	.flags = VERB_CONFIG | VERB_STORE | VERB_JSON,
	.min = 1,
	.max = 1,
	.kind = OPERAND_JAIL,
	.run = plan_main,
};
