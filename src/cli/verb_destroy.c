/*
 * warder destroy: a jail's skeleton, state, log and record go; its ids are never given to another.
 */
#include <fcntl.h>
#include <limits.h>

#include "base/fd.h"
#include "base/tree.h"
#include "cli/life.h"
#include "cli/record.h"
#include "cli/results.h"
#include "run/backend.h"
#include "store/draft.h"

/* Of one tree of a jail; one that cannot be measured (half made, half removed) is named without size. */
struct loss {
	const char *word;
	struct tree_size size;
	bool is_known;
};
enum { NLOSSES = 2 };

static int
measure(const struct store *s, const char *rel, struct tree_size *ret, struct err *e)
{
	struct tree_size size = {0};
	fd_auto dir = path_open_beneath(s->rootfd, rel, O_RDONLY | O_DIRECTORY, 0, e);
	if (dir == -1 || tree_measure(dir, &size, e) == -1)
		return -1;
	ret->entries += size.entries;
	ret->bytes += size.bytes;
	return 0;
}

static void
measure_losses(struct cli *c, const char *name, struct loss losses[NLOSSES])
{
	const char *paths[] = {arena_printf(&c->a, "t/%s", name), arena_printf(&c->a, ".warder/skel/%s", name)};
	static const char *const words[] = {"state", "skeleton"};
	for (size_t i = 0; i < NLOSSES; i++) {
		struct err ignored;
		losses[i].word = words[i];
		losses[i].is_known = measure(&c->store, paths[i], &losses[i].size, &ignored) == 0;
	}
}

/* "state 12 MiB, skeleton 1.2 MiB" */
static void
describe_losses(const struct loss losses[NLOSSES], struct str *out)
{
	for (size_t i = 0; i < NLOSSES; i++) {
		str_addf(out, "%s%s", i > 0 ? ", " : "", losses[i].word);
		if (!losses[i].is_known)
			continue;
		str_addc(out, ' ');
		str_add_size(out, losses[i].size.bytes);
	}
}

static void
print_losses(struct json *j, const struct loss losses[NLOSSES])
{
	for (size_t i = 0; i < NLOSSES; i++) {
		if (!losses[i].is_known) {
			json_null(j, losses[i].word);
			continue;
		}
		json_object(j, losses[i].word);
		json_uint(j, "entries", losses[i].size.entries);
		json_uint(j, "bytes", losses[i].size.bytes);
		json_object_end(j);
	}
}

/* What a killed create or destroy left has no generation, nor does one whose link is broken. */
static int
destroy(struct cli *c, const char *name, struct err *e)
{
	struct journal_entry entry = {.action = "destroy", .jail = name};
	struct err ignored;
	if (store_jail_generation(&c->store, name, &entry.from, &ignored) == -1)
		entry.from = 0;
	journal_entry_change(&entry, record_skel_seal(c, name, entry.from), NULL);
	if (store_journal_begin(&c->store, &entry, e) == -1 || backend_native.clear(&c->store, name, e) == -1 ||
		store_jail_destroy(&c->store, name, e) == -1)
		return -1;
	return record_end(c, &entry, e);
}

/* No process of a view whose manager was killed has the jail's trees any more.  Of what a killed create or destroy
 * left, nothing is managed. */
static int
settle(struct cli *c, const char *name, struct err *e)
{
	return store_jail_exists(&c->store, name) ? store_draft_settle(&c->store, DRAFT_SKEL, name, e) : 0;
}

/* *ret: what came of it, NULL for nothing. */
static int
destroy_target(
	struct cli *c, const struct target *t, struct loss losses[NLOSSES], const char **ret_outcome, struct err *e)
{
	if (life_refuse_running(c, t->name, e) == -1)
		return -1;
	/* A named one that is not there whole may be what a killed create or destroy left: the store knows. */
	if (!t->named && !store_jail_exists(&c->store, t->name))
		return 0;
	str_auto loss = {0};
	measure_losses(c, t->name, losses);
	describe_losses(losses, &loss);
	if (c->o.dry_run) {
		*ret_outcome = "would be destroyed";
		cli_say(c, "%s: would be destroyed: %s", t->name, str_text(&loss));
		return 0;
	}
	const char *question = arena_printf(&c->a, "Destroy %s: %s?", t->name, str_text(&loss));
	fd_auto lock = -1, manage = -1;
	if (cli_confirm(c, question, e) == -1 ||
		store_lock(&c->store, arena_printf(&c->a, "jail.%s", t->name), "destroy", 0, &lock, e) == -1 ||
		store_lock(&c->store, arena_printf(&c->a, "manage.%s", t->name), "destroy", 0, &manage, e) == -1 ||
		settle(c, t->name, e) == -1 || life_refuse_running(c, t->name, e) == -1 || destroy(c, t->name, e) == -1)
		return -1;
	*ret_outcome = "destroyed";
	cli_say(c, "%s: destroyed: %s", t->name, str_text(&loss));
	return 0;
}

static int
destroy_one(struct cli *c, const struct target *t, struct err *e)
{
	struct loss losses[NLOSSES] = {{.word = "state"}, {.word = "skeleton"}};
	const char *outcome = NULL;
	int r = destroy_target(c, t, losses, &outcome, e);
	if (c->json == NULL)
		return r;
	json_object(c->json, NULL);
	json_string(c->json, "name", t->name);
	json_string(c->json, "outcome", outcome);
	print_losses(c->json, losses);
	result_json_end(c->json, r, e);
	return r;
}

static int
destroy_main(struct cli *c, struct err *e)
{
	struct targets t;
	if (targets_choose(c, false, &c->a, &t, e) == -1)
		return -1;
	if (!c->o.yes)
		c->o.jobs = 1; /* questions are asked one after another */
	if (!c->o.json)
		return targets_each(c, &t, ORDER_AS_GIVEN, destroy_one);
	results_begin(c, "jails");
	int status = targets_each(c, &t, ORDER_AS_GIVEN, destroy_one);
	results_end(c);
	return status;
}

static const struct option_row options[] = {OPTION_ALL};

const struct verb verb_destroy = {
	.name = "destroy",
	.operands = "JAIL...",
	.summary = "remove stopped jails with all their data",
	.text = "Asks on a terminal; elsewhere -y is needed.  A running jail is refused.",
	.options = options,
	.noptions = 1,
	.flags = VERB_ROOT | VERB_WANTS | VERB_STORE | VERB_TARGETS | VERB_CHANGES | VERB_ASKS | VERB_UNFINISHED |
		 VERB_JSON,
	.min = 1,
	.max = UINT_MAX,
	.kind = OPERAND_JAIL,
	.run = destroy_main,
};
