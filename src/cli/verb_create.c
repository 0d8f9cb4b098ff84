/*
 * warder create: a declared jail gets its skeleton, its state and its ids.
 */
#include <limits.h>

#include "base/fd.h"
#include "cli/record.h"
#include "cli/targets.h"

static int
record(struct cli *c, const char *name, struct err *e)
{
	const struct journal_entry entry = {.action = "create", .jail = name};
	return record_end(c, &entry, e);
}

static int
create_one(struct cli *c, const struct target *t, struct err *e)
{
	fd_auto lock = -1;
	struct progress bar;
	if (!t->named && store_jail_exists(&c->store, t->name)) {
		cli_say(c, "%s: exists already", t->name);
		return 0;
	}
	if (c->o.dry_run) {
		cli_say(c, "%s: would be made from base %s", t->name, t->jail->base);
		return 0;
	}
	cli_step(c, "%s: making skeleton and state from base %s", t->name, t->jail->base);
	if (store_lock(&c->store, arena_printf(&c->a, "jail.%s", t->name), "create", 0, &lock, e) == -1)
		return -1;
	cli_progress(c, &bar);
	int r = store_jail_create(&c->store, t->jail, &bar, e);
	progress_done(&bar, r == 0);
	if (r == -1)
		return -1;
	cli_say(c, "%s: created from base %s", t->name, t->jail->base);
	return record(c, t->name, e);
}

static int
create_main(struct cli *c, struct err *e)
{
	struct targets t;
	if (targets_choose(c, true, &c->a, &t, e) == -1)
		return -1;
	return targets_each(c, &t, ORDER_AS_GIVEN, create_one);
}

static const struct option_row options[] = {OPTION_ALL};

const struct verb verb_create = {
	.name = "create",
	.operands = "JAIL...",
	.summary = "make declared jails: skeleton, state and ids",
	.text = "With a pattern or --all, jails that exist already are passed over.",
	.options = options,
	.noptions = 1,
	.flags = VERB_ROOT | VERB_CONFIG | VERB_STORE | VERB_TARGETS | VERB_CHANGES,
	.min = 1,
	.max = UINT_MAX,
	.kind = OPERAND_JAIL,
	.run = create_main,
};
