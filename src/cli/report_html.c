/*
 * A report as one page that needs nothing else: no script, no font, no picture, and a policy that forbids them, should
 * a text of a jail's find a way to be more than a text.  Pure: every value goes through html_add.
 */
#include <inttypes.h>
#include <string.h>

#include "base/html.h"
#include "base/utc.h"
#include "cli/delta.h"
#include "cli/report.h"
#include "cli/text.h"
#include "model/caps.h"

enum { CHANGES_SHOWN = 20, HISTORY_SHOWN = 10, WIDER_SHOWN = 100 };

static const char *const classes[] = {[REPORT_FINE] = "good", [REPORT_UNKNOWN] = "warn", [REPORT_WRONG] = "bad"};

/* ---- parts ---- */

static void
add_tag(struct str *out, const char *class, const char *text)
{
	str_addf(out, "<span class=\"tag %s\">", class);
	html_add(out, text);
	str_add(out, "</span>\n");
}

static void
begin_table(struct str *out, const char *const *heads)
{
	str_add(out, "<table><thead><tr>");
	for (; *heads != NULL; heads++)
		str_addf(out, "<th>%s</th>", *heads);
	str_add(out, "</tr></thead><tbody>\n");
}

static void
end_table(struct str *out)
{
	str_add(out, "</tbody></table>\n");
}

/* head: what stands before it where there is no room for columns. */
static void
add_cell(struct str *out, const char *head, const char *element, const char *text)
{
	str_addf(out, "<td data-h=\"%s\">", head);
	if (text != NULL && *text != '\0') {
		str_addf(out, "<%s>", element);
		html_add(out, text);
		str_addf(out, "</%s>", element);
	}
	str_add(out, "</td>");
}

static void
add_heading(struct str *out, const char *text)
{
	str_addf(out, "<h3>%s</h3>\n", text);
}

static void
add_error(struct str *out, const char *what, const struct err *why)
{
	str_auto reason = {0};
	err_reason(why, &reason);
	str_add(out, "<p class=\"warn\">");
	html_addf(out, "%s: %s %s: %s", what, why->op, why->subject, str_text(&reason));
	str_add(out, "</p>\n");
}

static void
add_list(struct str *out, const char *class, const struct strv *l)
{
	str_addf(out, "<ul class=\"%s\">", class);
	for (size_t i = 0; i < l->n; i++) {
		str_add(out, "<li>");
		html_add(out, l->v[i]);
		str_add(out, "</li>\n");
	}
	str_add(out, "</ul>\n");
}

static void
add_time(struct str *out, int64_t seconds)
{
	char text[UTC_SIZE];
	utc_print(seconds, text);
	html_add(out, text);
}

/* ---- planes ---- */

static void
add_planes(struct str *out, const struct report_jail *r)
{
	static const char *const heads[] = {"Mount", "Plane", "Flags", NULL};
	const struct surface_view v = {.plan = &r->plan};
	add_heading(out, "Planes");
	if (r->unplanned.kind != ERR_NONE)
		add_error(out, "they could not be told", &r->unplanned);
	if (r->plan.nops == 0)
		return;
	begin_table(out, heads);
	for (size_t i = 0; i < r->plan.nops; i++) {
		const struct op *o = &r->plan.ops[i];
		str_auto flags = {0};
		if (o->kind != OP_MOUNT)
			continue;
		str_add(&flags, o->u.mount.flags & MNT_RO ? "" : "rw,");
		mount_flags_print(o->u.mount.flags & ~(unsigned)(MNT_IDMAP | MNT_OPTIONAL | MNT_FILE), &flags);
		str_add(out, "<tr>");
		add_cell(out, "Mount", "code", o->u.mount.target);
		add_cell(out, "Plane", "span", surface_plane(&v, o->u.mount.target));
		add_cell(out, "Flags", "span", str_text(&flags));
		str_add(out, "</tr>\n");
	}
	end_table(out);
}

/* ---- surface ---- */

static void
add_level(struct str *out, const struct surface_level *l)
{
	static const char *const words[] = {
		[LEVEL_KEPT] = "kept", [LEVEL_GIVEN] = "given up by the declaration", [LEVEL_BROKEN] = "BROKEN"};
	static const char *const class[] = {[LEVEL_KEPT] = "good", [LEVEL_GIVEN] = "warn", [LEVEL_BROKEN] = "bad"};
	str_auto why = {0};
	for (size_t i = 0; i < l->why.n; i++)
		str_addf(&why, "%s%s", i > 0 ? ", " : "", l->why.v[i]);
	str_add(out, "<tr>");
	add_cell(out, "Level", "span", l->name);
	add_cell(out, "Of", "span", l->what);
	str_addf(out, "<td data-h=\"State\"><span class=\"%s\">%s</span></td>", class[l->state], words[l->state]);
	add_cell(out, "By", "span", str_text(&why));
	str_add(out, "</tr>\n");
}

static void
add_facts(struct str *out, const struct facts *f, enum fact_kind kind, const char *title)
{
	bool first = true;
	str_addf(out, "<tr><td data-h=\"What\"><span>%s</span></td><td data-h=\"Which\"><span>", title);
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].kind == kind) {
			str_add(out, first ? "<code>" : " <code>");
			html_add(out, f->v[i].text);
			str_add(out, "</code>");
			first = false;
		}
	str_add(out, first ? "none</span></td></tr>\n" : "</span></td></tr>\n");
}

static void
add_wider(struct str *out, const struct surface_view *v)
{
	if (!surface_is_wider(v)) {
		str_addf(out, "<p class=\"good\">no wider than %s</p>\n",
			v->record.text != NULL ? "declared and recorded" : "declared");
		return;
	}
	str_add(out, "<p class=\"bad\">WIDER than expected:</p><ul class=\"bad\">\n");
	for (size_t i = 0; i < v->c.nwider && i < WIDER_SHOWN; i++) {
		str_add(out, "<li>");
		html_addf(out, "%s: %s", fact_rows[v->c.wider[i].fact->kind].title, v->c.wider[i].fact->text);
		str_add(out, "</li>\n");
	}
	for (size_t i = 0; i < v->c.nmissing && i < WIDER_SHOWN; i++) {
		str_add(out, "<li>");
		html_addf(out, "declared, and not there: %s", v->c.missing[i]->text);
		str_add(out, "</li>\n");
	}
	if (v->record.fault != NULL) {
		str_add(out, "<li>");
		html_addf(out, "what is expected: %s", v->record.fault);
		str_add(out, "</li>\n");
	}
	str_add(out, "</ul>\n");
}

static void
add_surface(struct str *out, const struct report_jail *r)
{
	static const char *const levels[] = {"Level", "Of", "State", "By", NULL};
	static const char *const facts[] = {"What", "Which", NULL};
	static const struct {
		enum fact_kind kind;
		const char *title;
	} rows[] = {
		{FACT_WRITE, "Can be written"},
		{FACT_EXECUTE, "Written, then executed"},
		{FACT_CAPABILITY, "Capabilities"},
		{FACT_DEVICE, "Devices"},
		{FACT_SOCKET, "Sockets"},
		{FACT_NAMESPACE, "New namespaces"},
	};
	add_heading(out, "Surface, measured from inside");
	if (r->unmeasured.kind != ERR_NONE)
		add_error(out, "it could not be measured", &r->unmeasured);
	else if (!r->measured)
		str_add(out, "<p class=\"soft\">It does not run.</p>\n");
	if (!r->measured)
		return;
	add_wider(out, &r->view);
	begin_table(out, levels);
	for (size_t i = 0; i < SURFACE_NLEVELS; i++)
		add_level(out, &r->levels[i]);
	end_table(out);
	begin_table(out, facts);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		add_facts(out, &r->view.s.facts, rows[i].kind, rows[i].title);
	end_table(out);
}

/* ---- verification ---- */

static void
add_check(struct str *out, const char *what, const struct report_check *k)
{
	str_auto words = {0};
	report_check_words(k, &words);
	str_addf(out, "<p class=\"%s\">", classes[report_state_of_check(k)]);
	html_addf(out, "%s %s, generation %u: %s", what, k->name, k->r.generation, str_text(&words));
	str_add(out, "</p>\n");
	if (k->r.faults.n > 0)
		add_list(out, "bad", &k->r.faults);
	if (k->r.delta.n == 0)
		return;
	str_add(out, "<ul>\n");
	for (size_t i = 0; i < k->r.delta.n && i < CHANGES_SHOWN; i++) {
		str_auto line = {0};
		delta_line(&k->r.delta.v[i], &line);
		str_add(out, "<li><code>");
		html_add(out, str_text(&line));
		str_add(out, "</code></li>\n");
	}
	if (k->r.changes > CHANGES_SHOWN)
		str_addf(out, "<li>and %" PRIu64 " more</li>\n", k->r.changes - CHANGES_SHOWN);
	str_add(out, "</ul>\n");
}

static void
add_verification(struct str *out, const struct report_jail *r)
{
	static const char *const words[] = {"Skeleton", "Base"};
	add_heading(out, "Verification");
	for (size_t i = 0; i < 2; i++)
		if (r->checks[i] != NULL)
			add_check(out, words[i], r->checks[i]);
	if (r->checks[0] == NULL)
		str_add(out, "<p class=\"soft\">It was not created.</p>\n");
}

/* ---- generations ---- */

static void
add_generations(struct str *out, const struct generations *g)
{
	str_add(out, "<p>");
	for (size_t i = 0; i < g->n; i++)
		str_addf(out, g->v[i] == g->used ? "<strong>%u (in use)</strong> " : "%u ", g->v[i]);
	str_add(out, g->draft ? "and a draft</p>\n" : "</p>\n");
}

static void
add_change(struct cli *c, struct str *out, const struct journal_entry *entry)
{
	char when[UTC_SIZE];
	str_auto step = {0}, counts = {0};
	utc_print(entry->time, when);
	if (entry->to != 0)
		str_addf(&step, "%u to %u", entry->from, entry->to);
	if (entry->added + entry->removed + entry->changed > 0)
		str_addf(&counts, "+%" PRIu64 " -%" PRIu64 " ~%" PRIu64, entry->added, entry->removed, entry->changed);
	str_add(out, "<tr>");
	add_cell(out, "When", "span", when);
	add_cell(out, "Who", "span", report_who(entry, &c->a));
	add_cell(out, "What", "span", entry->action);
	add_cell(out, "Generation", "span", str_text(&step));
	add_cell(out, "Files", "span", str_text(&counts));
	str_add(out, "</tr>\n");
}

static void
add_history(struct cli *c, struct str *out, const struct report_jail *r)
{
	static const char *const heads[] = {"When", "Who", "What", "Generation", "Files", NULL};
	const struct journal *j = &r->journal;
	size_t first = j->n > HISTORY_SHOWN ? j->n - HISTORY_SHOWN : 0;
	add_heading(out, "Generations of the skeleton");
	add_generations(out, &r->generations);
	if (j->n == 0)
		return;
	begin_table(out, heads);
	for (size_t i = j->n; i-- > first;)
		add_change(c, out, &j->v[i]);
	end_table(out);
}

/* ---- exceptions, drift ---- */

static void
add_exceptions(struct str *out, const struct report_jail *r)
{
	static const char *const heads[] = {"Key", "Value", "Opens", "Where", NULL};
	add_heading(out, "Open exceptions");
	if (r->nexceptions == 0) {
		str_add(out, "<p class=\"good\">none</p>\n");
		return;
	}
	begin_table(out, heads);
	for (size_t i = 0; i < r->nexceptions; i++) {
		const struct report_exception *x = &r->exceptions[i];
		str_auto where = {0};
		if (x->at->file != NULL)
			str_addf(&where, "%s:%u", x->at->file, x->at->line);
		str_add(out, "<tr>");
		add_cell(out, "Key", "code", x->key);
		add_cell(out, "Value", "code", x->value);
		add_cell(out, "Opens", "span", x->gives);
		add_cell(out, "Where", "code", str_text(&where));
		str_add(out, "</tr>\n");
	}
	end_table(out);
}

static void
add_drift(struct str *out, const struct report_jail *r)
{
	add_heading(out, "Drift");
	if (r->drift.n == 0)
		str_add(out, "<p class=\"good\">none</p>\n");
	else
		add_list(out, "warn", &r->drift);
}

/* ---- the page ---- */

static void
add_jail(struct cli *c, struct str *out, const struct report_jail *r)
{
	static const char *const words[] = {[REPORT_FINE] = "as it should be",
		[REPORT_UNKNOWN] = "not all is known",
		[REPORT_WRONG] = "LOOK AT THIS"};
	const struct row *row = &r->row;
	enum report_state state = report_state_of_jail(r);
	struct strv addresses = {0};
	row_addresses(row, &c->a, &addresses);
	str_add(out, "<section><div class=\"head\"><h2>");
	html_add(out, row->name);
	str_add(out, "</h2>\n");
	add_tag(out, row_is_running(row) ? "good" : "", row_state(row));
	add_tag(out, classes[state], words[state]);
	str_add(out, "</div>\n<p class=\"soft\">");
	html_addf(out, "base %s/%u, skeleton %u", row->base != NULL ? row->base : "-", row->base_generation,
		row->skel_generation);
	for (size_t i = 0; i < addresses.n; i++)
		html_addf(out, ", %s", addresses.v[i]);
	if (row_is_running(row)) {
		str_add(out, ", since ");
		add_time(out, row->st.record.started);
	}
	str_add(out, "</p>\n");
	add_drift(out, r);
	add_exceptions(out, r);
	add_surface(out, r);
	add_verification(out, r);
	add_planes(out, r);
	add_history(c, out, r);
	str_add(out, "</section>\n");
}

static void
add_base(struct str *out, const struct report_base *b)
{
	str_add(out, "<section><div class=\"head\"><h2>base ");
	html_add(out, b->row.name);
	str_add(out, "</h2>\n");
	add_tag(out, classes[report_state_of_check(b->check)],
		report_state_of_check(b->check) == REPORT_FINE ? "as it should be" : "LOOK AT THIS");
	str_add(out, "</div>\n<p class=\"soft\">");
	html_addf(out, "from %s, used by", b->row.meta != NULL ? b->row.meta->source : "-");
	for (size_t i = 0; i < b->row.jails.n; i++)
		html_addf(out, "%s %s", i > 0 ? "," : "", b->row.jails.v[i]);
	str_add(out, b->row.jails.n == 0 ? " no jail</p>\n" : "</p>\n");
	add_heading(out, "Verification");
	add_check(out, "Base", b->check);
	add_heading(out, "Generations");
	add_generations(out, &b->generations);
	str_add(out, "</section>\n");
}

static void
add_summary(struct str *out, const struct report *r)
{
	size_t n[3] = {0};
	for (size_t i = 0; i < r->njails; i++)
		n[report_state_of_jail(&r->jails[i])]++;
	str_add(out, "<h1>Jails of ");
	html_add(out, r->host);
	str_add(out, "</h1>\n<p class=\"soft\">");
	html_addf(out, "%s, %s, as of ", r->root, r->config != NULL ? r->config : "no configuration");
	add_time(out, r->time);
	str_add(out, "</p>\n<p class=\"head\">");
	str_addf(out, "<span class=\"tag good\">%zu as they should be</span>\n", n[REPORT_FINE]);
	if (n[REPORT_UNKNOWN] > 0)
		str_addf(out, "<span class=\"tag warn\">%zu not known</span>\n", n[REPORT_UNKNOWN]);
	if (n[REPORT_WRONG] > 0)
		str_addf(out, "<span class=\"tag bad\">%zu to look at</span>\n", n[REPORT_WRONG]);
	if (r->journal.fault.kind == ERR_NONE) {
		str_addf(out, "<span class=\"tag good\">journal holds, %" PRIu64 " entries</span></p>\n",
			r->journal.entries);
		return;
	}
	str_add(out, "<span class=\"tag bad\">the journal does not hold</span></p>\n<p class=\"bad\">");
	html_add(out, r->journal.fault.reason);
	str_add(out, "</p>\n");
}

void
report_html(struct cli *c, const struct report *r, struct str *out)
{
	str_add(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		     "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
		     "<meta name=\"referrer\" content=\"no-referrer\">\n<title>Jails of ");
	html_add(out, r->host);
	str_addf(out, "</title>\n<style>\n%s</style></head><body>\n", report_style);
	add_summary(out, r);
	for (size_t i = 0; i < r->njails; i++)
		add_jail(c, out, &r->jails[i]);
	for (size_t i = 0; i < r->nbases; i++)
		add_base(out, &r->bases[i]);
	str_add(out, "<p class=\"soft\">warder " WARDER_VERSION "</p>\n</body></html>\n");
}
