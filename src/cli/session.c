/*
 * Owns the course of a session up to the command's end: locks, drafts, view.
 */
#include "cli/session.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/life.h"
#include "image/edit.h"
#include "store/seal_key.h"

enum { MAX_PARTS = 2 };

struct course {
	struct cli *c;
	const struct session *s;
	struct session_part parts[MAX_PARTS];
	size_t n;
	bool has[MAX_PARTS]; /* that it had a draft already */
	int locks[MAX_PARTS];
	bool made; /* the drafts are this session's own and untouched: they go again if the view cannot be opened */
};

/* Which drafts: the base's first. */
static void
choose_parts(struct course *w)
{
	if (w->s->kind != VIEW_SKEL)
		w->parts[w->n++].draft = (struct draft){.kind = DRAFT_BASE, .name = w->s->base};
	if (w->s->kind != VIEW_BASE)
		w->parts[w->n++].draft = (struct draft){.kind = DRAFT_SKEL, .name = w->s->jail->name};
}

/* Without a terminal nobody can be asked at the end: that is said at the beginning. */
static int
check_ending(const struct cli *c, struct err *e)
{
	int ways = c->o.yes + c->o.keep + c->o.discard;
	bool answers = !c->o.json && isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;

	if (ways > 1)
		return err_set(e, ERR_USAGE, c->verb->name, NULL, "one of -y, --keep and --discard, not more");
	if (c->o.resume && c->o.discard)
		return err_set(e, ERR_USAGE, c->verb->name, NULL, "either --resume or --discard");
	if (ways == 1 || answers)
		return 0;
	err_set(e, ERR_USAGE, c->verb->name, NULL, "nobody to ask what becomes of the change: %s",
		c->o.json ? "JSON is for programs" : "not a terminal");
	return err_hint(e, "-y commits it, --keep keeps it as a draft, --discard throws it away");
}

static int
take_locks(struct course *w, struct err *e)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct draft *d = &w->parts[i].draft;
		const char *what = arena_printf(&w->c->a, "%s.%s", d->kind == DRAFT_SKEL ? "manage" : "edit", d->name);

		if (store_lock(&w->c->store, what, w->s->action, 0, &w->locks[i], e) == -1)
			return -1;
	}
	return 0;
}

/* No process of an earlier view writes into the drafts any more. */
static int
settle(const struct course *w, struct err *e)
{
	for (size_t i = 0; i < w->n; i++)
		if (store_draft_settle(&w->c->store, w->parts[i].draft.kind, w->parts[i].draft.name, e) == -1)
			return -1;
	return 0;
}

/* How many of the parts have a draft already. */
static int
find_drafts(struct course *w, size_t *ret, struct err *e)
{
	*ret = 0;
	for (size_t i = 0; i < w->n; i++) {
		struct draft *d = &w->parts[i].draft;

		if (store_draft_find(&w->c->store, d->kind, d->name, d, &w->has[i], e) == -1)
			return -1;
		*ret += w->has[i];
	}
	return 0;
}

/* What a base's draft has for the time of an edit. */
static int
put_guests(struct course *w, const struct draft *d, struct err *e)
{
	const struct store *store = &w->c->store;
	const struct base_meta *m;

	if (d->kind == DRAFT_SKEL)
		return 0;
	fd_auto tree = store_draft_open(store, d, e);
	fd_auto origin = tree == -1 ? -1 : store_draft_open_origin(store, d, e);
	if (origin == -1 || store_base_meta(store, d->name, &w->c->a, &m, e) == -1)
		return -1;
	return image_edit_begin(tree, origin, m->flavour, e);
}

static int
make_draft(struct course *w, struct session_part *part, struct progress *bar, struct err *e)
{
	struct draft *d = &part->draft;

	progress_phase(bar, d->kind == DRAFT_SKEL ? "copying skeleton" : "copying base", 0);
	return store_draft_make(&w->c->store, d->kind, d->name, bar, d, e) == -1 ? -1 : put_guests(w, d, e);
}

static int
make_drafts(struct course *w, struct err *e)
{
	struct progress bar;
	int r = 0;

	cli_progress(w->c, &bar);
	w->made = true;
	for (size_t i = 0; r == 0 && i < w->n; i++)
		r = make_draft(w, &w->parts[i], &bar, e);
	progress_done(&bar, r == 0);
	return r;
}

static int
no_draft(const struct course *w, struct err *e)
{
	err_set(e, ERR_FAILED, w->c->verb->name, session_name(w->s), "there is no draft");
	return err_hint(e, "%s %s makes one", session_verb(w->s), session_name(w->s));
}

static int
draft_in_the_way(const struct course *w, struct err *e)
{
	err_set(e, ERR_FAILED, w->c->verb->name, session_name(w->s), "there is a draft already");
	return err_hint(e, "go on with it: --resume; or throw it away: %s --discard %s", session_verb(w->s),
		session_name(w->s));
}

/* Of base and skeleton, that of another kind of session. */
static int
lone_draft(const struct course *w, struct err *e)
{
	const struct draft *d = &w->parts[w->has[0] ? 0 : 1].draft;
	bool is_base = d->kind == DRAFT_BASE;

	err_set(e, ERR_FAILED, w->c->verb->name, session_name(w->s), "there is a draft of the %s alone",
		is_base ? "base" : "skeleton");
	return err_hint(e, "finish it first: %s --resume %s, or --discard",
		is_base ? "warder base edit" : "warder manage", d->name);
}

/* Before the work, not after it: what a draft was begun from must be in use still (session_end looks again). */
static int
take_up(struct course *w, struct err *e)
{
	for (size_t i = 0; i < w->n; i++)
		if (session_check_origin(w->c, w->s, &w->parts[i].draft, e) == -1)
			return -1;
	for (size_t i = 0; i < w->n; i++)
		if (put_guests(w, &w->parts[i].draft, e) == -1)
			return -1;
	return 0;
}

static int
get_drafts(struct course *w, size_t found, struct err *e)
{
	if (found > 0 && found < w->n)
		return lone_draft(w, e);
	if (w->c->o.resume)
		return found == w->n ? take_up(w, e) : no_draft(w, e);
	return found > 0 ? draft_in_the_way(w, e) : make_drafts(w, e);
}

/* ---- the view ---- */

static int
make_plan(struct course *w, struct plan *ret, struct err *e)
{
	struct cli *c = w->c;
	const struct session *s = w->s;
	struct jail_facts *f = arena_alloc(&c->a, sizeof(*f));
	const struct view_options o = {s->kind, s->host_network, &s->command};
	int r = s->kind == VIEW_BASE ? store_view_facts_base(&c->store, s->base, !c->o.dry_run, &c->a, f, e)
				     : store_view_facts(&c->store, s->jail, s->kind == VIEW_SKEL_AND_BASE, &c->a, f, e);

	return r == -1 ? -1 : plan_build_view(s->jail, f, &o, &c->a, ret, e);
}

/* The command begins now: what is in the drafts from here on is somebody's work. */
static int
note_view(void *arg, int pid, struct err *e)
{
	struct course *w = arg;

	for (size_t i = 0; i < w->n; i++) {
		const struct draft *d = &w->parts[i].draft;

		if (store_draft_enter(&w->c->store, d->kind, d->name, pid, e) == -1)
			return -1;
	}
	w->made = false;
	return 0;
}

static int
run_view(struct course *w, int *ret_status, struct err *e)
{
	const struct session *s = w->s;
	struct plan plan;
	struct enter_request r = {
		.argv = s->command.n > 0 ? s->command.v : NULL,
		.tty = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1,
		.login = s->command.n == 0,
		.environment = s->environment,
		.opened = note_view,
		.arg = w,
	};

	if (make_plan(w, &plan, e) == -1)
		return -1;
	if (s->kind == VIEW_SKEL &&
		store_view_state_make(&w->c->store, s->jail, plan.facts->base, w->c->o.resume, e) == -1)
		return -1;
	return backend_native.manage(&w->c->store, &plan, &r, ret_status, e) == -1 ? -1 : settle(w, e);
}

/* With --json standard output is the object's: what the command prints goes to standard error. */
static int
run_view_aside(struct course *w, int *ret_status, struct err *e)
{
	fd_auto out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);

	if (out == -1 || dup2(STDERR_FILENO, STDOUT_FILENO) == -1)
		return err_sys(e, "dup", "standard output");
	int r = run_view(w, ret_status, e);
	if (dup2(out, STDOUT_FILENO) == -1)
		return r == -1 ? -1 : err_sys(e, "dup", "standard output");
	return r;
}

/* The drafts of a view that could not be opened say nothing. */
static int
forget(struct course *w)
{
	struct err second = {0};

	if (w->made && session_discard(w->c, w->s, w->parts, w->n, &second) == -1)
		cli_error(&second, session_name(w->s));
	return -1;
}

static int
command_failed(struct course *w, int status, struct err *e)
{
	if (w->c->o.discard)
		return session_discard(w->c, w->s, w->parts, w->n, e) == -1
			       ? -1
			       : err_set(e, ERR_FAILED, w->s->action, session_name(w->s),
					 "the command ended with %d; the change is discarded", status);
	err_set(e, ERR_FAILED, w->s->action, session_name(w->s), "the command ended with %d; its draft is kept",
		status);
	return err_hint(e, "%s --resume %s, or --discard", session_verb(w->s), session_name(w->s));
}

static int
discard_old(struct course *w, size_t found, struct session_result *ret, struct err *e)
{
	if (found == 0)
		return no_draft(w, e);
	ret->outcome = SESSION_DISCARDED;
	if (session_discard(w->c, w->s, w->parts, w->n, e) == -1)
		return -1;
	cli_say(w->c, "%s: the draft is discarded", session_name(w->s));
	return 0;
}

/* Where something failed after the command had begun, its work is there still, unless it was committed all the same. */
static int
say_kept(struct course *w)
{
	struct err ignored;
	size_t found;

	if (find_drafts(w, &found, &ignored) == 0 && found > 0)
		cli_warn(session_name(w->s), "the draft is kept: %s --resume %s, or --discard", session_verb(w->s),
			session_name(w->s));
	return -1;
}

static int
run(struct course *w, struct session_result *ret, struct err *e)
{
	int (*view)(struct course *, int *, struct err *) = w->c->o.json ? run_view_aside : run_view;
	size_t found;
	int status;

	if (take_locks(w, e) == -1 || settle(w, e) == -1 || find_drafts(w, &found, e) == -1)
		return -1;
	if (w->c->o.discard && w->s->command.n == 0)
		return discard_old(w, found, ret, e);
	if (store_key_check(&w->c->store, e) == -1)
		return -1;
	if (get_drafts(w, found, e) == -1)
		return forget(w);
	if (view(w, &status, e) == -1)
		return w->made ? forget(w) : say_kept(w);
	if (status != 0)
		return command_failed(w, status, e);
	int r = session_end(w->c, w->s, w->parts, w->n, ret, e);
	return r == -1 ? say_kept(w) : r;
}

static int
print_plan(struct course *w, struct err *e)
{
	struct plan plan;

	if (make_plan(w, &plan, e) == -1)
		return -1;
	life_print_plan(w->c, &plan);
	return 0;
}

static bool
reader_is_gone(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO};

	return ferror(stdout) != 0 && poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

int
session_run(struct cli *c, const struct session *s, struct err *e)
{
	struct course w = {.c = c, .s = s, .locks = {-1, -1}};
	struct session_result result = {0};
	int r;

	choose_parts(&w);
	if (c->o.dry_run)
		return print_plan(&w, e);
	/* Who reads what is printed may go away, and must not take the commit along. */
	void (*pipe_action)(int) = signal(SIGPIPE, SIG_IGN);
	r = check_ending(c, e) == -1 ? -1 : run(&w, &result, e);
	if (r == 0 && c->o.json)
		session_print_json(s, w.parts, w.n, &result);
	for (size_t i = 0; i < MAX_PARTS; i++)
		fd_close(&w.locks[i]);
	signal(SIGPIPE, pipe_action);
	if (reader_is_gone())
		raise(SIGPIPE);
	return r;
}
