/*
 * Bases: generations that are made beside the one in use and switched to by one rename of a link.
 *
 * A name with a dot in it is no name of a base and no number, so what is being made ("7.tmp") or removed
 * ("mroot.gone") is never taken for something whole, and whoever comes next clears it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/system.h"
#include "base/tree.h"
#include "store/internal.h"
#include "store/journal.h"
#include "store/seal.h"

enum { META_MAX = 16 << 20 };

int
store_base_meta_of(const struct store *s, const char *base, unsigned generation, struct arena *a,
	const struct base_meta **ret, struct err *e)
{
	char path[STORE_PATH], *text;
	size_t len;

	store_path(path, "base/%s/%u/meta.json", base, generation);
	if (file_read(s->dotfd, path, META_MAX, a, &text, &len, e) < 0)
		return -1;
	if (!text) {
		err_set(e, ERR_FAILED, "use base", base, "its generation %u is gone, or not whole", generation);
		return err_hint(e, "make it again with: warder base create %s", base);
	}
	struct base_meta *m = arena_alloc(a, sizeof(*m));
	if (meta_parse(text, len, path, a, m, e) < 0)
		return -1;
	if (strcmp(m->name, base) != 0 || m->generation != generation)
		return err_set(e, ERR_FAILED, "read", path, "it describes another base or generation");
	*ret = m;
	return 0;
}

int
store_base_meta(const struct store *s, const char *base, struct arena *a, const struct base_meta **ret, struct err *e)
{
	unsigned generation;

	if (store_check_name(base, "read base", e) < 0 || base_link_read(s, base, &generation, e) < 0)
		return -1;
	if (generation == 0) {
		err_set(e, ERR_FAILED, "use base", base, "there is no such base");
		return err_hint(e, "make it with: warder base create %s", base);
	}
	return store_base_meta_of(s, base, generation, a, ret, e);
}

/* Removes what a killed run left in the base's directory and finds the highest generation.  A draft is whoever's who
 * edits the base. */
static int
generations_tidy(int basefd, unsigned *ret_highest, struct err *e)
{
	struct arena a = {0};
	struct strv names;
	unsigned highest = 0;
	int r = store_names(basefd, ".", &a, &names, e);

	for (size_t i = 0; r == 0 && i < names.n; i++) {
		unsigned g = generation_parse(names.v[i]);
		if (g == 0 && !str_has_prefix(names.v[i], "draft"))
			r = tree_remove(basefd, names.v[i], e);
		else if (g > highest)
			highest = g;
	}
	arena_done(&a);
	if (r == 0)
		*ret_highest = highest;
	return r;
}

static int
gone_clear(const struct store *s, const char *base, struct err *e)
{
	char path[STORE_PATH];
	fd_auto bases = store_dir_open(s->dotfd, "base", e);

	return bases < 0 ? -1 : tree_remove(bases, store_path(path, "%s.gone", base), e);
}

static int
check_no_jail(const struct store *s, const char *base, struct err *e)
{
	char path[STORE_PATH];
	struct stat st;

	if (fstatat(s->rootfd, store_path(path, "j/%s", base), &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(e, "stat", path);
	return S_ISLNK(st.st_mode) ? 0 : err_set(e, ERR_CANTCREATE, "create base", base, "a jail has this name");
}

int
store_base_begin(const struct store *s, const char *base, unsigned *ret_generation, int *ret_dirfd, struct err *e)
{
	char path[STORE_PATH];
	unsigned highest = 0;

	if (store_check_name(base, "create base", e) < 0 || check_no_jail(s, base, e) < 0 ||
		gone_clear(s, base, e) < 0 || store_mkdir(s->dotfd, store_path(path, "base/%s", base), 0700, e) < 0)
		return -1;
	fd_auto basefd = store_dir_open(s->dotfd, path, e);
	if (basefd < 0 || generations_tidy(basefd, &highest, e) < 0)
		return -1;
	if (highest == UINT32_MAX)
		return err_set(e, ERR_CANTCREATE, "create base", base, "no generation number is left");
	if (store_mkdir(basefd, store_path(path, "%u.tmp", highest + 1), 0700, e) < 0)
		return -1;
	fd_auto dir = store_dir_open(basefd, path, e);
	if (dir < 0)
		return -1;
	*ret_generation = highest + 1;
	*ret_dirfd = fd_take(&dir);
	return 0;
}

/* dirfd must be the directory that begin made: what is renamed is what was filled. */
static int
check_same(int basefd, const char *tmp, int dirfd, struct err *e)
{
	struct stat a, b;

	if (fstatat(basefd, tmp, &a, AT_SYMLINK_NOFOLLOW) < 0 || fstat(dirfd, &b) < 0)
		return err_sys(e, "stat", tmp);
	if (a.st_dev != b.st_dev || a.st_ino != b.st_ino)
		return err_set(e, ERR_FAILED, "publish", tmp, "not the directory that was begun");
	return 0;
}

static int
meta_write(const struct base_meta *m, int dirfd, struct err *e)
{
	str_auto text = {0};

	meta_print(m, &text);
	return file_write(dirfd, "meta.json", str_text(&text), text.len, 0600, e);
}

/* What it was before, where that can be read, stops nothing. */
static void
entry_complete(const struct store *s, struct journal_entry *entry, const struct seal *after, struct arena *a)
{
	struct seal before;
	struct err ignored;
	bool had = entry->from != 0 && store_base_seal(s, entry->base, entry->from, a, &before, &ignored) == 0;

	journal_entry_change(entry, had ? &before : NULL, after);
}

static int
seal_whole(const struct store *s, const struct base_meta *m, int dirfd, struct journal_entry *entry, struct err *e)
{
	struct arena a = {0};
	struct seal seal;
	char place[STORE_PATH];
	int r = seal_make(dirfd, seal_base_skip, NULL, &a, &seal, e);

	if (r == 0)
		r = seal_write(
			s, &seal, dirfd, "seal", store_path(place, "base/%s/%u/seal", m->name, m->generation), e);
	if (r == 0 && entry)
		entry_complete(s, entry, &seal, &a);
	arena_done(&a);
	return r;
}

int
store_base_publish(
	const struct store *s, const struct base_meta *m, int dirfd, struct journal_entry *entry, struct err *e)
{
	char path[STORE_PATH], tmp[STORE_PATH], number[STORE_PATH];

	store_path(tmp, "%u.tmp", m->generation);
	store_path(number, "%u", m->generation);
	if (store_check_name(m->name, "publish base", e) < 0 || check_no_jail(s, m->name, e) < 0)
		return -1;
	fd_auto basefd = store_dir_open(s->dotfd, store_path(path, "base/%s", m->name), e);
	if (basefd < 0 || check_same(basefd, tmp, dirfd, e) < 0 || meta_write(m, dirfd, e) < 0 ||
		seal_whole(s, m, dirfd, entry, e) < 0)
		return -1;
	if (system_sync(dirfd) < 0)
		return err_sys(e, "sync", path);
	if (store_rename_new(basefd, tmp, number, e) < 0)
		return -1;
	if (fsync(basefd) < 0)
		return err_sys(e, "fsync", path);
	if (entry) {
		entry->to = m->generation;
		if (store_journal_begin(s, entry, e) < 0)
			return -1;
	}
	store_path(path, "../.warder/base/%s/%u/root", m->name, m->generation);
	return store_link_switch(s, "j", m->name, path, "base create", e);
}

int
store_base_abandon(const struct store *s, const char *base, unsigned generation, struct err *e)
{
	char path[STORE_PATH];
	unsigned used;

	if (store_check_name(base, "abandon base", e) < 0 || base_link_read(s, base, &used, e) < 0)
		return -1;
	fd_auto basefd = store_dir_open(s->dotfd, store_path(path, "base/%s", base), e);
	if (basefd < 0)
		return e->err_no == ENOENT ? 0 : -1;
	if (tree_remove(basefd, store_path(path, "%u.tmp", generation), e) < 0)
		return -1;
	if (generation != used && tree_remove(basefd, store_path(path, "%u", generation), e) < 0)
		return -1;
	/* The base's own directory goes with its first generation; with others in it, it stays. */
	if (unlinkat(s->dotfd, store_path(path, "base/%s", base), AT_REMOVEDIR) < 0)
		return errno == ENOTEMPTY || errno == EEXIST ? 0 : err_sys(e, "rmdir", path);
	return store_unlink(s->dotfd, store_path(path, "lock/base.%s", base), 0, e);
}

/* Names of created jails, and the base of each. */
static int
jails_and_bases(const struct store *s, struct arena *a, struct strv *jails, struct strv *bases, struct err *e)
{
	struct strv all;

	if (store_jails(s, a, &all, e) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++) {
		const char *base;
		if (store_jail_base(s, all.v[i], a, &base, e) < 0)
			return -1;
		strv_add(a, jails, all.v[i]);
		strv_add(a, bases, base);
	}
	return 0;
}

static int
row_fill(const struct store *s, const char *base, const struct strv *jails, const struct strv *bases, struct arena *a,
	struct base_row *row, struct err *e)
{
	char path[STORE_PATH];
	struct strv names;

	if (store_names(s->dotfd, store_path(path, "base/%s", base), a, &names, e) < 0 ||
		store_base_meta_of(s, base, row->generation, a, &row->meta, e) < 0)
		return -1;
	row->name = base;
	for (size_t i = 0; i < names.n; i++)
		row->ngenerations += generation_parse(names.v[i]) != 0;
	for (size_t i = 0; i < jails->n; i++)
		if (strcmp(bases->v[i], base) == 0)
			strv_add(a, &row->jails, jails->v[i]);
	return 0;
}

int
store_bases(const struct store *s, struct arena *a, struct base_row **ret, size_t *ret_n, struct err *e)
{
	struct strv names, jails = {0}, bases = {0};
	struct base_row *rows = NULL;
	size_t n = 0;

	if (store_names(s->dotfd, "base", a, &names, e) < 0 || jails_and_bases(s, a, &jails, &bases, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		struct base_row row = {0};
		if (!name_is_valid(names.v[i]))
			continue;
		if (base_link_read(s, names.v[i], &row.generation, e) < 0)
			return -1;
		if (row.generation == 0)
			continue;
		if (row_fill(s, names.v[i], &jails, &bases, a, &row, e) < 0)
			return -1;
		rows = arena_grow(a, rows, n, sizeof(*rows));
		rows[n++] = row;
	}
	*ret = rows;
	*ret_n = n;
	return 0;
}

/*
 * A jail that is being created is no jail yet, but reads the base: its claim is the directory "NAME.tmp".  If the
 * jail's lock can be had, its maker is dead, and the claim goes.
 */
static int
claims_check(const struct store *s, const char *base, struct arena *a, struct err *e)
{
	struct strv names;

	if (store_names(s->dotfd, "skel", a, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		char path[STORE_PATH];
		size_t len = strcspn(names.v[i], ".");
		const char *jail = arena_strndup(a, names.v[i], len);
		bool found;
		if (strcmp(names.v[i] + len, ".tmp") != 0)
			continue;
		fd_auto lock = -1;
		if (store_lock(s, store_path(path, "jail.%s", jail), "base remove", 0, &lock, e) == 0) {
			if (jail_clear_unfinished(s, jail, &found, e) < 0)
				return -1;
			continue;
		}
		if (e->kind != ERR_BUSY)
			return -1;
		return err_set(e, ERR_BUSY, "remove base", base, "jail %s is being created", jail);
	}
	return 0;
}

int
store_base_check_unused(const struct store *s, const char *base, struct err *e)
{
	struct arena a = {0};
	struct strv jails = {0}, bases = {0};
	str_auto users = {0};
	int r = jails_and_bases(s, &a, &jails, &bases, e);

	for (size_t i = 0; r == 0 && i < jails.n; i++)
		if (strcmp(bases.v[i], base) == 0)
			str_addf(&users, "%s%s", users.len ? ", " : "", jails.v[i]);
	arena_done(&a);
	if (r < 0 || users.len == 0)
		return r;
	err_set(e, ERR_BUSY, "remove base", base, "in use by %s", str_text(&users));
	return err_hint(e, "destroy the jails that use it first");
}

/* The link goes first: from then on the base is gone, and what is left is only space. */
static int
unpublish(const struct store *s, const char *base, struct err *e)
{
	char path[STORE_PATH], gone[STORE_PATH];
	unsigned generation;
	bool linked;
	fd_auto bases = store_dir_open(s->dotfd, "base", e);

	if (bases < 0 || base_link_read(s, base, &generation, e) < 0)
		return -1;
	linked = generation != 0;
	if (linked && store_unlink(s->rootfd, store_path(path, "j/%s", base), 0, e) < 0)
		return -1;
	if (tree_remove(bases, store_path(gone, "%s.gone", base), e) < 0)
		return -1;
	if (renameat(bases, base, bases, gone) == 0)
		return 0;
	if (errno != ENOENT)
		return err_sys(e, "rename", base);
	return linked ? 0 : err_set(e, ERR_FAILED, "remove base", base, "there is no such base");
}

int
store_base_remove(const struct store *s, const char *base, struct err *e)
{
	char path[STORE_PATH];
	struct arena a = {0};
	fd_auto lock = -1;

	if (store_check_name(base, "remove base", e) < 0 ||
		store_lock(s, "store", "base remove", STORE_WAIT_MS, &lock, e) < 0)
		return -1;
	int r = store_sweep(s, e) < 0 || store_base_check_unused(s, base, e) < 0 || claims_check(s, base, &a, e) < 0
			? -1
			: unpublish(s, base, e);
	arena_done(&a);
	fd_close(&lock);
	if (r < 0 || gone_clear(s, base, e) < 0 ||
		store_unlink(s->dotfd, store_path(path, "lock/edit.%s", base), 0, e) < 0)
		return -1;
	return store_unlink(s->dotfd, store_path(path, "lock/base.%s", base), 0, e);
}
