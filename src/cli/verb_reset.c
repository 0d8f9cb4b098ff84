/*
 * warder reset: a stopped jail's state becomes what create made of it.
 */
#include <string.h>

#include "base/fd.h"
#include "cli/life.h"
#include "cli/text.h"
#include "run/backend.h"
#include "store/journal.h"
#include "store/state.h"

/* "1,204 entries, 12 MiB" */
static void
add_amount(struct str *out, uint64_t entries, uint64_t bytes)
{
	text_count(entries, out);
	str_add(out, entries == 1 ? " entry, " : " entries, ");
	str_add_size(out, bytes);
}

static void
describe_loss(const struct reset_loss *loss, const struct strv *keep, struct str *out)
{
	add_amount(out, loss->entries, loss->bytes);
	for (size_t i = 0; i < keep->n; i++)
		str_addf(out, "%s%s", i == 0 ? "; kept: " : ", ", keep->v[i]);
	if (keep->n == 0)
		return;
	str_add(out, " (");
	add_amount(out, loss->kept_entries, loss->kept_bytes);
	str_addc(out, ')');
}

static void
print_amount(struct json *j, uint64_t entries, uint64_t bytes)
{
	json_uint(j, "entries", entries);
	json_uint(j, "bytes", bytes);
	json_object_end(j);
}

static void
print_json(const struct cli *c, const char *jail, const struct reset_loss *loss, const struct strv *keep)
{
	struct json j = {0};
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_string(&j, "jail", jail);
	json_string(&j, "outcome", c->o.dry_run ? "would be reset" : "reset");
	json_object(&j, "lost");
	print_amount(&j, loss->entries, loss->bytes);
	json_object(&j, "kept");
	json_strings(&j, "paths", keep);
	print_amount(&j, loss->kept_entries, loss->kept_bytes);
	json_object_end(&j);
	cli_print_json(&j);
}

/* As written, but for slashes at the end. */
static struct strv
paths_to_keep(struct cli *c)
{
	struct strv keep = {0};
	for (size_t i = 0; i < c->o.kept.n; i++) {
		size_t len = strlen(c->o.kept.v[i]);
		while (len > 1 && c->o.kept.v[i][len - 1] == '/')
			len--;
		strv_add(&c->a, &keep, arena_strndup(&c->a, c->o.kept.v[i], len));
	}
	return keep;
}

static int
reset(struct cli *c, const struct jail *j, const struct strv *keep, struct err *e)
{
	struct journal_entry entry = {.action = "reset", .jail = j->name};
	struct progress bar;
	if (backend_native.clear(&c->store, j->name, e) == -1)
		return -1;
	for (size_t i = 0; i < keep->n; i++)
		strv_add(&c->a, &entry.command, arena_printf(&c->a, "--keep=%s", keep->v[i]));
	cli_progress(c, &bar);
	int r = store_jail_reset(&c->store, j, keep, &bar, e);
	progress_done(&bar, r == 0);
	return r == -1 ? -1 : cli_journal(c, &entry, e);
}

static int
reset_main(struct cli *c, struct err *e)
{
	struct target t;
	struct reset_loss loss;
	struct strv keep = paths_to_keep(c);
	if (target_single(c, true, &c->a, &t, e) == -1 || life_refuse_running(c, t.name, e) == -1 ||
		store_reset_loss(&c->store, t.jail, &keep, &loss, e) == -1)
		return -1;
	str_auto text = {0};
	describe_loss(&loss, &keep, &text);
	if (c->o.dry_run) {
		cli_say(c, "%s: would be lost: %s", t.name, str_text(&text));
		if (c->o.json)
			print_json(c, t.name, &loss, &keep);
		return 0;
	}
	fd_auto lock = -1;
	if (cli_confirm(c, arena_printf(&c->a, "Reset %s, losing %s?", t.name, str_text(&text)), e) == -1 ||
		life_lock(c, t.name, 0, &lock, e) == -1 || life_refuse_running(c, t.name, e) == -1 ||
		reset(c, t.jail, &keep, e) == -1)
		return -1;
	cli_say(c, "%s: reset, lost: %s", t.name, str_text(&text));
	if (c->o.json)
		print_json(c, t.name, &loss, &keep);
	return 0;
}

static const struct option_row options[] = {
	{'k', "keep", "PATH", OPT_LIST, offsetof(struct options, kept), 0,
		"a path under /var or /tmp to leave as it is"},
};

const struct verb verb_reset = {
	.name = "reset",
	.operands = "JAIL",
	.summary = "give a stopped jail the state that it was created with",
	.text = "All data of the jail is lost but what --keep names; base and skeleton stay.  Asks on a terminal; "
		"elsewhere "
		"-y is needed.",
	.options = options,
	.noptions = sizeof(options) / sizeof(options[0]),
	.flags = VERB_ROOT | VERB_CONFIG | VERB_STORE | VERB_CHANGES | VERB_ASKS | VERB_JSON,
	.min = 1,
	.max = 1,
	.kind = OPERAND_JAIL,
	.run = reset_main,
};
