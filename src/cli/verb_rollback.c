/*
 * warder rollback: a jail's skeleton as it was.  The state is never rolled back.
 */
#include <string.h>

#include "base/fd.h"
#include "cli/record.h"
#include "cli/session.h"
#include "cli/targets.h"
#include "store/generations.h"

/* The one before the one in use, or the one that is named. */
static int
choose(struct cli *c, const char *jail, const struct generations *g, unsigned *ret, struct err *e)
{
	uint64_t n = 0;
	str_auto there = {0};

	if (c->args.n > 1 && (str_to_u64(c->args.v[1], UINT32_MAX, &n) == -1 || n == 0))
		return err_set(e, ERR_USAGE, "roll back", c->args.v[1], "not the number of a generation");
	*ret = 0;
	for (size_t i = 0; i < g->n; i++) {
		if (n == 0 ? g->v[i] < g->used : g->v[i] == n)
			*ret = g->v[i];
		str_addf(&there, "%s%u", i > 0 ? " " : "", g->v[i]);
	}
	if (*ret != 0)
		return 0;
	err_set(e, ERR_FAILED, "roll back", jail, "there is no %s generation", n == 0 ? "former" : "such");
	return err_hint(e, "there are: %s; in use: %u", str_text(&there), g->used);
}

/* live NULL: nothing was done, or asked. */
static void
print_json(const char *jail, unsigned from, unsigned to, const char *live)
{
	struct json j = {0};

	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_string(&j, "jail", jail);
	json_uint(&j, "from", from);
	json_uint(&j, "to", to);
	json_string(&j, "live", live);
	json_object_end(&j);
	cli_print_json(&j);
}

static int
roll_back(struct cli *c, const struct jail *j, unsigned from, unsigned to, struct err *e)
{
	struct journal_entry entry = {.action = "rollback", .jail = j->name, .from = from, .to = to};
	struct err why = {0};
	enum renewal how;

	journal_entry_change(&entry, record_skel_seal(c, j->name, from), record_skel_seal(c, j->name, to));
	if (store_journal_begin(&c->store, &entry, e) == -1 || store_skel_use(&c->store, j->name, to, e) == -1)
		return -1;
	/* It is done: what fails from here on is told, and keeps the jail from nothing. */
	int r = record_end(c, &entry, e);
	if (live_renew(c, j, &how, &why) == -1) {
		if (r == -1)
			cli_error(e, j->name);
		*e = why;
		r = -1;
	}
	cli_say(c, "%s: generation %u is in use, after %u; in the jail: %s", j->name, to, from, live_word(how));
	live_state(c, how);
	if (c->o.json && r == 0)
		print_json(j->name, from, to, live_word(how));
	return r;
}

static int
rollback_main(struct cli *c, struct err *e)
{
	struct target t;
	struct generations g;
	unsigned to;
	fd_auto lock = -1;

	if (target_single(c, true, &c->a, &t, e) == -1)
		return -1;
	if (store_lock(&c->store, arena_printf(&c->a, "manage.%s", t.name), "rollback", 0, &lock, e) == -1 ||
		store_skel_generations(&c->store, t.name, &c->a, &g, e) == -1 || choose(c, t.name, &g, &to, e) == -1)
		return -1;
	if (to != g.used && !c->o.dry_run)
		return roll_back(c, t.jail, g.used, to, e);
	if (to == g.used)
		cli_say(c, "%s: generation %u is in use already", t.name, to);
	else
		cli_say(c, "%s: would go from generation %u to %u", t.name, g.used, to);
	if (c->o.json)
		print_json(t.name, g.used, to, NULL);
	return 0;
}

static const struct option_row options[] = {OPTION_LIVE};

const struct verb verb_rollback = {
	.name = "rollback",
	.operands = "JAIL [GENERATION]",
	.summary = "put a jail's skeleton before, or another one, to use again",
	.text = "A running jail takes it at once. The jail's state, /var and /tmp, is never rolled back.",
	.options = options,
	.noptions = 1,
	.flags = VERB_ROOT | VERB_CONFIG | VERB_STORE | VERB_CHANGES | VERB_JSON,
	.min = 1,
	.max = 2,
	.kind = OPERAND_JAIL,
	.run = rollback_main,
};
