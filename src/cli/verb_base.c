/*
 * warder base create | list | remove: the operating system trees that jails share.
 */
#include <time.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/table.h"
#include "cli/base_edit.h"
#include "cli/cli.h"
#include "cli/record.h"
#include "cli/text.h"
#include "image/image.h"
#include "store/seal_key.h"

static int
check_base_name(const struct cli *c, const char *name, struct err *e)
{
	if (name_is_valid(name))
		return 0;
	return err_set(e, ERR_USAGE, c->op, *name != '\0' ? name : "''", "cannot be the name of a base");
}

static int
undeclared_base(const struct cli *c, const char *name, struct arena *a, struct err *e)
{
	struct strv names = {0};
	for (size_t i = 0; i < c->config.nbases; i++)
		strv_add(a, &names, c->config.bases[i].name);
	err_set(e, ERR_CONFIG, "base create", name, "the configuration declares no such base");
	const char *near = str_nearest(name, names.v, names.n);
	if (near != NULL)
		return err_hint(e, "did you mean %s?", near);
	return err_hint(e, "declare it with \"base %s { from = ...; }\", or say --from SOURCE", name);
}

/* The declaration with --from put over it; a base needs no declaration when --from is given. */
static int
find_declaration(struct cli *c, const char *name, struct base_decl *ret, struct err *e)
{
	const struct base_decl *d = config_base(&c->config, name);
	if (d == NULL && c->o.from == NULL)
		return undeclared_base(c, name, &c->a, e);
	struct base_decl decl = d != NULL ? *d : (struct base_decl){.name = name};
	if (c->o.from != NULL)
		decl.from = c->o.from;
	if (decl.from == NULL) {
		err_set(e, ERR_CONFIG, "base create", name, "has no source");
		err_at(e, &decl.loc);
		return err_hint(e, "from = \"debian:bookworm\"; or --from SOURCE");
	}
	*ret = decl;
	return 0;
}

static int
fill(const struct base_decl *d, int dirfd, struct arena *a, struct base_meta *meta, struct progress *bar, struct err *e)
{
	fd_auto tree = path_make_dirs(dirfd, "root", 0755, e);

	if (tree == -1 || image_fetch(d, tree, bar, e) == -1 || image_require_program(d, tree, e) == -1)
		return -1;
	return image_split(d, dirfd, a, meta, bar, e);
}

/* Of a new generation, and of all: who edits the base, or puts another generation to use, is not in between. */
static int
lock_both(struct cli *c, const char *name, const char *doing, int *ret_lock, int *ret_edit, struct err *e)
{
	const char *what = arena_printf(&c->a, "base.%s", name), *draft = arena_printf(&c->a, "edit.%s", name);

	return store_lock(&c->store, what, doing, 0, ret_lock, e) == -1
		       ? -1
		       : store_lock(&c->store, draft, doing, 0, ret_edit, e);
}

/* Begin, fill, publish; what was begun is abandoned when filling fails. */
static int
make_generation(
	struct cli *c, const struct base_decl *d, struct base_meta *meta, struct journal_entry *entry, struct err *e)
{
	unsigned generation;
	fd_auto dir = -1;
	struct progress bar;
	if (store_base_begin(&c->store, d->name, &generation, &dir, e) == -1)
		return -1;
	cli_step(c, "base %s: generation %u from %s", d->name, generation, d->from);
	cli_progress(c, &bar);
	int r = fill(d, dir, &c->a, meta, &bar, e);
	meta->name = d->name;
	meta->source = d->from;
	meta->generation = generation;
	if (meta->created == 0)
		meta->created = time(NULL);
	if (r == 0)
		r = store_base_publish(&c->store, meta, dir, entry, e);
	progress_done(&bar, r == 0);
	struct err second = {0};
	if (r == -1 && store_base_abandon(&c->store, d->name, generation, &second) == -1)
		cli_error(&second, d->name);
	return r;
}

static void
say_created(const struct cli *c, const struct base_meta *m, int64_t seconds)
{
	str_auto line = {0};
	str_addf(&line, "base %s: generation %u, ", m->name, m->generation);
	text_count(m->entries, &line);
	str_add(&line, " files, ");
	str_add_size(&line, m->bytes);
	str_addf(&line, ", %s (", m->flavour);
	text_duration(seconds, &line);
	str_add(&line, ")");
	cli_say(c, "%s", str_text(&line));
}

static int
base_create_main(struct cli *c, struct err *e)
{
	struct base_decl d = {0};
	struct base_meta meta = {0};
	const char *name = c->args.v[0];
	if (check_base_name(c, name, e) == -1 || find_declaration(c, name, &d, e) == -1)
		return -1;
	if (c->o.dry_run) {
		cli_say(c, "would make a new generation of base %s from %s", name, d.from);
		return 0;
	}
	fd_auto lock = -1, edit = -1;
	time_t began = time(NULL);
	struct journal_entry entry = {.action = "base create", .base = name};
	if (store_key_check(&c->store, e) == -1 || lock_both(c, name, "base create", &lock, &edit, e) == -1 ||
		store_base_generation(&c->store, name, &entry.from, e) == -1 ||
		make_generation(c, &d, &meta, &entry, e) == -1)
		return -1;
	say_created(c, &meta, time(NULL) - began);
	return record_end(c, &entry, e);
}

static void
row_json(struct json *j, const struct base_row *r)
{
	json_object(j, NULL);
	json_string(j, "name", r->name);
	json_uint(j, "generation", r->generation);
	json_uint(j, "generations", r->ngenerations);
	json_string(j, "flavour", r->meta->flavour);
	json_string(j, "source", r->meta->source);
	json_time(j, "created", r->meta->created);
	json_uint(j, "entries", r->meta->entries);
	json_uint(j, "bytes", r->meta->bytes);
	json_strings(j, "jails", &r->jails);
	json_object_end(j);
}

static void
list_json(const struct base_row *rows, size_t n)
{
	struct json j = {0};
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_array(&j, "bases");
	for (size_t i = 0; i < n; i++)
		row_json(&j, &rows[i]);
	json_array_end(&j);
	json_object_end(&j);
	cli_print_json(&j);
}

static void
add_joined(struct table *t, const struct strv *l)
{
	str_auto s = {0};
	for (size_t i = 0; i < l->n; i++)
		str_addf(&s, "%s%s", i > 0 ? " " : "", l->v[i]);
	table_add(t, str_text(&s));
}

static void
list_table(struct cli *c, const struct base_row *rows, size_t n)
{
	static const char *const heads[] = {
		"NAME", ">GENERATION", "FLAVOUR", "SOURCE", ">FILES", ">SIZE", ">AGE", "JAILS"};
	struct table t;
	table_init(&t, &c->a, heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < n; i++) {
		const struct base_meta *m = rows[i].meta;
		str_auto files = {0}, size = {0}, age = {0};
		text_count(m->entries, &files);
		str_add_size(&size, m->bytes);
		text_duration(time(NULL) - m->created, &age);
		table_add(&t, rows[i].name);
		table_addf(&t, "%u", rows[i].generation);
		table_add(&t, m->flavour);
		table_add(&t, m->source);
		table_add(&t, str_text(&files));
		table_add(&t, str_text(&size));
		table_add(&t, str_text(&age));
		add_joined(&t, &rows[i].jails);
	}
	table_print(&t, stdout, c->color);
}

static int
base_list_main(struct cli *c, struct err *e)
{
	struct base_row *rows;
	size_t n;
	if (store_bases(&c->store, &c->a, &rows, &n, e) == -1)
		return -1;
	if (c->o.json)
		list_json(rows, n);
	else if (!c->o.quiet)
		list_table(c, rows, n);
	for (size_t i = 0; c->o.quiet && !c->o.json && i < n; i++)
		puts(rows[i].name);
	return 0;
}

static int
no_such_base(const struct cli *c, const char *name, struct arena *a, struct err *e)
{
	struct base_row *rows;
	size_t n = 0;
	struct strv names = {0};
	struct err ignored;
	if (store_bases(&c->store, a, &rows, &n, &ignored) == -1)
		n = 0;
	for (size_t i = 0; i < n; i++)
		strv_add(a, &names, rows[i].name);
	err_set(e, ERR_FAILED, "base remove", name, "there is no such base");
	const char *near = str_nearest(name, names.v, names.n);
	return near != NULL ? err_hint(e, "did you mean %s?", near) : err_hint(e, "warder base list");
}

/* "Remove base b (debian, 190 MiB) ..."; one that is not whole any more can be removed all the same. */
static int
confirm_remove(struct cli *c, const char *name, struct err *e)
{
	const struct base_meta *meta;
	struct err ignored;
	str_auto question = {0};
	str_addf(&question, "Remove base %s", name);
	if (store_base_meta(&c->store, name, &c->a, &meta, &ignored) == 0) {
		str_addf(&question, " (%s, ", meta->flavour);
		str_add_size(&question, meta->bytes);
		str_add(&question, ")");
	}
	str_add(&question, " with all its generations?");
	return cli_confirm(c, str_text(&question), e);
}

static int
base_remove_main(struct cli *c, struct err *e)
{
	const char *name = c->args.v[0];
	struct journal_entry entry = {.action = "base remove", .base = name};
	if (check_base_name(c, name, e) == -1 || store_base_generation(&c->store, name, &entry.from, e) == -1)
		return -1;
	if (entry.from == 0)
		return no_such_base(c, name, &c->a, e);
	if (store_base_check_unused(&c->store, name, e) == -1)
		return -1;
	if (c->o.dry_run) {
		cli_say(c, "would remove base %s", name);
		return 0;
	}
	fd_auto lock = -1, edit = -1;
	if (confirm_remove(c, name, e) == -1 || lock_both(c, name, "base remove", &lock, &edit, e) == -1 ||
		store_base_generation(&c->store, name, &entry.from, e) == -1)
		return -1;
	journal_entry_change(&entry, record_base_seal(c, name, entry.from), NULL);
	if (store_journal_begin(&c->store, &entry, e) == -1 || store_base_remove(&c->store, name, e) == -1)
		return -1;
	cli_say(c, "base %s: removed", name);
	return record_end(c, &entry, e);
}

static const struct option_row create_options[] = {
	{0, "from", "SOURCE", OPT_TEXT, offsetof(struct options, from), 0,
		"debian:SUITE, tar:FILE, dir:PATH or busybox, instead of the declaration's"},
};

static const struct verb base_create = {
	.name = "create",
	.operands = "NAME",
	.summary = "make a base, or a new generation of it",
	.options = create_options,
	.noptions = 1,
	.flags = VERB_ROOT | VERB_WANTS | VERB_STORE | VERB_CHANGES,
	.min = 1,
	.max = 1,
	.kind = OPERAND_BASE,
	.run = base_create_main,
};
static const struct verb base_list = {
	.name = "list",
	.operands = "",
	.summary = "list the bases and the jails that use them",
	.flags = VERB_WANTS | VERB_STORE | VERB_JSON,
	.run = base_list_main,
};
static const struct verb base_remove = {
	.name = "remove",
	.operands = "NAME",
	.summary = "remove a base that no jail uses",
	.flags = VERB_ROOT | VERB_WANTS | VERB_STORE | VERB_CHANGES | VERB_ASKS,
	.min = 1,
	.max = 1,
	.kind = OPERAND_BASE,
	.run = base_remove_main,
};
static const struct verb *const base_subs[] = {
	&base_create, &base_edit, &base_list, &base_remove, &base_rollback, &base_use};

const struct verb verb_base = {
	.name = "base",
	.operands = "create|edit|list|remove|rollback|use",
	.summary = "the operating system trees that jails share",
	.subs = base_subs,
	.nsubs = sizeof(base_subs) / sizeof(base_subs[0]),
};
