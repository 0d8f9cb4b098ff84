/*
 * Owns what a session came to, as JSON.
 */
#include "cli/delta.h"
#include "cli/session.h"

static const char *
outcome_word(enum session_outcome o)
{
	static const char *const words[] = {
		[SESSION_UNCHANGED] = "unchanged",
		[SESSION_COMMITTED] = "committed",
		[SESSION_KEPT] = "kept",
		[SESSION_DISCARDED] = "discarded",
	};

	return words[o];
}

static void
generation(struct json *j, const char *key, unsigned n)
{
	if (n == 0)
		json_null(j, key);
	else
		json_uint(j, key, n);
}

static void
part_json(struct json *j, const struct session_part *p)
{
	bool is_skel = p->draft.kind == DRAFT_SKEL;

	json_object(j, NULL);
	json_string(j, "jail", is_skel ? p->draft.name : NULL);
	json_string(j, "base", is_skel ? NULL : p->draft.name);
	generation(j, "from", p->draft.from);
	generation(j, "to", p->to);
	delta_json(j, "changes", &p->delta);
	json_object_end(j);
}

void
session_print_json(const struct session *s, const struct session_part *parts, size_t n, const struct session_result *r)
{
	bool renewed = false;
	struct json j = {0};

	for (size_t i = 0; i < n; i++)
		renewed |= parts[i].draft.kind == DRAFT_SKEL && parts[i].to != 0;

	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_string(&j, "action", s->action);
	json_string(&j, "jail", s->kind == VIEW_BASE ? NULL : s->jail->name);
	json_string(&j, "base", s->kind == VIEW_SKEL ? NULL : s->base);
	json_string(&j, "outcome", outcome_word(r->outcome));
	json_string(&j, "live", renewed ? live_word(r->renewal) : NULL);
	json_array(&j, "parts");
	for (size_t i = 0; i < n; i++)
		part_json(&j, &parts[i]);
	json_array_end(&j);
	json_object_end(&j);
	cli_print_json(&j);
}
