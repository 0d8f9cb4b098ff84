/*
 * Owns what a session is called, and the throwing away of its drafts: what both its course and its end need.
 */
#include "cli/session.h"

const char *
session_verb(const struct session *s)
{
	return s->kind == VIEW_SKEL   ? "warder manage"
	       : s->kind == VIEW_BASE ? "warder base edit"
				      : "warder manage --base";
}

const char *
session_name(const struct session *s)
{
	return s->kind == VIEW_BASE ? s->base : s->jail->name;
}

int
session_discard(struct cli *c, const struct session *s, const struct session_part *parts, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (store_draft_remove(&c->store, parts[i].draft.kind, parts[i].draft.name, e) == -1)
			return -1;
	return s->kind == VIEW_SKEL ? store_view_state_remove(&c->store, s->jail->name, e) : 0;
}
