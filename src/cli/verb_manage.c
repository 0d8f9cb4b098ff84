/*
 * warder manage: the only way to change a jail's skeleton.
 */
#include <limits.h>

#include "cli/session.h"
#include "cli/targets.h"
#include "store/base_use.h"

/* The base's draft is of the generation in use: a jail that stays on another one would never have it. */
static int
check_follows(struct cli *c, const char *jail, const char *base, struct err *e)
{
	unsigned choice;

	if (store_base_choice(&c->store, jail, &choice, e) == -1)
		return -1;
	if (choice == 0)
		return 0;
	err_set(e, ERR_FAILED, "manage", jail, "it was told to stay on generation %u of base %s", choice, base);
	return err_hint(e, "warder base use --follow %s %s", base, jail);
}

static int
manage_main(struct cli *c, struct err *e)
{
	struct target t;
	struct session s = {
		.action = "manage",
		.kind = c->o.base ? VIEW_SKEL_AND_BASE : VIEW_SKEL,
		.host_network = c->o.net,
	};

	if (target_single(c, true, &c->a, &t, e) == -1)
		return -1;
	if (store_jail_base(&c->store, t.name, &c->a, &s.base, e) == -1 ||
		(c->o.base && check_follows(c, t.name, s.base, e) == -1))
		return -1;
	for (size_t i = 1; i < c->args.n; i++)
		strv_add(&c->a, &s.command, c->args.v[i]);
	s.jail = t.jail;
	return session_run(c, &s, e);
}

static const struct option_row options[] = {
	{0, "net", NULL, OPT_FLAG, offsetof(struct options, net), 0, "the network of the host"},
	{0, "base", NULL, OPT_FLAG, offsetof(struct options, base), 0,
		"the base and its pristine /var and /tmp are writable too"},
	SESSION_OPTIONS,
	OPTION_LIVE,
};

const struct verb verb_manage = {
	.name = "manage",
	.operands = "JAIL [--] [COMMAND [ARGUMENT...]]",
	.summary = "change a jail's skeleton: a shell, or a command, in a view where it is writable",
	.text = "Works on a new generation, while the jail runs. What was changed is shown; then it is committed,\n"
		"kept as a draft or discarded. A running jail takes a committed one at once.\n"
		"--dry-run prints the plan of the view.",
	.options = options,
	.noptions = sizeof(options) / sizeof(options[0]),
	.flags = VERB_ROOT | VERB_CONFIG | VERB_STORE | VERB_CHANGES | VERB_ASKS | VERB_JSON | VERB_WORDS,
	.min = 1,
	.max = UINT_MAX,
	.kind = OPERAND_JAIL,
	.run = manage_main,
};
