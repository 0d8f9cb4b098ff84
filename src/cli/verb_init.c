/*
 * warder init: the tree that everything else lives in.
 */
#include "cli/cli.h"

static int
init_main(struct cli *c, struct err *e)
{
	bool made;
	if (c->o.dry_run) {
		cli_say(c, "would make the store %s", c->root);
		return 0;
	}
	if (store_init(c->root, &made, e) == -1)
		return -1;
	cli_say(c, made ? "%s: made" : "%s: is there already", c->root);
	return 0;
}

const struct verb verb_init = {
	.name = "init",
	.operands = "",
	.summary = "make the store, by default /jails",
	.flags = VERB_ROOT | VERB_WANTS | VERB_CHANGES,
	.run = init_main,
};
