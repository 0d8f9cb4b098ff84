/*
 * warder base use and base rollback: which generation of a base the jails take at their next start.
 */
#include "store/base_use.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/fd.h"
#include "cli/base_edit.h"
#include "cli/record.h"
#include "cli/results.h"
#include "cli/targets.h"
#include "store/draft.h"
#include "store/generations.h"
#include "store/state.h"

enum { SHOWN = 20 };

/* ---- the generation ---- */

static int
no_generation(const char *base, const struct generations *g, const char *word, struct arena *a, struct err *e)
{
	str_auto there = {0};

	if (g->used == 0) {
		err_set(e, ERR_FAILED, "use", base, "there is no such base");
		return err_hint(e, "warder base list");
	}
	for (size_t i = 0; i < g->n; i++)
		str_addf(&there, "%s%u", i > 0 ? " " : "", g->v[i]);
	err_set(e, ERR_FAILED, "use", arena_printf(a, "%s %s", base, word), "there is no such generation");
	return err_hint(e, "there are: %s", str_text(&there));
}

static int
find_generation(
	const char *base, const struct generations *g, const char *word, struct arena *a, unsigned *ret, struct err *e)
{
	uint64_t n;

	if (str_to_u64(word, UINT32_MAX, &n) == -1 || n == 0)
		return err_set(e, ERR_USAGE, "use", word, "not the number of a generation");
	for (size_t i = 0; i < g->n; i++)
		if (g->v[i] == n) {
			*ret = (unsigned)n;
			return 0;
		}
	return no_generation(base, g, word, a, e);
}

/* ---- one jail ---- */

static void
show_list(const struct cli *c, const char *jail, const char *what, const struct strv *paths)
{
	for (size_t i = 0; i < paths->n && i < SHOWN; i++)
		cli_say(c, "%s: %s %s", jail, what, paths->v[i]);
	if (paths->n > SHOWN)
		cli_say(c, "%s: %s %zu more", jail, what, paths->n - SHOWN);
}

static int
complete_skeleton(
	struct cli *c, const char *jail, const char *base, unsigned generation, struct completion *done, struct err *e)
{
	if (store_skel_complete(&c->store, jail, base, generation, &c->a, done, e) == -1)
		return -1;
	show_list(c, jail, "new in its skeleton:", &done->added);
	show_list(c, jail, "changed by the base, left as it is:", &done->differing);
	if (done->to == 0)
		return 0;
	const struct journal_entry entry = {.action = "base use", .jail = jail};
	return record_end(c, &entry, e);
}

int
base_use_seed(struct cli *c, const char *jail, const struct base_meta *m, int var, struct err *e)
{
	static const struct strv none = {0};
	const struct jail *declared = config_jail(&c->config, jail);
	uint64_t made;

	if (store_state_seed(&c->store, jail, var, m, declared != NULL ? &declared->pins : &none, NULL, &made, e) == -1)
		return -1;
	if (made > 0)
		cli_say(c, "%s: new in its /var: %llu", jail, (unsigned long long)made);
	return 0;
}

static int
complete_state(struct cli *c, const char *jail, const char *base, unsigned generation, struct err *e)
{
	const char *path = arena_printf(&c->a, "base/%s/%u/skel/t/var", base, generation);
	const struct base_meta *m;
	fd_auto var = path_open_beneath(c->store.dotfd, path, O_RDONLY | O_DIRECTORY, 0, e);

	if (var == -1 || store_base_meta_of(&c->store, base, generation, &c->a, &m, e) == -1)
		return -1;
	return base_use_seed(c, jail, m, var, e);
}

static int
choose(struct cli *c, const char *jail, const char *base, unsigned choice, struct err *e)
{
	const struct journal_entry entry = {.action = journal_choice, .jail = jail};
	bool changed;

	if (store_base_choose(&c->store, jail, base, choice, &changed, e) == -1)
		return -1;
	return changed ? record_end(c, &entry, e) : 0;
}

/* Nothing can be told of a jail without its choice. */
static bool
is_damaged(struct cli *c, const char *jail)
{
	unsigned choice;
	struct err ignored;

	return store_base_choice(&c->store, jail, &choice, &ignored) == -1;
}

/* What came of one jail; r as in result_json_end. */
static void
jail_json(const struct cli *c, const char *jail, const struct completion *done, int r, const struct err *e)
{
	if (c->json == NULL)
		return;
	json_object(c->json, NULL);
	json_string(c->json, "name", jail);
	json_strings(c->json, "added", &done->added);
	json_strings(c->json, "differing", &done->differing);
	result_json_end(c->json, r, e);
}

/* choice NULL: it has none, and takes the generation in use; *choice 0: from now on.  Last: where something fails, a
 * draft in the way first of all, it takes what it took before. */
static int
take(struct cli *c, const char *jail, const char *base, const unsigned *choice, unsigned generation,
	struct completion *done, struct err *e)
{
	fd_auto lock = -1;

	if (store_lock(&c->store, arena_printf(&c->a, "manage.%s", jail), "base use", 0, &lock, e) == -1 ||
		(choice != NULL && is_damaged(c, jail) && choose(c, jail, base, *choice, e) == -1) ||
		complete_skeleton(c, jail, base, generation, done, e) == -1 ||
		complete_state(c, jail, base, generation, e) == -1 ||
		(choice != NULL && choose(c, jail, base, *choice, e) == -1))
		return -1;
	cli_say(c, "%s: takes generation %u of %s at its next start", jail, generation, base);
	return 0;
}

/* ---- all that follow the base ---- */

static bool
follows(struct cli *c, const char *jail, const char *base)
{
	const char *its;
	unsigned choice;
	struct err ignored;

	return store_jail_base(&c->store, jail, &c->a, &its, &ignored) == 0 && strcmp(its, base) == 0 &&
	       store_base_choice(&c->store, jail, &choice, &ignored) == 0 && choice == 0;
}

int
base_use_followers(struct cli *c, const char *base, unsigned generation, const char *own, struct err *e)
{
	struct strv jails;
	int status = 0;

	if (store_jails(&c->store, &c->a, &jails, e) == -1)
		return -1;
	for (size_t i = 0; i < jails.n; i++) {
		struct err one = {0};
		struct completion done = {0};
		const char *jail = jails.v[i];

		if (!follows(c, jail, base))
			continue;
		int r = own != NULL && strcmp(jail, own) == 0 ? complete_state(c, jail, base, generation, &one)
							      : take(c, jail, base, NULL, generation, &done, &one);
		if (r == -1 &&
			one.kind == ERR_BUSY) /* it takes the generation all the same, without what is new in it */
			err_hint(&one, "then, for what is new in the base: warder base use %s %u", base, generation);
		jail_json(c, jail, &done, r, &one);
		if (r == 0)
			continue;
		cli_error(&one, jails.v[i]);
		status = err_exit_status(&one);
	}
	return status;
}

static int
use_for_all(struct cli *c, const char *base, const struct generations *g, unsigned generation, const char *action,
	struct err *e)
{
	struct journal_entry entry = {.action = action, .base = base, .from = g->used, .to = generation};

	if (generation != g->used) {
		journal_entry_change(&entry, record_base_seal(c, base, g->used), record_base_seal(c, base, generation));
		if (store_journal_begin(&c->store, &entry, e) == -1 ||
			store_base_use(&c->store, base, generation, e) == -1 || record_end(c, &entry, e) == -1)
			return -1;
	}
	cli_say(c, "base %s: generation %u is in use, after %u", base, generation, g->used);
	return base_use_followers(c, base, generation, NULL, e);
}

/* choice 0: it follows the base again, whose generation in use is `generation`. */
static int
use_for_one(struct cli *c, const char *jail, const char *base, unsigned choice, unsigned generation,
	struct completion *done, struct err *e)
{
	const char *its;

	if (!store_jail_exists(&c->store, jail))
		return err_set(e, ERR_FAILED, "use", jail, "there is no such jail");
	if (store_jail_base(&c->store, jail, &c->a, &its, e) == -1)
		return -1;
	if (strcmp(its, base) != 0)
		return err_set(e, ERR_USAGE, "use", base, "the jail's base is %s", its);
	return take(c, jail, base, &choice, generation, done, e);
}

static int
use_for_each(struct cli *c, const char *base, size_t first, unsigned choice, unsigned generation)
{
	int status = 0;

	for (size_t i = first; i < c->args.n; i++) {
		struct err one = {0};
		struct completion done = {0};
		int r = use_for_one(c, c->args.v[i], base, choice, generation, &done, &one);

		jail_json(c, c->args.v[i], &done, r, &one);
		if (r == 0)
			continue;
		cli_error(&one, c->args.v[i]);
		status = err_exit_status(&one);
	}
	return status;
}

/* What is in use is read with it held.  A dry run makes nothing, so no lock, nor one for a base that is none. */
static int
lock_base(struct cli *c, const char *base, const char *doing, int *ret, struct err *e)
{
	unsigned used;

	if (store_base_generation(&c->store, base, &used, e) == -1)
		return -1;
	if (c->o.dry_run || used == 0)
		return 0;
	return store_lock(&c->store, arena_printf(&c->a, "edit.%s", base), doing, 0, ret, e);
}

/* from, to: of the base, in use before and afterwards; generation: what the jails take. */
static void
json_begin(struct cli *c, struct json *j, const char *base, unsigned from, unsigned to, unsigned generation)
{
	c->json = j;
	json_object(j, NULL);
	json_uint(j, "version", 1);
	json_string(j, "base", base);
	json_string(j, "outcome", c->o.dry_run ? "would be used" : "used");
	if (from != 0)
		json_uint(j, "from", from);
	else
		json_null(j, "from");
	json_uint(j, "to", to);
	json_uint(j, "generation", generation);
	json_array(j, "jails");
}

/* What failed as a whole (-1) has an object of its own. */
static int
json_end(struct cli *c, struct json *j, int r)
{
	c->json = NULL;
	json_array_end(j);
	json_object_end(j);
	if (r == -1)
		json_done(j);
	else
		cli_print_json(j);
	return r;
}

static int
use_generation(struct cli *c, const char *base, const struct generations *g, unsigned generation, struct err *e)
{
	if (c->o.dry_run) {
		cli_say(c, "base %s: would use generation %u", base, generation);
		return 0;
	}
	if (c->o.follow)
		return use_for_each(c, base, 1, 0, generation);
	if (c->args.n == 2)
		return use_for_all(c, base, g, generation, "base use", e);
	return use_for_each(c, base, 2, generation, generation);
}

static int
use_main(struct cli *c, struct err *e)
{
	const char *base = c->args.v[0];
	struct generations g;
	unsigned generation = 0;
	fd_auto lock = -1;

	if (lock_base(c, base, "base use", &lock, e) == -1 ||
		store_base_generations(&c->store, base, &c->a, &g, e) == -1)
		return -1;
	if (c->o.follow && g.used == 0)
		return no_generation(base, &g, "", &c->a, e);
	generation = g.used;
	if (!c->o.follow && find_generation(base, &g, c->args.v[1], &c->a, &generation, e) == -1)
		return -1;
	if (!c->o.json)
		return use_generation(c, base, &g, generation, e);
	struct json j = {0};
	json_begin(c, &j, base, g.used, c->args.n == 2 && !c->o.follow ? generation : g.used, generation);
	return json_end(c, &j, use_generation(c, base, &g, generation, e));
}

/* The one before the one in use. */
static int
find_former(const char *base, const struct generations *g, unsigned *ret, struct err *e)
{
	*ret = 0;
	if (g->used == 0)
		return err_set(e, ERR_FAILED, "roll back", base, "there is no such base");
	for (size_t i = 0; i < g->n; i++)
		if (g->v[i] < g->used)
			*ret = g->v[i];
	return *ret != 0 ? 0 : err_set(e, ERR_FAILED, "roll back", base, "there is no generation before %u", g->used);
}

static int
roll_back(struct cli *c, const char *base, const struct generations *g, unsigned generation, struct err *e)
{
	if (!c->o.dry_run)
		return use_for_all(c, base, g, generation, "base rollback", e);
	cli_say(c, "base %s: would go from generation %u to %u", base, g->used, generation);
	return 0;
}

static int
rollback_main(struct cli *c, struct err *e)
{
	const char *base = c->args.v[0];
	struct generations g;
	unsigned generation = 0;
	fd_auto lock = -1;

	if (lock_base(c, base, "base rollback", &lock, e) == -1 ||
		store_base_generations(&c->store, base, &c->a, &g, e) == -1 ||
		(c->args.n > 1 ? find_generation(base, &g, c->args.v[1], &c->a, &generation, e)
			       : find_former(base, &g, &generation, e)) == -1)
		return -1;
	if (!c->o.json)
		return roll_back(c, base, &g, generation, e);
	struct json j = {0};
	json_begin(c, &j, base, g.used, generation, generation);
	return json_end(c, &j, roll_back(c, base, &g, generation, e));
}

static const struct option_row use_options[] = {
	{0, "follow", NULL, OPT_FLAG, offsetof(struct options, follow), 0,
		"the jails, named after the base, take the generation in use again"},
};

const struct verb base_use = {
	.name = "use",
	.operands = "BASE GENERATION [JAIL...]",
	.options = use_options,
	.noptions = 1,
	.summary = "which generation jails take at their next start",
	.text = "Without jails it is the generation in use, for all that were not told otherwise; a jail that is "
		"named\n"
		"stays on it, until --follow. New files of the base's skeleton that a jail lacks are added to a new "
		"generation of its "
		"own.",
	.flags = VERB_ROOT | VERB_WANTS | VERB_STORE | VERB_CHANGES | VERB_JSON,
	.min = 2,
	.max = UINT_MAX,
	.kind = OPERAND_BASE,
	.run = use_main,
};

const struct verb base_rollback = {
	.name = "rollback",
	.operands = "BASE [GENERATION]",
	.summary = "put the generation before, or another one, to use again",
	.flags = VERB_ROOT | VERB_WANTS | VERB_STORE | VERB_CHANGES | VERB_JSON,
	.min = 1,
	.max = 2,
	.kind = OPERAND_BASE,
	.run = rollback_main,
};
