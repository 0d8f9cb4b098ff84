/*
 * Owns a jail's choice of its base's generation, and the completing of its skeleton by what that base brings.
 *
 * Three manifests decide, as in a three-way merge: what the base shipped when the jail was last offered its new files,
 * what it ships now, and what the jail has.  Only additions are carried out; merging is another matter.
 */
#include "store/base_use.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/str.h"
#include "base/tree.h"
#include "store/draft.h"
#include "store/internal.h"
#include "store/journal_line.h"
#include "store/verify.h"

static const char shipped[] = "skel/s/"; /* the pristine skeleton in a base's manifest */

static int
choice_write(const struct store *s, const char *jail, unsigned generation, struct err *e)
{
	char text[STORE_PATH], path[STORE_PATH];
	fd_auto dir = store_dir_open(s->dotfd, store_path(path, "skel/%s", jail), e);

	if (dir < 0)
		return -1;
	if (generation == 0)
		return store_unlink(dir, "base", 0, e);
	store_path(text, "%u\n", generation);
	return file_write(dir, "base", text, strlen(text), 0600, e);
}

/* The hash of what the entry's number stands for, where there is one. */
static void
choice_hash(const struct store *s, const char *base, unsigned generation, char ret[SHA256_HEX])
{
	char path[STORE_PATH];

	if (generation == 0 || journal_file_hash(s->dotfd, journal_manifest(path, NULL, base, generation), ret) < 0)
		ret[0] = '\0';
}

int
store_base_choose(const struct store *s, const char *jail, const char *base, unsigned generation, bool *ret_changed,
	struct err *e)
{
	struct journal_entry entry = {.action = journal_choice, .jail = jail, .base = base, .to = generation};
	struct verify_record record;
	struct err damaged;
	bool was_read;

	if (store_check_name(jail, "choose base", e) < 0 || verify_record_find(s, DRAFT_SKEL, jail, 0, &record, e) < 0)
		return -1;
	/* What cannot be read is replaced, too. */
	was_read = store_base_choice(s, jail, &entry.from, &damaged) == 0;
	*ret_changed = !was_read || entry.from != generation || record.choice != generation;
	if (!*ret_changed)
		return 0;
	choice_hash(s, base, entry.from, entry.before);
	choice_hash(s, base, generation, entry.after);
	return store_journal_begin(s, &entry, e) < 0 ? -1 : choice_write(s, jail, generation, e);
}

/* ---- what is new, and what changed ---- */

static int
by_path(const void *key, const void *entry)
{
	return seal_order(key, ((const struct seal_entry *)entry)->path);
}

static bool
has_path(const struct seal *s, const char *path)
{
	return s->n > 0 && bsearch(path, s->v, s->n, sizeof(*s->v), by_path) != NULL;
}

/* A file is added where its directory is, or is added too: a directory that the administrator removed stays away. */
static bool
has_place(const struct seal *own, const struct strv *added, const char *path, struct arena *a)
{
	const char *slash = strrchr(path, '/');
	const char *parent = slash ? arena_strndup(a, path, (size_t)(slash - path)) : ".";

	return has_path(own, parent) || strv_has(added, parent);
}

/* Pure: what the change of the base means to a jail whose skeleton is own. */
static void
sort_changes(const struct delta *d, const struct seal *own, struct arena *a, struct completion *ret)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct change *ch = &d->v[i];
		const struct seal_entry *after = ch->after;

		if (after == NULL || !str_has_prefix(after->path, shipped))
			continue;
		const char *path = after->path + strlen(shipped);
		if (ch->kind == CHANGE_ADDED && !has_path(own, path) && has_place(own, &ret->added, path, a))
			strv_add(a, &ret->added, path);
		else if (after->type != SEAL_DIR && has_path(own, path))
			strv_add(a, &ret->differing, path);
	}
}

static int
compare(const struct store *s, const char *jail, const char *base, unsigned generation, struct arena *a,
	struct completion *ret, struct err *e)
{
	struct seal old, new;
	struct skel_meta m;
	struct delta d;
	char path[STORE_PATH];

	if (skel_link_read(s, jail, &ret->from, e) < 0 ||
		skel_meta_read(s->dotfd, store_path(path, "skel/%s/%u.meta", jail, ret->from), &m, e) < 0 ||
		store_skel_seal(s, jail, ret->from, a, &ret->before, e) < 0 ||
		store_base_seal(s, base, m.offered, a, &old, e) < 0 ||
		store_base_seal(s, base, generation, a, &new, e) < 0)
		return -1;
	seal_diff(&old, &new, a, &d);
	sort_changes(&d, &ret->before, a, ret);
	return 0;
}

/* ---- additions ---- */

struct adding {
	const struct strv *paths;
};

/* What is not to be added is let alone, with all beneath: a directory that both have is not skipped. */
static bool
is_not_wanted(void *ctx, const char *path)
{
	const struct adding *w = ctx;
	size_t n = strlen(path);

	for (size_t i = 0; i < w->paths->n; i++) {
		const char *p = w->paths->v[i];

		if (strcmp(p, path) == 0 || (strncmp(p, path, n) == 0 && p[n] == '/'))
			return false;
	}
	return true;
}

static void
count_nothing(void *ctx, const char *path)
{
	(void)ctx;
	(void)path;
}

static int
add(const struct store *s, const struct draft *d, const char *base, unsigned generation, const struct strv *paths,
	struct err *e)
{
	struct adding w = {paths};
	const struct tree_copy_options copy = {0};
	const struct tree_merge m = {
		.copy = &copy, .stage = -1, .skip = is_not_wanted, .added = count_nothing, .ctx = &w};
	char path[STORE_PATH];
	uint64_t added;
	fd_auto src = path_open_beneath(
		s->dotfd, store_path(path, "base/%s/%u/skel/s", base, generation), O_RDONLY | O_DIRECTORY, 0, e);
	fd_auto dst = src < 0 ? -1 : store_draft_open(s, d, e);

	return dst < 0 ? -1 : tree_merge_missing(src, dst, &m, &added, e);
}

static int
seal_draft(const struct store *s, const struct draft *d, struct arena *a, struct seal *ret, struct err *e)
{
	fd_auto tree = store_draft_open(s, d, e);

	return tree < 0 ? -1 : seal_make(tree, NULL, NULL, a, ret, e);
}

static int
announce(const struct store *s, const struct draft *d, const char *base, const struct completion *c, struct err *e)
{
	struct journal_entry entry = {.action = "base use", .jail = d->name, .base = base, .from = d->from};

	journal_entry_change(&entry, &c->before, &c->after);
	return store_draft_number(s, d, &entry.to, e) < 0 ? -1 : store_journal_begin(s, &entry, e);
}

static int
complete(const struct store *s, const char *jail, const char *base, unsigned generation, struct arena *a,
	struct completion *ret, struct err *e)
{
	struct draft d;
	struct err second;

	if (store_draft_make(s, DRAFT_SKEL, jail, NULL, &d, e) < 0)
		return -1;
	if (add(s, &d, base, generation, &ret->added, e) == 0 && seal_draft(s, &d, a, &ret->after, e) == 0 &&
		announce(s, &d, base, ret, e) == 0 && store_draft_publish(s, &d, &ret->after, NULL, &ret->to, e) == 0)
		return 0;
	(void)!store_draft_remove(s, DRAFT_SKEL, jail, &second);
	return -1;
}

/* From now on only what is newer than this generation of the base is new. */
static int
remember_offer(const struct store *s, const char *jail, unsigned skel, unsigned generation, struct err *e)
{
	char name[STORE_PATH];
	struct skel_meta m;
	fd_auto dir = store_draft_dir(s, DRAFT_SKEL, jail, e);

	if (dir < 0 || skel_meta_read(dir, store_path(name, "%u.meta", skel), &m, e) < 0)
		return -1;
	if (m.offered == generation)
		return 0;
	m.offered = generation;
	return skel_meta_write(dir, name, &m, e);
}

int
store_skel_complete(const struct store *s, const char *jail, const char *base, unsigned generation, struct arena *a,
	struct completion *ret, struct err *e)
{
	struct completion c = {0};

	if (compare(s, jail, base, generation, a, &c, e) < 0)
		return -1;
	if (c.added.n > 0 && complete(s, jail, base, generation, a, &c, e) < 0)
		return -1;
	if (remember_offer(s, jail, c.to != 0 ? c.to : c.from, generation, e) < 0)
		return -1;
	*ret = c;
	return 0;
}
