/*
 * The surface for programs: every set as an array of texts, whether or not it is empty.
 */
#include "base/json.h"
#include "cli/surface.h"
#include "model/caps.h"

static const char *const states[] = {[LEVEL_KEPT] = "kept", [LEVEL_GIVEN] = "given", [LEVEL_BROKEN] = "broken"};

static void
json_levels(struct json *j, struct cli *c, const struct surface_view *v)
{
	struct surface_level levels[SURFACE_NLEVELS];
	surface_levels(c, v, levels);
	json_array(j, "levels");
	for (size_t i = 0; i < SURFACE_NLEVELS; i++) {
		json_object(j, NULL);
		json_string(j, "level", levels[i].name);
		json_string(j, "what", levels[i].what);
		json_string(j, "state", states[levels[i].state]);
		json_strings(j, "why", &levels[i].why);
		json_object_end(j);
	}
	json_array_end(j);
}

static void
json_forced(struct json *j, uint64_t forced)
{
	json_array(j, "forced_capabilities");
	for (size_t i = 0; i < ncaps_table; i++)
		if (forced >> caps_table[i].number & 1)
			json_string(j, NULL, caps_table[i].name);
	json_array_end(j);
}

static void
json_mounts(struct json *j, const struct surface_view *v)
{
	json_array(j, "view");
	for (size_t i = 0; i < v->s.nmounts; i++) {
		const struct surface_mount *m = &v->s.mounts[i];
		str_auto flags = {0};
		mount_flags_print(m->flags, &flags);
		json_object(j, NULL);
		json_string(j, "target", m->target);
		json_string(j, "type", m->type);
		json_string(j, "plane", surface_plane(v, m->target));
		json_string(j, "flags", str_text(&flags));
		json_object_end(j);
	}
	json_array_end(j);
}

static void
json_facts(struct json *j, const struct facts *f)
{
	for (int k = 0; k < FACT_NKINDS; k++) {
		json_array(j, fact_rows[k].key);
		for (size_t i = 0; i < f->n; i++)
			if ((int)f->v[i].kind == k)
				json_string(j, NULL, f->v[i].text);
		json_array_end(j);
	}
}

static void
json_fact(struct json *j, const struct fact *f)
{
	json_string(j, "kind", fact_rows[f->kind].key);
	json_string(j, "text", f->text);
}

static void
json_comparison(struct json *j, const struct surface_view *v)
{
	json_array(j, "wider");
	for (size_t i = 0; i < v->c.nwider; i++) {
		json_object(j, NULL);
		json_fact(j, v->c.wider[i].fact);
		json_bool(j, "than_declared", v->c.wider[i].than[THAN_DECLARED]);
		json_bool(j, "than_recorded", v->c.wider[i].than[THAN_RECORDED]);
		json_object_end(j);
	}
	json_array_end(j);
	json_array(j, "missing_mounts");
	for (size_t i = 0; i < v->c.nmissing; i++)
		json_string(j, NULL, v->c.missing[i]->text);
	json_array_end(j);
	json_array(j, "narrower");
	for (size_t i = 0; i < v->c.nnarrower; i++) {
		json_object(j, NULL);
		json_fact(j, v->c.narrower[i]);
		json_object_end(j);
	}
	json_array_end(j);
}

static void
json_tried(struct json *j, const struct surface *s)
{
	json_array(j, "tried");
	for (size_t i = 0; i < s->ntried; i++) {
		json_object(j, NULL);
		json_string(j, "what", s->tried[i].what);
		json_uint(j, "count", s->tried[i].n);
		json_object_end(j);
	}
	json_array_end(j);
	json_array(j, "untried");
	for (size_t i = 0; i < s->nuntried; i++)
		json_string(j, NULL, s->untried[i].text);
	json_array_end(j);
}

void
surface_json(struct cli *c, const struct surface_view *v)
{
	struct json j = {0};
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_string(&j, "jail", v->jail->name);
	json_uint(&j, "base_generation", v->base_generation);
	json_uint(&j, "skel_generation", v->skel_generation);
	json_uint(&j, "milliseconds", v->ms);
	json_bool(&j, "as_expected", !surface_is_wider(v));
	json_levels(&j, c, v);
	json_forced(&j, v->jail->caps_forced);
	json_mounts(&j, v);
	json_object(&j, "facts");
	json_facts(&j, &v->s.facts);
	json_object_end(&j);
	json_tried(&j, &v->s);
	json_bool(&j, "recorded", v->record.text != NULL);
	json_string(&j, "record_fault", v->record.fault);
	json_comparison(&j, v);
	json_object_end(&j);
	cli_print_json(&j);
}
