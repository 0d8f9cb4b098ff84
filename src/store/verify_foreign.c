/*
 * Comparing a generation's tree with a manifest of another program.
 */
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/path.h"
#include "store/internal.h"
#include "store/verify_compare.h"

struct foreign {
	const struct mtree *m;
	size_t at;
	const char *const *skip; /* at the top, on both sides */
	const char *ignored;     /* what is beneath it is nobody's business; NULL */
	const char *missing;     /* the same: it is optional, and not there */
};

static bool
is_beneath(const char *path, const char *dir)
{
	size_t len = dir ? strlen(dir) : 0;

	return dir && (strcmp(dir, ".") == 0 || (strncmp(path, dir, len) == 0 && path[len] == '/'));
}

static bool
is_skipped(const struct foreign *f, const char *path)
{
	for (const char *const *s = f->skip; s && *s; s++)
		if (strcmp(*s, path) == 0)
			return true;
	return is_beneath(path, f->ignored) || is_beneath(path, f->missing);
}

static int
next(void *arg, struct seal_entry *ret, struct err *e)
{
	struct foreign *f = arg;

	while (f->at < f->m->n && is_skipped(f, f->m->v[f->at].v.path))
		f->at++;
	if (f->at == f->m->n)
		return 0;
	const struct mtree_entry *v = &f->m->v[f->at++];
	if (v->ignored)
		f->ignored = v->v.path;
	*ret = v->v;
	return 1;
}

/* The entry that is expected is the one before f->at. */
static bool
is_excused(void *arg, const struct seal_entry *expected, const char *found)
{
	struct foreign *f = arg;

	if (!expected)
		return is_beneath(found, f->ignored);
	if (!f->m->v[f->at - 1].optional)
		return false;
	f->missing = expected->path;
	return true;
}

static uint64_t
count_changes(const struct delta *d)
{
	uint64_t n = 0;

	for (size_t i = 0; i < CHANGE_NKINDS; i++)
		n += d->count[i];
	return n;
}

int
store_verify_foreign(const struct store *s, const struct verify_request *q, const struct mtree *m, struct progress *bar,
	struct arena *a, struct verify_result *ret, struct err *e)
{
	bool is_base = q->kind == DRAFT_BASE;
	char path[STORE_PATH];
	struct verify_result r = {.generation = q->generation, .entries = m->n};
	struct foreign f = {.m = m, .skip = is_base ? seal_base_skip : NULL};
	struct comparison c = {
		.next = next, .is_excused = is_excused, .arg = &f, .a = a, .r = &r, .threads = q->threads, .bar = bar};

	if (store_check_name(q->name, "verify", e) < 0 ||
		(r.generation == 0 && verify_used_read(s, q->kind, q->name, &r.generation, e) < 0))
		return -1;
	store_path(path, "%s/%s/%u", is_base ? "base" : "skel", q->name, r.generation);
	fd_auto tree = path_open_beneath(s->dotfd, path, PATH_ONLY | O_DIRECTORY, 0, e);
	if (tree < 0)
		return -1;
	progress_phase(bar, arena_printf(a, "%s%s", is_base ? "base " : "", q->name), r.entries);
	(void)!compare_tree(&c, tree, f.skip, &r.stopped);
	r.changes = count_changes(&r.delta);
	r.match = r.changes == 0 && r.stopped.kind == ERR_NONE;
	*ret = r;
	return 0;
}
