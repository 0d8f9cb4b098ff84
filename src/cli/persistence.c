/*
 * warder surface --persistence: what in a jail's state could bring code back after a restart or a rollback.
 */
#include "cli/persistence.h"

#include <inttypes.h>
#include <string.h>

#include "base/table.h"
#include "cli/results.h"
#include "cli/targets.h"
#include "cli/text.h"
#include "store/persistence.h"

enum { EXIT_FOUND = 2, SHOWN = 40 };

/* ---- for people ---- */

static void
add_kinds(unsigned kinds, struct str *out)
{
	for (size_t i = 0; i < PERSIST_NKINDS; i++)
		if (kinds >> i & 1)
			str_addf(out, "%s%s", out->len > 0 ? "," : "", persist_names[i]);
}

static void
print_paths(const struct persistence *p)
{
	for (size_t i = 0; i < p->n; i++) {
		str_auto line = {0};
		str_add_escaped(&line, p->v[i].path, strlen(p->v[i].path));
		puts(str_text(&line));
	}
}

static void
print_findings(struct cli *c, const struct persistence *p)
{
	static const char *const heads[] = {"WHAT", "FILE", "FIRST LINE"};
	size_t shown = c->o.verbose || p->n <= SHOWN ? p->n : SHOWN;
	struct table t;
	table_init(&t, &c->a, heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < shown; i++) {
		str_auto kinds = {0};
		add_kinds(p->v[i].kinds, &kinds);
		table_add(&t, arena_strdup(&c->a, str_text(&kinds)));
		table_add(&t, p->v[i].path);
		table_add(&t, p->v[i].detail);
	}
	if (shown > 0)
		table_print(&t, stdout, c->color);
	if (shown < p->found)
		printf("... and %" PRIu64 " more%s\n", p->found - shown, shown < p->n ? " (-v shows more)" : "");
}

static void
print_summary(const struct cli *c, const char *jail, const struct persistence *p)
{
	str_auto line = {0};
	str_addf(&line, "%s: ", jail);
	text_count(p->entries, &line);
	str_add(&line, " entries looked at, ");
	if (p->found == 0)
		str_add(&line, "nothing that could run by itself");
	for (size_t i = 0, n = 0; i < PERSIST_NKINDS; i++)
		if (p->counts[i] > 0)
			str_addf(&line, "%s%" PRIu64 " %s", n++ > 0 ? ", " : "", p->counts[i], persist_names[i]);
	cli_say(c, "%s", str_text(&line));
	if (p->names_are_full)
		cli_warn(jail, "its configuration names more files than are kept: \"included\" is not complete");
}

static void
print_text(struct cli *c, const char *jail, const struct persistence *p)
{
	if (c->o.quiet)
		print_paths(p);
	else
		print_findings(c, p);
	print_summary(c, jail, p);
	fflush(stdout);
	if (p->stopped.kind != ERR_NONE && p->found > 0)
		cli_error(&p->stopped, jail);
}

/* ---- for programs ---- */

static void
finding_json(struct json *j, const struct persist_finding *f)
{
	json_object(j, NULL);
	json_string(j, "path", f->path);
	json_array(j, "kinds");
	for (size_t i = 0; i < PERSIST_NKINDS; i++)
		if (f->kinds >> i & 1)
			json_string(j, NULL, persist_names[i]);
	json_array_end(j);
	json_string(j, "first_line", f->detail);
	json_uint(j, "mode", f->mode & 07777);
	json_uint(j, "uid", f->uid);
	json_uint(j, "gid", f->gid);
	json_uint(j, "size", f->size);
	json_time(j, "modified", f->modified);
	json_object_end(j);
}

static void
print_json(const char *jail, const struct persistence *p)
{
	struct json j = {0};
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_string(&j, "jail", jail);
	json_uint(&j, "entries", p->entries);
	json_uint(&j, "found", p->found);
	json_object(&j, "counts");
	for (size_t i = 0; i < PERSIST_NKINDS; i++)
		json_uint(&j, persist_names[i], p->counts[i]);
	json_object_end(&j);
	json_array(&j, "files");
	for (size_t i = 0; i < p->n; i++)
		finding_json(&j, &p->v[i]);
	json_array_end(&j);
	json_uint(&j, "unlisted", p->found - p->n);
	json_strings(&j, "left_out", &p->left_out);
	json_bool(&j, "included_is_complete", !p->names_are_full);
	json_bool(&j, "complete", p->stopped.kind == ERR_NONE);
	error_json(&j, &p->stopped);
	json_object_end(&j);
	cli_print_json(&j);
}

/* ---- the verb ---- */

int
persistence_main(struct cli *c, struct err *e)
{
	struct target t;
	struct jail_facts f;
	struct persistence p;
	if (target_single(c, true, &c->a, &t, e) == -1 || store_jail_facts(&c->store, t.jail, &c->a, &f, e) == -1 ||
		store_persistence(&c->store, t.jail, &f, &c->a, &p, e) == -1)
		return -1;
	if (c->o.json)
		print_json(t.name, &p);
	else
		print_text(c, t.name, &p);
	if (p.found > 0)
		return EXIT_FOUND;
	if (p.stopped.kind == ERR_NONE)
		return 0;
	*e = p.stopped;
	e->kind = ERR_FAILED; /* 1: could not tell */
	return -1;
}
