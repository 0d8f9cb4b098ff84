/*
 * Owns the step from a draft to a generation: everything that says what it is is on the disk before its number is, and
 * its number before the link that puts it to use.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/system.h"
#include "base/tree.h"
#include "store/draft.h"
#include "store/internal.h"

struct publishing {
	const struct store *s;
	const struct draft *d;
	const struct seal *seal;
	struct base_meta *m;
	int dir, tree; /* the directory of generations; the draft */
	unsigned number;
};

static int
number_find(int dir, unsigned *ret, struct err *e)
{
	struct arena a = {0};
	struct strv names;
	int r = store_names(dir, ".", &a, &names, e);
	unsigned highest = 0;

	for (size_t i = 0; r == 0 && i < names.n; i++) {
		unsigned g = generation_parse(names.v[i]);
		highest = g > highest ? g : highest;
	}
	arena_done(&a);
	*ret = highest + 1;
	return r;
}

int
store_draft_number(const struct store *s, const struct draft *d, unsigned *ret, struct err *e)
{
	fd_auto dir = store_draft_dir(s, d->kind, d->name, e);

	return dir < 0 ? -1 : number_find(dir, ret, e);
}

static int
describe_skel(struct publishing *p, struct err *e)
{
	struct skel_meta m;
	char name[STORE_PATH], place[STORE_PATH];

	if (skel_meta_read(p->dir, store_path(name, "%u.meta", p->d->from), &m, e) < 0)
		return -1;
	m.created = time(NULL);
	if (skel_meta_write(p->dir, store_path(name, "%u.meta", p->number), &m, e) < 0)
		return -1;
	store_path(place, "skel/%s/%u.mtree", p->d->name, p->number);
	return seal_write(p->s, p->seal, p->dir, store_path(name, "%u.mtree", p->number), place, e);
}

static int
describe_base(struct publishing *p, struct err *e)
{
	str_auto text = {0};
	char place[STORE_PATH];

	p->m->generation = p->number;
	p->m->created = time(NULL);
	meta_print(p->m, &text);
	if (file_write(p->tree, "meta.json", str_text(&text), text.len, 0600, e) < 0)
		return -1;
	store_path(place, "base/%s/%u/seal", p->d->name, p->number);
	return seal_write(p->s, p->seal, p->tree, "seal", place, e);
}

static int
name_it(struct publishing *p, struct err *e)
{
	char number[STORE_PATH];

	if (system_sync(p->tree) < 0)
		return err_sys(e, "sync", "draft");
	if (store_rename_new(p->dir, "draft", store_path(number, "%u", p->number), e) < 0)
		return -1;
	/* Of no use any more; the next draft writes its own. */
	if (store_unlink(p->d->kind == DRAFT_SKEL ? p->dir : p->tree, "draft.meta", 0, e) < 0)
		return -1;
	return fsync(p->dir) < 0 ? err_sys(e, "fsync", number) : 0;
}

static int
publish(struct publishing *p, struct err *e)
{
	if (number_find(p->dir, &p->number, e) < 0 ||
		(p->d->kind == DRAFT_SKEL ? describe_skel(p, e) : describe_base(p, e)) < 0 || name_it(p, e) < 0)
		return -1;
	return p->d->kind == DRAFT_SKEL ? store_skel_use(p->s, p->d->name, p->number, e)
					: store_base_use(p->s, p->d->name, p->number, e);
}

int
store_draft_publish(const struct store *s, const struct draft *d, const struct seal *seal, struct base_meta *m,
	unsigned *ret_generation, struct err *e)
{
	struct publishing p = {.s = s, .d = d, .seal = seal, .m = m, .dir = -1, .tree = -1};
	int r = -1;

	if ((p.dir = store_draft_dir(s, d->kind, d->name, e)) >= 0 && (p.tree = store_draft_open(s, d, e)) >= 0)
		r = publish(&p, e);
	fd_close(&p.tree);
	fd_close(&p.dir);
	if (r == 0)
		*ret_generation = p.number;
	return r;
}

/* ---- links ---- */

static int
check_there(const struct store *s, const char *path, const char *name, unsigned generation, struct err *e)
{
	if (path_look(s->dotfd, path) == 0)
		return 0;
	if (errno != ENOENT)
		return err_sys(e, "access", path);
	return err_set(e, ERR_FAILED, "use", name, "there is no generation %u", generation);
}

int
store_skel_use(const struct store *s, const char *jail, unsigned generation, struct err *e)
{
	char path[STORE_PATH];

	if (store_check_name(jail, "use", e) < 0 ||
		check_there(s, store_path(path, "skel/%s/%u", jail, generation), jail, generation, e) < 0)
		return -1;
	return store_link_switch(s, "s", jail, store_path(path, "../.warder/skel/%s/%u", jail, generation), "use", e);
}

int
store_base_use(const struct store *s, const char *base, unsigned generation, struct err *e)
{
	char path[STORE_PATH];

	if (store_check_name(base, "use", e) < 0 ||
		check_there(s, store_path(path, "base/%s/%u/meta.json", base, generation), base, generation, e) < 0)
		return -1;
	return store_link_switch(
		s, "j", base, store_path(path, "../.warder/base/%s/%u/root", base, generation), "use", e);
}
