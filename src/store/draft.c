/*
 * Owns the making, finding and removing of drafts; publishing is in draft_publish.c.
 */
#include "store/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/tree.h"
#include "store/internal.h"

enum { DRAFT_META_MAX = 4096 };

/* The description of a skeleton's draft lies beside it, that of a base's in it: a base's directory is the generation.
 */
static const struct place {
	const char *dir, *meta; /* "skel/%s" in .warder; relative to that */
	int (*link_read)(const struct store *s, const char *name, unsigned *ret, struct err *e);
	const char *resume, *discard;
} places[] = {
	[DRAFT_SKEL] = {"skel", "draft.meta", skel_link_read, "warder manage --resume", "warder manage --discard"},
	[DRAFT_BASE] = {"base", "draft/draft.meta", base_link_read, "warder base edit --resume",
		"warder base edit --discard"},
};

static const struct kv_row rows[] = {
	{"from", KV_UINT, offsetof(struct draft, from), 0},
	{"base_from", KV_UINT, offsetof(struct draft, base_from), 0},
	{"started", KV_I64, offsetof(struct draft, started), 0},
};
enum { NROWS = sizeof(rows) / sizeof(*rows) };

int
store_draft_dir(const struct store *s, enum draft_kind kind, const char *name, struct err *e)
{
	char path[STORE_PATH];

	if (store_check_name(name, "open draft", e) < 0)
		return -1;
	return store_dir_open(s->dotfd, store_path(path, "%s/%s", places[kind].dir, name), e);
}

int
store_draft_find(const struct store *s, enum draft_kind kind, const char *name, struct draft *ret, bool *ret_found,
	struct err *e)
{
	struct draft d = {.kind = kind, .name = name};
	struct arena a = {0};
	struct stat st;
	struct err damaged;
	char *text = NULL;
	fd_auto dir = store_draft_dir(s, kind, name, e);

	if (dir < 0)
		return -1;
	*ret_found = fstatat(dir, "draft", &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (!*ret_found)
		return errno == ENOENT ? 0 : err_sys(e, "stat", "draft");
	int r = file_read(dir, places[kind].meta, DRAFT_META_MAX, &a, &text, NULL, e);
	/* A crash of the machine may leave it empty or without any: then nobody knows what the draft is of. */
	if (r == 0 && (text == NULL || kv_parse(rows, NROWS, text, places[kind].meta, &d, &damaged) < 0))
		d = (struct draft){.kind = kind, .name = name};
	arena_done(&a);
	if (r == 0)
		*ret = d;
	return r;
}

static int
refuse_second(const struct store *s, enum draft_kind kind, const char *name, struct err *e)
{
	struct draft old = {0};
	bool found;

	if (store_draft_find(s, kind, name, &old, &found, e) < 0)
		return -1;
	if (!found)
		return 0;
	err_set(e, ERR_FAILED, "make", "draft", "there is one already, of generation %u", old.from);
	return err_hint(e, "%s %s, or %s %s", places[kind].resume, name, places[kind].discard, name);
}

/* The generation that the draft begins as. */
static int
origin_find(const struct store *s, struct draft *d, struct err *e)
{
	char path[STORE_PATH];
	struct skel_meta m;

	if (places[d->kind].link_read(s, d->name, &d->from, e) < 0)
		return -1;
	if (d->from == 0)
		return err_set(e, ERR_FAILED, "find", d->name,
			d->kind == DRAFT_SKEL ? "there is no such jail" : "there is no such base");
	if (d->kind == DRAFT_BASE)
		return 0;
	if (skel_meta_read(s->dotfd, store_path(path, "skel/%s/%u.meta", d->name, d->from), &m, e) < 0)
		return -1;
	d->base_from = m.base_generation;
	return 0;
}

static int
describe(int dir, const struct draft *d, struct err *e)
{
	str_auto text = {0};

	kv_print(rows, NROWS, d, &text);
	/* Not synced: a draft is worth no wait for the disk, and what a crash of the machine leaves of it is told. */
	return file_write_volatile(dir, "draft.meta", str_text(&text), text.len, 0600, e);
}

/* What a killed copy left goes first.  The description is there before the name that says that there is a draft. */
static int
copy_and_name(int dir, const struct draft *d, struct progress *bar, struct err *e)
{
	char number[STORE_PATH];
	struct tree_copy_options o = {.bar = bar};
	fd_auto src = store_dir_open(dir, store_path(number, "%u", d->from), e);

	if (src < 0 || tree_remove(dir, "draft.tmp", e) < 0 || tree_copy(src, dir, "draft.tmp", &o, e) < 0)
		return -1;
	fd_auto made = store_dir_open(dir, "draft.tmp", e);
	if (made < 0 || describe(d->kind == DRAFT_SKEL ? dir : made, d, e) < 0)
		return -1;
	return store_rename_new(dir, "draft.tmp", "draft", e);
}

int
store_draft_make(const struct store *s, enum draft_kind kind, const char *name, struct progress *bar, struct draft *ret,
	struct err *e)
{
	struct draft d = {.kind = kind, .name = name, .started = time(NULL)};
	fd_auto dir = store_draft_dir(s, kind, name, e);

	if (dir < 0 || refuse_second(s, kind, name, e) < 0 || origin_find(s, &d, e) < 0 ||
		copy_and_name(dir, &d, bar, e) < 0)
		return -1;
	*ret = d;
	return 0;
}

/* Renamed first: a draft that is half gone is none. */
int
store_draft_remove(const struct store *s, enum draft_kind kind, const char *name, struct err *e)
{
	fd_auto dir = store_draft_dir(s, kind, name, e);

	if (dir < 0 || tree_remove(dir, "draft.tmp", e) < 0)
		return -1;
	if (renameat(dir, "draft", dir, "draft.tmp") < 0 && errno != ENOENT)
		return err_sys(e, "rename", "draft");
	if (tree_remove(dir, "draft.tmp", e) < 0)
		return -1;
	return kind == DRAFT_SKEL ? store_unlink(dir, "draft.meta", 0, e) : 0;
}

static int
tree_open(const struct store *s, const struct draft *d, const char *which, struct err *e)
{
	fd_auto dir = store_draft_dir(s, d->kind, d->name, e);

	return dir < 0 ? -1 : store_dir_open(dir, which, e);
}

int
store_draft_open(const struct store *s, const struct draft *d, struct err *e)
{
	return tree_open(s, d, "draft", e);
}

int
store_draft_open_origin(const struct store *s, const struct draft *d, struct err *e)
{
	char number[STORE_PATH];

	return tree_open(s, d, store_path(number, "%u", d->from), e);
}
