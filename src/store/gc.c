/*
 * What uses a generation, and the two steps of removing one.
 */
#include "store/gc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/tree.h"
#include "store/generations.h"
#include "store/internal.h"

enum { TOLD_MAX = 4096 };
static const char gone[] = ".gone";

struct listing {
	const struct store *s;
	enum draft_kind kind;
	const char *name;
	struct arena *a;
	int dir; /* of the generations */
	struct gc_rows g;
	unsigned current; /* 0: there is no such jail or base */
};

/* True if there is such a generation. */
static bool
mark(struct listing *l, unsigned number, enum gc_use use)
{
	for (size_t i = 0; i < l->g.n; i++)
		if (l->g.v[i].number == number) {
			l->g.v[i].uses |= use;
			return true;
		}
	return false;
}

/* ---- what is there ---- */

/* As its description says; one without is as old as its name. */
static int
created_find(const struct listing *l, unsigned number, int64_t *ret, struct err *e)
{
	char path[STORE_PATH];
	const struct base_meta *base;
	struct skel_meta skel;
	struct stat st;
	struct err ignored;

	if (l->kind == DRAFT_SKEL && skel_meta_read(l->dir, store_path(path, "%u.meta", number), &skel, &ignored) == 0)
		*ret = skel.created;
	else if (l->kind == DRAFT_BASE && store_base_meta_of(l->s, l->name, number, l->a, &base, &ignored) == 0)
		*ret = base->created;
	else if (fstatat(l->dir, store_path(path, "%u", number), &st, AT_SYMLINK_NOFOLLOW) == 0)
		*ret = st.st_ctim.tv_sec;
	else
		return err_sys(e, "stat", path);
	return 0;
}

static int
rows_find(struct listing *l, struct err *e)
{
	struct generations all;

	if ((l->kind == DRAFT_SKEL ? store_skel_generations(l->s, l->name, l->a, &all, e)
				   : store_base_generations(l->s, l->name, l->a, &all, e)) < 0)
		return -1;
	l->g.v = arena_array(l->a, all.n + 1, sizeof(*l->g.v));
	for (l->g.n = 0; l->g.n < all.n; l->g.n++) {
		struct gc_row *x = &l->g.v[l->g.n];
		x->number = all.v[l->g.n];
		if (created_find(l, x->number, &x->created, e) < 0)
			return -1;
	}
	l->current = all.used;
	return 0;
}

/* ---- who uses it ---- */

static int
mark_links(struct listing *l, struct err *e)
{
	if (l->current == 0)
		return err_set(e, ERR_FAILED, "gc", l->name,
			l->kind == DRAFT_SKEL ? "there is no such jail" : "there is no such base");
	if (!mark(l, l->current, USE_CURRENT))
		return err_set(
			e, ERR_FAILED, "gc", l->name, "its link names generation %u, which is not there", l->current);
	for (size_t i = 1; i < l->g.n; i++)
		if (l->g.v[i].number == l->current)
			l->g.v[i - 1].uses |= USE_PREVIOUS;
	return 0;
}

static int
mark_draft(struct listing *l, struct err *e)
{
	struct draft d;
	bool found;

	if (store_draft_find(l->s, l->kind, l->name, &d, &found, e) < 0)
		return -1;
	if (found)
		mark(l, d.from, USE_DRAFT);
	return 0;
}

/* Of a skeleton that was replaced since the start, all that the jail may have had: the first is still mounted in it,
 * and of each one a process may have a directory open, or run a program. */
static int
mark_running(struct listing *l, const char *jail, struct err *e)
{
	struct jail_status st;
	const struct run_record *r = &st.record;

	if (store_jail_status(l->s, jail, &st, e) < 0)
		return -1;
	if (st.state == JAIL_STOPPED)
		return 0;
	mark(l, l->kind == DRAFT_SKEL ? r->skel_generation : r->base_generation, USE_RUNNING);
	for (size_t i = 0; l->kind == DRAFT_SKEL && r->skel_oldest > 0 && i < l->g.n; i++)
		if (l->g.v[i].number >= r->skel_oldest)
			l->g.v[i].uses |= USE_RUNNING;
	return 0;
}

/* skel/JAIL/base: the first number in it. */
static int
mark_told(struct listing *l, const char *jail, struct err *e)
{
	char path[STORE_PATH], *text;

	if (file_read(l->s->dotfd, store_path(path, "skel/%s/base", jail), TOLD_MAX, l->a, &text, NULL, e) < 0)
		return -1;
	if (!text)
		return 0;
	text += strcspn(text, "0123456789");
	text[strspn(text, "0123456789")] = '\0';
	unsigned number = generation_parse(text);
	if (number == 0)
		return err_set(e, ERR_FAILED, "read", path, "it names no generation");
	mark(l, number, USE_TOLD);
	return 0;
}

/* The ancestor of its skeleton in use, and of its draft. */
static int
mark_ancestors(struct listing *l, const char *jail, struct err *e)
{
	char path[STORE_PATH];
	unsigned current;
	struct skel_meta m;
	struct draft d;
	bool found;

	if (skel_link_read(l->s, jail, &current, e) < 0 ||
		skel_meta_read(l->s->dotfd, store_path(path, "skel/%s/%u.meta", jail, current), &m, e) < 0 ||
		store_draft_find(l->s, DRAFT_SKEL, jail, &d, &found, e) < 0)
		return -1;
	mark(l, m.base_generation, USE_ANCESTOR);
	mark(l, m.offered, USE_ANCESTOR);
	if (found)
		mark(l, d.base_from, USE_DRAFT);
	return 0;
}

/* A management view has the base that was in use when it was opened, which nothing says. */
static int
check_not_managed(const struct listing *l, const char *jail, struct err *e)
{
	char what[STORE_PATH];
	bool held;

	if (store_lock_is_held(l->s, store_path(what, "manage.%s", jail), &held, e) < 0)
		return -1;
	return held ? err_set(e, ERR_BUSY, "gc", l->name, "jail %s is being managed on it", jail) : 0;
}

static int
mark_jails(struct listing *l, struct err *e)
{
	struct strv jails;

	if (store_jails(l->s, l->a, &jails, e) < 0)
		return -1;
	for (size_t i = 0; i < jails.n; i++) {
		const char *base, *jail = jails.v[i];
		if (store_jail_base(l->s, jail, l->a, &base, e) < 0)
			return -1;
		if (strcmp(base, l->name) == 0 && (check_not_managed(l, jail, e) < 0 || mark_running(l, jail, e) < 0 ||
							  mark_told(l, jail, e) < 0 || mark_ancestors(l, jail, e) < 0))
			return -1;
	}
	return 0;
}

/* A jail that is being created is none yet, but copies from a base; what a killed create left needs nothing. */
static int
mark_claims(struct listing *l, struct err *e)
{
	char path[STORE_PATH];
	struct strv names;
	bool held;

	if (store_names(l->s->dotfd, "skel", l->a, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		struct skel_meta m;
		struct err ignored;
		size_t len = strcspn(names.v[i], ".");
		const char *jail = arena_strndup(l->a, names.v[i], len);
		if (strcmp(names.v[i] + len, ".tmp") != 0)
			continue;
		if (store_lock_is_held(l->s, store_path(path, "jail.%s", jail), &held, e) < 0)
			return -1;
		if (!held)
			continue;
		if (skel_meta_read(l->s->dotfd, store_path(path, "skel/%s/1.meta", names.v[i]), &m, &ignored) < 0)
			return err_set(e, ERR_BUSY, "gc", l->name, "jail %s is being created", jail);
		if (strcmp(m.base, l->name) == 0)
			mark(l, m.base_generation, USE_ANCESTOR);
	}
	return 0;
}

static int
list(struct listing *l, struct err *e)
{
	if (rows_find(l, e) < 0 || mark_links(l, e) < 0 || mark_draft(l, e) < 0)
		return -1;
	if (l->kind == DRAFT_SKEL)
		return mark_running(l, l->name, e);
	return mark_jails(l, e) < 0 ? -1 : mark_claims(l, e);
}

int
store_gc_rows(const struct store *s, enum draft_kind kind, const char *name, struct arena *a, struct gc_rows *ret,
	struct err *e)
{
	fd_auto dir = store_draft_dir(s, kind, name, e);
	struct listing l = {.s = s, .kind = kind, .name = name, .a = a, .dir = dir};

	if (dir < 0 || list(&l, e) < 0)
		return -1;
	*ret = l.g;
	return 0;
}

/* ---- removing ---- */

int
store_gc_drop(const struct store *s, enum draft_kind kind, const char *name, unsigned number, struct err *e)
{
	char from[STORE_PATH], to[STORE_PATH];
	fd_auto dir = store_draft_dir(s, kind, name, e);

	if (dir < 0)
		return -1;
	store_path(from, "%u", number);
	store_path(to, "%u%s", number, gone);
	if (tree_remove(dir, to, e) < 0)
		return -1;
	return store_rename_new(dir, from, to, e);
}

static bool
has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), len = strlen(suffix);

	return n > len && strcmp(name + n - len, suffix) == 0;
}

/* "7.meta", "7.mtree", "7.mtree.sig" of a skeleton, "7.quick" of either, that is not there.  A draft's are written
 * before its number is: with the locks held, none is being published. */
static bool
is_orphan(enum draft_kind kind, const struct strv *names, const char *name, struct arena *a)
{
	size_t len = strcspn(name, ".");
	const char *number = arena_strndup(a, name, len);

	if (generation_parse(number) == 0 || strv_has(names, number))
		return false;
	if (strcmp(name + len, ".quick") == 0)
		return true;
	return kind == DRAFT_SKEL && (strcmp(name + len, ".meta") == 0 || strcmp(name + len, ".mtree") == 0 ||
					     strcmp(name + len, ".mtree.sig") == 0);
}

int
store_gc_clear(const struct store *s, enum draft_kind kind, const char *name, struct err *e)
{
	struct arena a = {0};
	struct strv names;
	fd_auto dir = store_draft_dir(s, kind, name, e);
	int r = dir < 0 ? -1 : store_names(dir, ".", &a, &names, e);

	for (size_t i = 0; r == 0 && i < names.n; i++) {
		if (has_suffix(names.v[i], gone))
			r = tree_remove(dir, names.v[i], e);
		else if (is_orphan(kind, &names, names.v[i], &a))
			r = store_unlink(dir, names.v[i], 0, e);
	}
	arena_done(&a);
	return r;
}
