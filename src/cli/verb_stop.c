/*
 * warder stop: also for a jail that is no longer declared, and to clear what a killed start left.
 */
#include <limits.h>

#include "base/fd.h"
#include "cli/life.h"

static int
stop_one(struct cli *c, const struct target *t, struct err *e)
{
	bool was, before;
	fd_auto lock = -1;
	if (c->o.dry_run) {
		cli_say(c, "%s: would be stopped", t->name);
		return 0;
	}
	if (life_lock_to_end(c, t, c->o.kill, &lock, &before, e) == -1 ||
		life_stop(c, t->name, t->jail, c->o.kill, &was, e) == -1)
		return -1;
	cli_say(c, was || before ? "%s: stopped" : "%s: was not running", t->name);
	return 0;
}

static int
stop_main(struct cli *c, struct err *e)
{
	struct targets t;
	if (targets_choose(c, false, &c->a, &t, e) == -1)
		return -1;
	targets_order(&t, ORDER_STOP, &c->a);
	return targets_each(c, &t, ORDER_STOP, stop_one);
}

static const struct option_row options[] = {
	OPTION_ALL,
	{'k', "kill", NULL, OPT_FLAG, offsetof(struct options, kill), 0, "kill at once, without exec.stop"},
};

const struct verb verb_stop = {
	.name = "stop",
	.operands = "JAIL...",
	.summary = "stop jails, before those that they depend on",
	.text = "Returns when the last process, mount and interface of the jail is gone.  A stopped jail is no error.",
	.options = options,
	.noptions = 2,
	.flags = VERB_ROOT | VERB_WANTS | VERB_STORE | VERB_TARGETS | VERB_CHANGES | VERB_JSON,
	.min = 1,
	.max = UINT_MAX,
	.kind = OPERAND_JAIL,
	.run = stop_main,
};
