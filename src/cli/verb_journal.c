/*
 * warder journal: who changed what and when; and whether what is written there is what was written.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/json.h"
#include "base/passwd.h"
#include "base/path.h"
#include "base/table.h"
#include "cli/targets.h"
#include "cli/text.h"
#include "store/journal.h"

enum { EXIT_BROKEN = 2, PASSWD_MAX = 16 << 20, COMMAND_SHOWN = 100 };

/* ---- check ---- */

static void
check_json(const struct journal_check *k)
{
	struct json j = {0};
	bool holds = k->fault.kind == ERR_NONE;
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_bool(&j, "holds", holds);
	json_uint(&j, "count", k->entries);
	json_string(&j, "last", k->entries > 0 ? k->last : NULL);
	json_bool(&j, "torn", k->torn);
	json_string(&j, "fault", holds ? NULL : k->fault.reason);
	json_object_end(&j);
	cli_print_json(&j);
}

static void
check_say(const struct cli *c, const struct journal_check *k)
{
	if (k->entries == 0)
		cli_say(c, "0 entries, the chain holds");
	else
		cli_say(c, "%" PRIu64 " %s, the chain holds; hash of the last %s", k->entries,
			k->entries == 1 ? "entry" : "entries", k->last);
	if (k->torn)
		cli_say(c, "a line that a crash tore is left after them; the next entry sets it aside");
}

static int
check_main(struct cli *c, struct err *e)
{
	struct journal_check k;
	if (c->args.n > 0 || c->o.lines > 0)
		return err_set(e, ERR_USAGE, "journal", NULL, "--check is of the whole journal");
	if (store_journal_check(&c->store, &k, e) == -1) {
		e->kind = ERR_FAILED; /* as of verify: 2 is broken, 1 could not tell */
		return -1;
	}
	if (c->o.json)
		check_json(&k);
	if (k.fault.kind != ERR_NONE) {
		cli_error(&k.fault, NULL);
		return EXIT_BROKEN;
	}
	if (!c->o.json)
		check_say(c, &k);
	return 0;
}

/* ---- list ---- */

/* The host's own, for names; "" where it cannot be read. */
static const char *
host_passwd(struct arena *a)
{
	struct err ignored;
	char *text = NULL;
	fd_auto etc = path_open_given(AT_FDCWD, "/etc", O_DIRECTORY);
	if (etc == -1 || file_read(etc, "passwd", PASSWD_MAX, a, &text, NULL, &ignored) == -1 || text == NULL)
		return "";
	return text;
}

static const char *
user_name(const char *passwd, uint32_t uid, struct arena *a)
{
	struct user u;
	struct err ignored;
	const char *number = arena_printf(a, "%" PRIu32, uid);
	return passwd_lookup(passwd, "", number, UINT32_MAX, a, &u, &ignored) == 0 ? u.name : number;
}

/* Who logged in, which the kernel knows, before what sudo(8) said in a variable; where they differ, both. */
static void
add_who(struct table *t, const struct journal_entry *entry, const char *passwd, struct arena *a)
{
	if (entry->login_uid == UINT32_MAX) {
		table_add(t, entry->sudo_user != NULL ? entry->sudo_user : user_name(passwd, entry->uid, a));
		return;
	}
	const char *login = user_name(passwd, entry->login_uid, a);
	if (entry->sudo_user == NULL || strcmp(entry->sudo_user, login) == 0)
		table_add(t, login);
	else
		table_addf(t, "%s (sudo %s)", login, entry->sudo_user);
}

static void
add_generations(struct table *t, const struct journal_entry *entry)
{
	if (entry->from != 0 && entry->to != 0)
		table_addf(t, "%u -> %u", entry->from, entry->to);
	else if (entry->to != 0)
		table_addf(t, "-> %u", entry->to);
	else if (entry->from != 0)
		table_addf(t, "%u ->", entry->from);
	else
		table_add(t, NULL);
}

static void
add_changes(struct table *t, const struct journal_entry *entry)
{
	str_auto s = {0};
	if (entry->added + entry->removed + entry->changed + entry->rights > 0)
		str_addf(&s, "+%" PRIu64 " -%" PRIu64 " ~%" PRIu64, entry->added, entry->removed, entry->changed);
	if (entry->rights > 0)
		str_addf(&s, ", rights %" PRIu64, entry->rights);
	table_add(t, str_text(&s));
}

static void
list_table(struct cli *c, const struct journal *journal)
{
	static const char *const heads[] = {
		">NUMBER", "WHEN", "WHO", "ACTION", "OF", "GENERATIONS", "CHANGES", "COMMAND"};
	const char *passwd = host_passwd(&c->a);
	struct table t;
	table_init(&t, &c->a, heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < journal->n; i++) {
		const struct journal_entry *entry = &journal->v[i];
		str_auto when = {0}, command = {0};
		text_duration(time(NULL) - entry->time, &when);
		text_command(&entry->command, COMMAND_SHOWN, &command);
		table_addf(&t, "%" PRIu64, entry->number);
		table_addf(&t, "%s ago", str_text(&when));
		add_who(&t, entry, passwd, &c->a);
		table_add(&t, entry->action);
		table_add(&t, entry->jail != NULL ? entry->jail : entry->base);
		add_generations(&t, entry);
		add_changes(&t, entry);
		table_add(&t, str_text(&command));
	}
	table_print(&t, stdout, c->color);
}

static void
list_json(const struct journal *journal)
{
	struct json j = {0};
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_array(&j, "entries");
	for (size_t i = 0; i < journal->n; i++)
		journal_entry_json(&j, NULL, &journal->v[i]);
	json_array_end(&j);
	json_object_end(&j);
	cli_print_json(&j);
}

static void
list_numbers(const struct journal *journal)
{
	for (size_t i = 0; i < journal->n; i++)
		printf("%" PRIu64 "\n", journal->v[i].number);
}

/* A name without an entry may be mistyped: then the nearest is told. */
static int
check_known(struct cli *c, const char *name, struct err *e)
{
	struct strv known;
	struct base_row *bases;
	size_t n;
	if (targets_known(c, false, &c->a, &known, e) == -1 || store_bases(&c->store, &c->a, &bases, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		strv_add(&c->a, &known, bases[i].name);
	if (strv_has(&known, name))
		return 0;
	const char *near = str_nearest(name, known.v, known.n);
	err_set(e, ERR_FAILED, "journal", name, "there is no entry of it, and no such jail or base");
	return near != NULL ? err_hint(e, "did you mean %s?", near) : -1;
}

static int
list_main(struct cli *c, struct err *e)
{
	struct journal journal;
	const char *name = c->args.n > 0 ? c->args.v[0] : NULL;
	if (name != NULL && !name_is_valid(name))
		return err_set(e, ERR_USAGE, "journal", name, "cannot be the name of a jail or base");
	if (store_journal_read(&c->store, name, &c->a, &journal, e) == -1)
		return -1;
	if (name != NULL && journal.n == 0 && check_known(c, name, e) == -1)
		return -1;
	if (c->o.lines > 0 && journal.n > c->o.lines) {
		journal.v += journal.n - c->o.lines;
		journal.n = c->o.lines;
	}
	if (c->o.json)
		list_json(&journal);
	else if (c->o.quiet)
		list_numbers(&journal);
	else
		list_table(c, &journal);
	if (journal.bad_line == 0)
		return 0;
	err_set(e, ERR_FAILED, "read", "journal", "line %" PRIu64 " is no entry", journal.bad_line);
	return err_hint(e, "warder journal --check");
}

static int
journal_main(struct cli *c, struct err *e)
{
	return c->o.check ? check_main(c, e) : list_main(c, e);
}

static const struct option_row options[] = {
	{0, "check", NULL, OPT_FLAG, offsetof(struct options, check), 0,
		"check the chain from the first entry to the last; exits with 2 if it is broken"},
	{'n', "lines", "N", OPT_NUMBER, offsetof(struct options, lines), 0, "the last N entries only"},
};

const struct verb verb_journal = {
	.name = "journal",
	.operands = "[JAIL|BASE]",
	.summary = "show who changed what, and when",
	.text = "-q prints the entries' numbers only.",
	.options = options,
	.noptions = 2,
	.flags = VERB_WANTS | VERB_STORE | VERB_JSON,
	.max = 1,
	.kind = OPERAND_JAIL,
	.run = journal_main,
};
