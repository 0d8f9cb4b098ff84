/*
 * warder status: one jail in full, and an exit status for scripts: 0 running, 3 stopped or failed, 4 unknown; with
 * --health also 1, running and not well.
 */
#include <limits.h>
#include <string.h>
#include <time.h>

#include "cli/health.h"
#include "cli/row.h"
#include "cli/text.h"
#include "model/caps.h"

enum { STATUS_UNWELL = 1, STATUS_STOPPED = 3, STATUS_UNKNOWN = 4 };

static void
print_line(const char *key, const char *value)
{
	str_auto s = {0};
	str_addf(&s, "%-12s ", key);
	str_add_escaped(&s, value, strlen(value));
	puts(str_text(&s));
}

static void
print_running(const struct row *r)
{
	str_auto since = {0}, pid = {0}, service = {0};
	text_duration(time(NULL) - r->st.record.started, &since);
	str_addf(&pid, "%d", r->st.record.pid);
	print_line("pid", str_text(&pid));
	print_line("uptime", str_text(&since));
	if (r->st.service_pid != 0)
		str_addf(&service, "process %d inside the jail", r->st.service_pid);
	else
		str_add(&service, r->jail != NULL && r->jail->service.n == 0 ? "none declared" : "not running");
	print_line("service", str_text(&service));
}

static void
print_generation(const char *key, const char *name, unsigned generation)
{
	str_auto s = {0};
	str_add(&s, name);
	if (generation != 0)
		str_addf(&s, "%sgeneration %u", *name != '\0' ? ", " : "", generation);
	print_line(key, s.len > 0 ? str_text(&s) : "-");
}

static void
print_addresses(struct cli *c, const struct row *r)
{
	struct strv l = {0};
	row_addresses(r, &c->a, &l);
	for (size_t i = 0; i < l.n; i++)
		print_line("address", l.v[i]);
}

/* What the jail was started with if it runs, else what it would be started with. */
static uint64_t
forced_caps(const struct row *r)
{
	if (row_is_running(r))
		return r->st.record.caps_forced;
	return r->jail != NULL ? r->jail->caps_forced : 0;
}

static void
print_numbers(const struct row *r)
{
	str_auto ids = {0}, restarts = {0}, last = {0};
	str_addf(&restarts, "%u", r->st.restarts);
	print_line("restarts", str_text(&restarts));
	if (r->st.service_exit >= 0) {
		str_addf(&last, "%d", r->st.service_exit);
		print_line("last exit", str_text(&last));
	}
	if (r->id_base != 0) {
		str_addf(&ids, "%u to %u", r->id_base, r->id_base + ID_COUNT - 1);
		print_line("host ids", str_text(&ids));
	}
}

/* Of a failed jail, where its service's last exit does not say it. */
static const char *
reason(const struct row *r)
{
	return r->st.was_killed ? "pid 1 was killed" : NULL;
}

/* Of a running jail: those that are best effort and were not to be had. */
static struct strv
limits_lacking(const struct row *r, struct arena *a)
{
	struct strv names = {0};
	char *rest = arena_strdup(a, row_is_running(r) ? r->st.record.limits_lacking : "");
	for (const char *name; (name = strsep(&rest, ",")) != NULL && *name != '\0';)
		strv_add(a, &names, name);
	return names;
}

static void
print_lacking(struct cli *c, const struct row *r)
{
	str_auto text = {0};
	struct strv names = limits_lacking(r, &c->a);
	for (size_t i = 0; i < names.n; i++)
		str_addf(&text, "%s%s", i > 0 ? ", " : "", names.v[i]);
	if (names.n == 0)
		return;
	str_add(&text, " (not held: best-effort)");
	print_line("limits", str_text(&text));
}

static void
print_health(const struct health *h)
{
	str_auto text = {0};

	if (h->state == HEALTH_GOOD)
		str_add(&text, "good");
	else if (h->state == HEALTH_BAD)
		str_addf(&text, "bad: exec.health ended with %d", h->status);
	else if (h->state == HEALTH_UNDECLARED)
		str_add(&text, "nobody knows: exec.health is not declared");
	else
		str_add(&text, h->state == HEALTH_FAILED ? "could not be asked" : "-");
	print_line("health", str_text(&text));
}

static void
print_row(struct cli *c, const struct row *r, const struct health *h)
{
	print_line("jail", r->name);
	print_line("state", row_state(r));
	if (reason(r) != NULL)
		print_line("reason", reason(r));
	if (row_is_running(r))
		print_running(r);
	if (c->o.health)
		print_health(h);
	print_generation("base", r->base != NULL ? r->base : "", r->base_generation);
	print_generation("skeleton", "", r->skel_generation);
	print_addresses(c, r);
	print_numbers(r);
	print_lacking(c, r);
	if (forced_caps(r) != 0) {
		str_auto caps = {0};
		cap_mask_print(forced_caps(r), &caps);
		str_add(&caps, " (forced: outside of what a jail may have)");
		print_line("exceptions", str_text(&caps));
	}
	if (r->jail == NULL)
		print_line("note", "the configuration no longer declares it");
}

static void
json_forced(struct json *j, const struct row *r)
{
	json_array(j, "forced_capabilities");
	for (size_t i = 0; i < ncaps_table; i++)
		if (forced_caps(r) & UINT64_C(1) << caps_table[i].number)
			json_string(j, NULL, caps_table[i].name);
	json_array_end(j);
}

/* null where it was not asked. */
static void
json_health(struct json *j, const struct health *h)
{
	if (h->state == HEALTH_GOOD || h->state == HEALTH_BAD) {
		json_bool(j, "healthy", h->state == HEALTH_GOOD);
		json_int(j, "health_exit", h->status);
	} else {
		json_null(j, "healthy");
		json_null(j, "health_exit");
	}
}

static void
json_row(struct json *j, struct cli *c, const struct row *r, const struct health *h)
{
	json_object(j, NULL);
	row_json_fields(j, r, &c->a);
	json_string(j, "reason", reason(r));
	json_bool(j, "created", r->created);
	json_bool(j, "declared", r->jail != NULL);
	if (row_is_running(r) && r->st.service_pid != 0)
		json_int(j, "service_pid", r->st.service_pid);
	else
		json_null(j, "service_pid");
	if (r->st.service_exit >= 0)
		json_int(j, "last_exit", r->st.service_exit);
	else
		json_null(j, "last_exit");
	json_forced(j, r);
	struct strv lacking = limits_lacking(r, &c->a);
	json_strings(j, "limits_not_held", &lacking);
	json_health(j, h);
	json_object_end(j);
}

/* Unknown names are the point of status 4, and so no error of the command line; impossible ones are. */
static int
tell_unknown(const struct cli *c, const struct targets *t)
{
	int status = t->nfaults > 0 ? STATUS_UNKNOWN : 0;
	for (size_t i = 0; i < t->nfaults; i++)
		if (t->faults[i].kind == ERR_USAGE)
			status = err_exit_status(&t->faults[i]);
	if (!c->o.quiet || status != STATUS_UNKNOWN)
		targets_tell(t);
	return status;
}

static int
worst_state(const struct cli *c, const struct row *rows, const struct health *h, size_t n)
{
	int worst = 0;
	for (size_t i = 0; i < n; i++) {
		if (!row_is_running(&rows[i]))
			return STATUS_STOPPED;
		if (c->o.health && h[i].state != HEALTH_GOOD)
			worst = STATUS_UNWELL;
	}
	return worst;
}

static void
print_all(struct cli *c, const struct row *rows, const struct health *h, size_t n)
{
	for (size_t i = 0; i < n && !c->o.quiet; i++) {
		if (i > 0)
			putchar('\n');
		print_row(c, &rows[i], &h[i]);
	}
}

static void
print_json(struct cli *c, const struct row *rows, const struct health *h, size_t n)
{
	struct json j = {0};
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_array(&j, "jails");
	for (size_t i = 0; i < n; i++)
		json_row(&j, c, &rows[i], &h[i]);
	json_array_end(&j);
	json_object_end(&j);
	cli_print_json(&j);
}

static int
status_main(struct cli *c, struct err *e)
{
	struct targets t;
	size_t n;
	if (targets_find(c, false, &c->a, &t, e) == -1)
		return -1;
	int unknown = tell_unknown(c, &t);
	struct row *rows = arena_array(&c->a, t.n + 1, sizeof(*rows));
	int unread = rows_read(c, &t, rows, &n);
	struct health *h = arena_array(&c->a, t.n + 1, sizeof(*h));
	for (size_t i = 0; i < n && c->o.health; i++)
		health_ask(c, &rows[i], &h[i]);
	if (c->o.json)
		print_json(c, rows, h, n);
	else
		print_all(c, rows, h, n);
	if (unknown != 0 || unread != 0)
		return unknown != 0 ? unknown : unread;
	return worst_state(c, rows, h, n);
}

static const struct option_row options[] = {
	OPTION_ALL,
	{0, "health", NULL, OPT_FLAG, offsetof(struct options, health), 0,
		"run exec.health in each, as its service's user; 1 unless it ends with 0"},
};

const struct verb verb_status = {
	.name = "status",
	.operands = "JAIL...",
	.summary = "show jails; 0 running, 3 stopped or failed, 4 unknown",
	.text = "With -q it prints nothing and only exits.",
	.options = options,
	.noptions = sizeof(options) / sizeof(options[0]),
	.flags = VERB_WANTS | VERB_STORE | VERB_TARGETS | VERB_JSON,
	.min = 1,
	.max = UINT_MAX,
	.kind = OPERAND_JAIL,
	.run = status_main,
};
