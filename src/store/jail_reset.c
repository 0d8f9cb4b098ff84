/*
 * A jail's state becomes pristine again.
 *
 * What is to be kept is linked, not moved, into the new state: a killed reset then never leaves it in a tree that the
 * next command removes.  Nobody writes to either of the two: the jail is stopped and its locks are held.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/rename.h"
#include "base/system.h"
#include "base/tree.h"
#include "store/jail_parts.h"
#include "store/locate.h"
#include "store/state.h"

struct reset {
	const struct store *s;
	const struct jail *j;
	const struct strv *keep;
	struct progress *bar;
	struct arena *a;
	struct jail_parts parts;
	int tdir, fresh;
	char tmp[STORE_PATH];
};

static int
check_kept(const struct jail_parts *p, const char *path, struct err *e)
{
	if (!path_is_clean_absolute(path) || !(path_contains("/var", path) || path_contains("/tmp", path))) {
		err_set(e, ERR_USAGE, "keep", path, "not a clean path under /var or /tmp");
		return err_hint(e, "only the state is reset; base and skeleton stay as they are");
	}
	if (pin_at(p->pins, p->npins, path))
		return err_set(e, ERR_USAGE, "keep", path, "it is pinned: not of the state, and not reset");
	return 0;
}

/* A path that lies in another one to keep is kept with it. */
static bool
is_kept_already(const struct strv *keep, size_t i)
{
	for (size_t k = 0; k < keep->n; k++)
		if (k != i && path_contains(keep->v[k], keep->v[i]) && (k < i || strcmp(keep->v[k], keep->v[i]) != 0))
			return true;
	return false;
}

static int
kept_open(const struct jail_parts *p, const char *path, struct stat *ret_st, struct err *e)
{
	struct err why;
	fd_auto fd = path_open_beneath(p->state, path + 1, PATH_ONLY | O_NOFOLLOW, 0, &why);

	if (fd < 0) {
		errno = why.err_no;
		err_sys(e, "keep", path);
		return errno == ENOENT ? err_set(e, ERR_FAILED, "keep", path, "the state has no such path") : -1;
	}
	return fstat(fd, ret_st) < 0 ? err_sys(e, "keep", path) : fd_take(&fd);
}

static int
measure(int fd, const struct stat *st, struct tree_size *ret, struct err *e)
{
	if (S_ISDIR(st->st_mode))
		return tree_measure(fd, ret, e);
	*ret = (struct tree_size){1, (uint64_t)st->st_blocks * 512};
	return 0;
}

static int
loss_of(const struct jail_parts *p, const struct strv *keep, struct reset_loss *ret, struct err *e)
{
	struct tree_size all, one;
	struct reset_loss loss = {0};
	struct stat st;

	for (size_t i = 0; i < keep->n; i++) {
		if (check_kept(p, keep->v[i], e) < 0)
			return -1;
		fd_auto fd = kept_open(p, keep->v[i], &st, e);
		if (fd < 0)
			return -1;
		if (is_kept_already(keep, i))
			continue;
		if (measure(fd, &st, &one, e) < 0)
			return -1;
		loss.kept_entries += one.entries;
		loss.kept_bytes += one.bytes;
	}
	if (tree_measure(p->state, &all, e) < 0)
		return -1;
	/* The top, var and tmp are not lost.  A file that has a name on both sides counts on both. */
	uint64_t stays = loss.kept_entries + 3;
	loss.entries = all.entries > stays ? all.entries - stays : 0;
	loss.bytes = all.bytes > loss.kept_bytes ? all.bytes - loss.kept_bytes : 0;
	*ret = loss;
	return 0;
}

int
store_reset_loss(
	const struct store *s, const struct jail *j, const struct strv *keep, struct reset_loss *ret, struct err *e)
{
	struct arena a = {0};
	struct jail_parts p;
	int r = jail_parts_open(s, j->name, &j->pins, &a, &p, e);

	if (r == 0) {
		r = loss_of(&p, keep, ret, e);
		jail_parts_close(&p);
	}
	arena_done(&a);
	return r;
}

static int
make_fresh(struct reset *r, struct err *e)
{
	if ((r->tdir = store_dir_open(r->s->rootfd, "t", e)) < 0 || tree_remove(r->tdir, r->tmp, e) < 0)
		return -1;
	r->fresh = state_make(r->tdir, r->tmp, r->parts.generation, r->parts.first, r->bar, e);
	return r->fresh < 0 ? -1 : 0;
}

/* The directory name of *fresh, made as that of *old is where it is missing; both go into it. */
static int
parent_enter(int *old, int *fresh, const char *name, struct err *e)
{
	struct stat st;
	fd_auto from = path_open_beneath(*old, name, PATH_ONLY | O_DIRECTORY, 0, e);

	if (from < 0)
		return -1;
	if (fstat(from, &st) < 0)
		return err_sys(e, "fstat", name);
	bool made = mkdirat(*fresh, name, 0700) == 0;
	if (!made && errno != EEXIST)
		return err_sys(e, "mkdir", name);
	fd_auto to = path_open_beneath(*fresh, name, O_RDONLY | O_DIRECTORY, 0, e);
	if (to < 0)
		return -1;
	if (made && (fchown(to, st.st_uid, st.st_gid) < 0 || fchmod(to, st.st_mode & 01777) < 0))
		return err_sys(e, "chown", name);
	fd_close(old);
	fd_close(fresh);
	*old = fd_take(&from);
	*fresh = fd_take(&to);
	return 0;
}

static int
keep_one(const struct reset *r, const char *path, struct err *e)
{
	struct tree_copy_options o = {.link_files = true, .bar = r->bar};
	const char *rest = path + 1, *slash;
	struct stat st;
	fd_auto old = path_open_beneath(r->parts.state, ".", PATH_ONLY | O_DIRECTORY, 0, e);
	fd_auto fresh = path_open_beneath(r->fresh, ".", PATH_ONLY | O_DIRECTORY, 0, e);
	fd_auto kept = kept_open(&r->parts, path, &st, e);

	if (old < 0 || fresh < 0 || kept < 0)
		return -1;
	for (; (slash = strchr(rest, '/')); rest = slash + 1)
		if (parent_enter(&old, &fresh, arena_strndup(r->a, rest, (size_t)(slash - rest)), e) < 0)
			return -1;
	return tree_remove(fresh, rest, e) < 0 ? -1 : tree_copy(kept, fresh, rest, &o, e);
}

static int
keep_all(struct reset *r, struct err *e)
{
	if (r->bar && r->keep->n)
		progress_phase(r->bar, "keeping files", 0);
	for (size_t i = 0; i < r->keep->n; i++) {
		if (check_kept(&r->parts, r->keep->v[i], e) < 0)
			return -1;
		if (!is_kept_already(r->keep, i) && keep_one(r, r->keep->v[i], e) < 0)
			return -1;
	}
	return 0;
}

static int
make_points(struct reset *r, struct err *e)
{
	return jail_pins_points(&r->parts, r->fresh, true, r->a, e);
}

/* The moment of the reset. */
static int
exchange(struct reset *r, struct err *e)
{
	if (system_sync(r->tdir) < 0)
		return err_sys(e, "sync", r->s->root);
	if (rename_exchange(r->tdir, r->tmp, r->j->name) < 0)
		return err_sys(e, "rename", r->tmp);
	return fsync(r->tdir) < 0 ? err_sys(e, "fsync", "t") : 0;
}

static int
remove_old(struct reset *r, struct err *e)
{
	if (r->bar)
		progress_phase(r->bar, "removing the old state", 0);
	return tree_remove(r->tdir, r->tmp, e);
}

static int (*const steps[])(struct reset *, struct err *) = {make_fresh, keep_all, make_points, exchange, remove_old};

/* Removes what has the name NAME.tmp, the new state or, after the exchange, the old one. */
static void
undo(const struct reset *r)
{
	struct err ignored;

	if (r->tdir >= 0) {
		int left = tree_remove(r->tdir, r->tmp, &ignored);
		(void)left; /* the next reset removes it */
	}
}

static int
check_stopped(const struct store *s, const char *jail, struct err *e)
{
	struct jail_status st;

	if (store_jail_status(s, jail, &st, e) < 0)
		return -1;
	if (st.state == JAIL_RUNNING || st.state == JAIL_STARTING)
		return err_set(e, ERR_BUSY, "reset", jail, "it is running as process %d", st.record.pid);
	return 0;
}

/* An exchange that a crash cut short, where it is more than one call. */
static int
settle(const struct store *s, const char *jail, struct err *e)
{
	char fresh[STORE_PATH], name[STORE_PATH];

	store_path(fresh, "t/%s.tmp", jail);
	store_path(name, "t/%s", jail);
	return rename_settle(s->rootfd, fresh, name) < 0 ? err_sys(e, "rename", name) : 0;
}

int
store_jail_reset(
	const struct store *s, const struct jail *j, const struct strv *keep, struct progress *bar, struct err *e)
{
	struct arena a = {0};
	struct reset r = {.s = s, .j = j, .keep = keep, .bar = bar, .a = &a, .tdir = -1, .fresh = -1};
	char what[STORE_PATH];
	fd_auto lock = -1;

	if (store_check_name(j->name, "reset", e) < 0 || check_stopped(s, j->name, e) < 0 ||
		store_lock(s, store_path(what, "state.%s", j->name), "reset", 0, &lock, e) < 0)
		return -1;
	store_path(r.tmp, "%s.tmp", j->name);
	if (settle(s, j->name, e) < 0)
		return -1;
	int result = jail_parts_open(s, j->name, &j->pins, &a, &r.parts, e);
	if (result == 0) {
		for (size_t i = 0; result == 0 && i < sizeof(steps) / sizeof(*steps); i++)
			result = steps[i](&r, e);
		jail_parts_close(&r.parts);
	}
	if (result < 0)
		undo(&r);
	fd_close(&r.fresh);
	fd_close(&r.tdir);
	arena_done(&a);
	return result;
}
