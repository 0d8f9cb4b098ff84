/*
 * A report for programs.
 */
#include "cli/delta.h"
#include "cli/report.h"
#include "cli/results.h"

static const char *const states[] = {[REPORT_FINE] = "fine", [REPORT_UNKNOWN] = "unknown", [REPORT_WRONG] = "wrong"};

static void
json_generations(struct json *j, const struct generations *g)
{
	json_array(j, "generations");
	for (size_t i = 0; i < g->n; i++)
		json_uint(j, NULL, g->v[i]);
	json_array_end(j);
	json_uint(j, "generation", g->used);
	json_bool(j, "draft", g->draft);
}

static void
json_check(struct json *j, const char *key, const struct report_check *k)
{
	if (k == NULL) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	json_string(j, "name", k->name);
	json_uint(j, "generation", k->r.generation);
	json_string(j, "state", states[report_state_of_check(k)]);
	json_uint(j, "entries", k->r.entries);
	json_strings(j, "faults", &k->r.faults);
	delta_json(j, "changes", &k->r.delta);
	json_uint(j, "unlisted", k->r.changes - k->r.delta.n);
	error_json(j, k->untold.kind != ERR_NONE ? &k->untold : &k->r.stopped);
	json_object_end(j);
}

static void
json_planes(struct json *j, const struct report_jail *r)
{
	const struct surface_view v = {.plan = &r->plan};
	json_array(j, "planes");
	for (size_t i = 0; i < r->plan.nops; i++) {
		const struct op *o = &r->plan.ops[i];
		str_auto flags = {0};
		if (o->kind != OP_MOUNT)
			continue;
		mount_flags_print(o->u.mount.flags, &flags);
		json_object(j, NULL);
		json_string(j, "target", o->u.mount.target);
		json_string(j, "plane", surface_plane(&v, o->u.mount.target));
		json_string(j, "flags", str_text(&flags));
		json_object_end(j);
	}
	json_array_end(j);
}

static void
json_surface(struct json *j, const struct report_jail *r)
{
	static const char *const words[] = {[LEVEL_KEPT] = "kept", [LEVEL_GIVEN] = "given", [LEVEL_BROKEN] = "broken"};
	if (!r->measured) {
		json_null(j, "surface");
		return;
	}
	json_object(j, "surface");
	json_bool(j, "wider", surface_is_wider(&r->view));
	json_object(j, "levels");
	for (size_t i = 0; i < SURFACE_NLEVELS; i++)
		json_string(j, r->levels[i].name, words[r->levels[i].state]);
	json_object_end(j);
	json_array(j, "excess");
	for (size_t i = 0; i < r->view.c.nwider; i++) {
		json_object(j, NULL);
		json_string(j, "kind", fact_rows[r->view.c.wider[i].fact->kind].key);
		json_string(j, "text", r->view.c.wider[i].fact->text);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static void
json_exceptions(struct json *j, const struct report_jail *r)
{
	json_array(j, "exceptions");
	for (size_t i = 0; i < r->nexceptions; i++) {
		const struct report_exception *x = &r->exceptions[i];
		json_object(j, NULL);
		json_string(j, "key", x->key);
		json_string(j, "value", x->value);
		json_string(j, "opens", x->gives);
		json_string(j, "file", x->at->file);
		json_uint(j, "line", x->at->line);
		json_object_end(j);
	}
	json_array_end(j);
}

static void
json_jail(struct json *j, struct cli *c, const struct report_jail *r)
{
	const struct err *why = r->unmeasured.kind != ERR_NONE ? &r->unmeasured : &r->unplanned;
	json_object(j, NULL);
	row_json_fields(j, &r->row, &c->a);
	json_string(j, "verdict", states[report_state_of_jail(r)]);
	json_strings(j, "drift", &r->drift);
	json_exceptions(j, r);
	json_surface(j, r);
	json_check(j, "skeleton_check", r->checks[0]);
	json_check(j, "base_check", r->checks[1]);
	json_planes(j, r);
	json_object(j, "skeleton");
	json_generations(j, &r->generations);
	json_object_end(j);
	json_array(j, "history");
	for (size_t i = 0; i < r->journal.n; i++)
		journal_entry_json(j, NULL, &r->journal.v[i]);
	json_array_end(j);
	error_json(j, why);
	json_object_end(j);
}

void
report_json(struct cli *c, const struct report *r, struct json *j)
{
	json_object(j, NULL);
	json_uint(j, "version", 1);
	json_time(j, "time", r->time);
	json_string(j, "host", r->host);
	json_string(j, "root", r->root);
	json_string(j, "verdict", states[report_state(r)]);
	json_string(j, "journal", r->journal.fault.kind == ERR_NONE ? NULL : r->journal.fault.reason);
	json_array(j, "jails");
	for (size_t i = 0; i < r->njails; i++)
		json_jail(j, c, &r->jails[i]);
	json_array_end(j);
	json_array(j, "bases");
	for (size_t i = 0; i < r->nbases; i++) {
		json_object(j, NULL);
		json_string(j, "name", r->bases[i].row.name);
		json_strings(j, "jails", &r->bases[i].row.jails);
		json_check(j, "check", r->bases[i].check);
		json_generations(j, &r->bases[i].generations);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}
