/*
 * warder report: all jails at a glance, as a page to look at, to print or to send.
 */
#include <string.h>

#include "base/table.h"
#include "cli/output.h"
#include "cli/report.h"

enum { EXIT_WRONG = 2, EXIT_UNTOLD = 1 };

static const char *
surface_word(const struct report_jail *r)
{
	if (!r->measured)
		return r->unmeasured.kind != ERR_NONE ? "not measured" : NULL;
	return surface_is_wider(&r->view) ? "WIDER" : "as declared";
}

static const char *
check_word(const struct report_jail *r)
{
	static const char *const words[] = {
		[REPORT_FINE] = "as published", [REPORT_UNKNOWN] = "not known", [REPORT_WRONG] = "CHANGED"};
	enum report_state s = REPORT_FINE;
	if (r->checks[0] == NULL)
		return NULL;
	for (size_t i = 0; i < 2; i++)
		if (r->checks[i] != NULL && report_state_of_check(r->checks[i]) > s)
			s = report_state_of_check(r->checks[i]);
	return words[s];
}

static void
print_table(struct cli *c, const struct report *r)
{
	static const char *const heads[] = {"JAIL", "STATE", "FILES", "SURFACE", ">DRIFT", ">EXCEPTIONS"};
	struct table t;
	table_init(&t, &c->a, heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < r->njails; i++) {
		const struct report_jail *j = &r->jails[i];
		table_add(&t, j->row.name);
		table_add(&t, row_state(&j->row));
		table_add(&t, check_word(j));
		table_add(&t, surface_word(j));
		table_addf(&t, "%zu", j->drift.n);
		table_addf(&t, "%zu", j->nexceptions);
	}
	table_print(&t, stdout, c->color);
	fflush(stdout);
	if (r->journal.fault.kind != ERR_NONE)
		cli_error(&r->journal.fault, NULL);
}

static int
write_page(struct cli *c, const struct report *r, struct err *e)
{
	struct emit_file page = {.name = "report.html"};
	const struct emit_files files = {&page, 1};
	str_auto text = {0};
	report_html(c, r, &text);
	page.text = str_text(&text);
	c->o.output = c->o.html;
	return output_write(c, &files, e);
}

static int
report_main(struct cli *c, struct err *e)
{
	struct report r;
	if (c->o.html != NULL && c->o.json)
		return err_set(e, ERR_USAGE, "report", NULL, "either --html or --json, not both");
	if (report_gather(c, &r, e) == -1)
		return -1;
	if (c->o.html != NULL) {
		if (write_page(c, &r, e) == -1)
			return -1;
	} else if (c->o.json) {
		struct json j = {0};
		report_json(c, &r, &j);
		cli_print_json(&j);
	} else if (!c->o.quiet)
		print_table(c, &r);
	switch (report_state(&r)) {
	case REPORT_WRONG:
		return EXIT_WRONG;
	case REPORT_UNKNOWN:
		return EXIT_UNTOLD;
	default:
		return 0;
	}
}

static const struct option_row options[] = {
	{0, "html", "FILE", OPT_TEXT, offsetof(struct options, html), 0, "write one page that needs no other file"},
};

const struct verb verb_report = {
	.name = "report",
	.operands = "",
	.summary = "all jails: planes, surface, verification, drift, generations, exceptions",
	.text = "Exits with 0 if all is as published, declared and recorded, with 2 if something is not, with 1\n"
		"if something could not be told.  Without --html and --json, a line for each jail.",
	.options = options,
	.noptions = 1,
	.flags = VERB_ROOT | VERB_CONFIG | VERB_STORE | VERB_JSON,
	.max = 0,
	.kind = OPERAND_NONE,
	.run = report_main,
};
