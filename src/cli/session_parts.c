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

int
session_check_origin(struct cli *c, const struct session *s, const struct draft *d, struct err *e)
{
	unsigned used;

	if ((d->kind == DRAFT_SKEL ? store_jail_generation(&c->store, d->name, &used, e)
				   : store_base_generation(&c->store, d->name, &used, e)) == -1)
		return -1;
	if (used == d->from)
		return 0;
	if (d->from == 0)
		err_set(e, ERR_FAILED, s->action, d->name,
			"a crash of the machine left the draft without its description");
	else
		err_set(e, ERR_FAILED, s->action, d->name, "the draft is of generation %u, but %u is in use now",
			d->from, used);
	return err_hint(e, "%s --discard %s, and begin again", session_verb(s), session_name(s));
}
