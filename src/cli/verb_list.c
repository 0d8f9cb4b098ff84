/*
 * warder list: every jail that is declared or created, in one table or one JSON object.
 */
#include <limits.h>
#include <time.h>

#include "base/table.h"
#include "cli/row.h"
#include "cli/text.h"

static void
print_json(struct cli *c, const struct row *rows, size_t n)
{
	struct json j = {0};
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_array(&j, "jails");
	for (size_t i = 0; i < n; i++) {
		json_object(&j, NULL);
		row_json_fields(&j, &rows[i], &c->a);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	cli_print_json(&j);
}

static void
add_addresses(struct table *t, struct cli *c, const struct row *r)
{
	struct strv l = {0};
	str_auto s = {0};
	row_addresses(r, &c->a, &l);
	for (size_t i = 0; i < l.n; i++)
		str_addf(&s, "%s%s", i > 0 ? " " : "", l.v[i]);
	table_add(t, str_text(&s));
}

static void
add_base(struct table *t, const struct row *r)
{
	if (r->base != NULL && r->base_generation != 0)
		table_addf(t, "%s/%u", r->base, r->base_generation);
	else
		table_add(t, r->base);
}

static void
add_row(struct table *t, struct cli *c, const struct row *r)
{
	str_auto uptime = {0};
	if (row_is_running(r))
		text_duration(time(NULL) - r->st.record.started, &uptime);
	table_add(t, r->name);
	table_add(t, row_state(r));
	if (row_is_running(r))
		table_addf(t, "%d", r->st.record.pid);
	else
		table_add(t, NULL);
	add_base(t, r);
	add_addresses(t, c, r);
	table_add(t, str_text(&uptime));
	table_addf(t, "%u", r->st.restarts);
}

static void
print_table(struct cli *c, const struct row *rows, size_t n)
{
	static const char *const heads[] = {"NAME", "STATE", ">PID", "BASE", "ADDRESSES", ">UPTIME", ">RESTARTS"};
	struct table t;
	table_init(&t, &c->a, heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < n; i++)
		add_row(&t, c, &rows[i]);
	table_print(&t, stdout, c->color);
}

static void
print_names(const struct targets *t)
{
	for (size_t i = 0; i < t->n; i++)
		puts(t->v[i].name);
}

static int
list_main(struct cli *c, struct err *e)
{
	struct targets t;
	c->o.all = c->args.n == 0; /* it only reads, and so may mean all without being told */
	if (targets_find(c, false, &c->a, &t, e) == -1)
		return -1;
	int unknown = targets_tell(&t);
	if (c->o.quiet && !c->o.json) {
		print_names(&t);
		return unknown;
	}
	struct row *rows = arena_array(&c->a, t.n + 1, sizeof(*rows));
	size_t n;
	int status = rows_read(c, &t, rows, &n);
	if (c->o.json)
		print_json(c, rows, n);
	else
		print_table(c, rows, n);
	return unknown != 0 ? unknown : status;
}

static const struct option_row options[] = {OPTION_ALL};

const struct verb verb_list = {
	.name = "list",
	.operands = "[JAIL...]",
	.summary = "list jails and what they do",
	.text = "Declared jails first, then those that exist without a declaration.  -q prints names only.",
	.options = options,
	.noptions = 1,
	.flags = VERB_WANTS | VERB_STORE | VERB_JSON,
	.max = UINT_MAX,
	.kind = OPERAND_JAIL,
	.run = list_main,
};
