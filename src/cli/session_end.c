/*
 * Owns what becomes of a session's drafts once the command has succeeded: looked at, shown, and committed, kept or
 * discarded.
 */
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "cli/base_edit.h"
#include "cli/delta.h"
#include "cli/record.h"
#include "cli/session.h"
#include "image/edit.h"

struct ending {
	struct cli *c;
	const struct session *s;
	struct session_part *parts;
	size_t n;
	struct session_result *result;
	struct base_meta meta; /* of the base's draft */
	struct err failure;    /* the first one after something was committed: it keeps nothing else from being done */
};

static void
take_failure(struct ending *w, const struct err *why)
{
	if (w->failure.kind == ERR_NONE)
		w->failure = *why;
	else
		cli_error(why, session_name(w->s));
}

/* ---- what changed ---- */

/* The guests go, and what every jail relies on must be there. */
static int
check_base(struct ending *w, int tree, int origin, struct err *e)
{
	const struct base_meta *m;

	if (store_base_meta(&w->c->store, w->s->base, &w->c->a, &m, e) == -1)
		return -1;
	w->meta = *m;
	if (image_edit_end(tree, origin, m->flavour, e) == -1)
		return -1;
	return image_edit_check(tree, &w->c->a, &w->meta, e);
}

static int
read_origin(struct ending *w, struct session_part *p, struct err *e)
{
	struct cli *c = w->c;
	const struct draft *d = &p->draft;

	return d->kind == DRAFT_SKEL ? store_skel_seal(&c->store, d->name, d->from, &c->a, &p->before, e)
				     : store_base_seal(&c->store, d->name, d->from, &c->a, &p->before, e);
}

static int
look_at(struct ending *w, struct session_part *p, struct progress *bar, struct err *e)
{
	struct cli *c = w->c;
	bool is_base = p->draft.kind == DRAFT_BASE;
	fd_auto tree = store_draft_open(&c->store, &p->draft, e);
	fd_auto origin = tree == -1 ? -1 : store_draft_open_origin(&c->store, &p->draft, e);

	if (origin == -1 || (is_base && check_base(w, tree, origin, e) == -1))
		return -1;
	progress_phase(bar, "hashing", 0);
	if (seal_make(tree, is_base ? seal_base_skip : NULL, bar, &c->a, &p->after, e) == -1 ||
		read_origin(w, p, e) == -1)
		return -1;
	seal_diff(&p->before, &p->after, &c->a, &p->delta);
	return 0;
}

static int
look_at_all(struct ending *w, struct err *e)
{
	struct progress bar;
	int r = 0;

	cli_progress(w->c, &bar);
	for (size_t i = 0; r == 0 && i < w->n; i++)
		r = look_at(w, &w->parts[i], &bar, e);
	progress_done(&bar, r == 0);
	return r;
}

static size_t
count_changes(const struct ending *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += w->parts[i].delta.n;
	return n;
}

static int
show(struct ending *w, struct err *e)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct session_part *p = &w->parts[i];

		if (p->delta.n == 0)
			continue;
		fd_auto tree = store_draft_open(&w->c->store, &p->draft, e);
		fd_auto origin = tree == -1 ? -1 : store_draft_open_origin(&w->c->store, &p->draft, e);
		if (origin == -1 || delta_show(w->c, &p->delta, p->draft.kind == DRAFT_BASE ? DELTA_WITHIN_BASE : NULL,
					    origin, tree, e) == -1)
			return -1;
	}
	return 0;
}

/* ---- commit ---- */

static int
publish(struct ending *w, struct session_part *p, struct err *e)
{
	struct err why = {0};
	struct base_meta *m = p->draft.kind == DRAFT_BASE ? &w->meta : NULL;
	struct journal_entry entry = {
		.action = w->s->action,
		.jail = p->draft.kind == DRAFT_SKEL ? p->draft.name : NULL,
		.base = p->draft.kind == DRAFT_BASE ? p->draft.name : NULL,
		.command = w->s->command,
		.from = p->draft.from,
	};

	journal_entry_change(&entry, &p->before, &p->after);
	if (store_draft_number(&w->c->store, &p->draft, &entry.to, e) == -1 ||
		store_journal_begin(&w->c->store, &entry, e) == -1 ||
		store_draft_publish(&w->c->store, &p->draft, &p->after, m, &p->to, e) == -1)
		return -1;
	if (record_end(w->c, &entry, &why) == -1)
		take_failure(w, &why);
	return 0;
}

static int
commit_part(struct ending *w, struct session_part *p, struct err *e)
{
	if (p->delta.n == 0)
		return store_draft_remove(&w->c->store, p->draft.kind, p->draft.name, e);
	return publish(w, p, e);
}

/* Directories that were made in the manager's /var are what the software expects: the jail gets what it lacks. */
static int
seed_state(struct ending *w, struct err *e)
{
	struct cli *c = w->c;
	const char *jail = w->s->jail->name;
	const char *path = arena_printf(&c->a, "skel/%s/draft.view/var", jail);
	const struct base_meta *m;
	fd_auto var = path_open_beneath(c->store.dotfd, path, O_RDONLY | O_DIRECTORY, 0, e);

	if (var == -1 || store_base_meta(&c->store, w->s->base, &c->a, &m, e) == -1 ||
		base_use_seed(c, jail, m, var, e) == -1)
		return -1;
	return store_view_state_remove(&c->store, jail, e);
}

/* What the jails that use the base need of its new generation. */
static int
tell_jails(struct ending *w, struct err *e)
{
	const char *own = w->s->kind == VIEW_BASE ? NULL : w->s->jail->name;

	return w->parts[0].to == 0 ? 0 : base_use_followers(w->c, w->s->base, w->parts[0].to, own, e);
}

static void
say_committed(const struct ending *w, const struct session_part *p)
{
	bool is_skel = p->draft.kind == DRAFT_SKEL;

	if (p->to == 0)
		return;
	cli_say(w->c, "%s%s: generation %u is committed, after %u%s%s", is_skel ? "" : "base ", p->draft.name, p->to,
		p->draft.from, is_skel ? "; in the jail: " : "", is_skel ? live_word(w->result->renewal) : "");
}

/* A skeleton that the jail cannot start on is kept as a draft, as the base is that no jail can use (check_base). */
static int
check_part(struct ending *w, const struct session_part *p, struct err *e)
{
	if (session_check_origin(w->c, w->s, &p->draft, e) == -1)
		return -1;
	return p->draft.kind == DRAFT_SKEL ? store_draft_check(&w->c->store, w->s->jail, &p->draft, e) : 0;
}

static int
keep(struct ending *w)
{
	w->result->outcome = SESSION_KEPT;
	cli_say(w->c, "%s: the draft is kept: %s --resume %s, or --discard", session_name(w->s), session_verb(w->s),
		session_name(w->s));
	return 0;
}

/* The base's part is the first; where the skeleton's fails after it, that stays a draft. */
static int
commit_parts(struct ending *w, struct err *e)
{
	struct err why = {0};
	bool any = false;

	for (size_t i = 0; i < w->n; i++) {
		if (commit_part(w, &w->parts[i], &why) == 0) {
			any |= w->parts[i].to != 0;
			continue;
		}
		if (any) {
			take_failure(w, &why);
			return 0;
		}
		*e = why;
		return -1;
	}
	return 0;
}

static void
renew(struct ending *w)
{
	const struct session_part *skel = &w->parts[w->n - 1];
	struct err why = {0};

	if (skel->draft.kind != DRAFT_SKEL || skel->to == 0)
		return;
	if (live_renew(w->c, w->s->jail, &w->result->renewal, &why) == -1)
		take_failure(w, &why);
	live_state(w->c, w->result->renewal);
}

static int
commit(struct ending *w, struct err *e)
{
	struct err why = {0};

	for (size_t i = 0; i < w->n; i++)
		if (check_part(w, &w->parts[i], e) == -1)
			return -1;
	if (commit_parts(w, e) == -1)
		return -1;
	w->result->outcome = SESSION_COMMITTED;
	renew(w);
	for (size_t i = 0; i < w->n; i++)
		say_committed(w, &w->parts[i]);
	int status = w->s->kind == VIEW_SKEL ? seed_state(w, &why) : tell_jails(w, &why);
	if (status == -1)
		take_failure(w, &why);
	if (w->failure.kind == ERR_NONE)
		return status;
	*e = w->failure;
	return -1;
}

static int
discard(struct ending *w, enum session_outcome outcome, struct err *e)
{
	w->result->outcome = outcome;
	if (session_discard(w->c, w->s, w->parts, w->n, e) == -1)
		return -1;
	cli_say(w->c, "%s: %s", session_name(w->s),
		outcome == SESSION_UNCHANGED ? "nothing was changed" : "the change is discarded");
	return 0;
}

/* In no draft; the manager's /var may still hold what the jail's is to get. */
static int
nothing_changed(struct ending *w, struct err *e)
{
	bool commits = !w->c->o.keep && !w->c->o.discard;

	if (w->s->kind == VIEW_SKEL && commits && seed_state(w, e) == -1)
		return -1;
	return discard(w, SESSION_UNCHANGED, e);
}

int
session_end(struct cli *c, const struct session *s, struct session_part *parts, size_t n, struct session_result *ret,
	struct err *e)
{
	struct ending w = {.c = c, .s = s, .parts = parts, .n = n, .result = ret};
	struct err no = {0}, unseen = {0};

	if (look_at_all(&w, e) == -1)
		return -1;
	if (count_changes(&w) == 0)
		return nothing_changed(&w, e);
	/* Whoever said -y does not wait to see it: "manage -y ... | head -1" commits. */
	if (!c->o.json && show(&w, c->o.yes ? &unseen : e) == -1 && !c->o.yes)
		return -1;
	if (c->o.keep)
		return keep(&w);
	if (c->o.discard)
		return discard(&w, SESSION_DISCARDED, e);
	if (cli_confirm(c, "Commit this?", &no) == -1)
		return keep(&w);
	return commit(&w, e);
}
