/*
 * The comparison of a tree.
 */
#include "store/verify_compare.h"

#include <stdlib.h>

#include "base/fd.h"

enum { LINKS_PER_TURN = 256 };

/* ---- what differs ---- */

static struct seal_entry *
entry_keep(const struct comparison *c, const struct seal_entry *entry)
{
	struct seal_entry *copy;

	if (!entry)
		return NULL;
	copy = arena_alloc(c->a, sizeof(*copy));
	*copy = *entry;
	copy->path = arena_strdup(c->a, entry->path);
	copy->link = entry->link ? arena_strdup(c->a, entry->link) : NULL;
	return copy;
}

static void
add_change(
	struct comparison *c, enum change_kind kind, const struct seal_entry *expected, const struct seal_entry *found)
{
	struct delta *d = &c->r->delta;
	struct seal_entry *kept;

	d->count[kind]++;
	if (d->n == VERIFY_LISTED)
		return;
	d->v = arena_grow(c->a, d->v, d->n, sizeof(*d->v));
	kept = entry_keep(c, expected);
	if (kept && found)
		seal_entry_fill(kept, found);
	d->v[d->n++] = (struct change){kind, kept, entry_keep(c, found)};
}

/* Only one side has it, and that is as it may be. */
static bool
is_excused(const struct comparison *c, const struct seal_entry *expected, const char *found)
{
	return c->is_excused && c->is_excused(c->arg, expected, found);
}

static void
judge(struct comparison *c, const struct seal_entry *expected, const struct seal_entry *found)
{
	enum change_kind kind;

	if (!found)
		add_change(c, CHANGE_REMOVED, expected, NULL);
	else if (!expected)
		add_change(c, CHANGE_ADDED, NULL, found);
	else if (seal_entry_differs(expected, found, &kind))
		add_change(c, kind, expected, found);
}

/* What another thread may do at the same moment. */
static void
judge_alone(struct comparison *c, const struct seal_entry *expected, const struct seal_entry *found)
{
	verify_pool_lock(c->pool);
	judge(c, expected, found);
	verify_pool_unlock(c->pool);
}

/* The pool's: of a file that it has read.  Hardly one differs, and threads that take turns for each would wait. */
static void
judge_file(void *arg, const struct seal_entry *expected, const struct seal_entry *found)
{
	struct comparison *c = arg;
	enum change_kind kind;

	__atomic_fetch_add(&c->r->bytes, found->size, __ATOMIC_RELAXED);
	if (!expected || seal_entry_differs(expected, found, &kind))
		judge_alone(c, expected, found);
}

static int
by_path(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	return seal_order((x->after ? x->after : x->before)->path, (y->after ? y->after : y->before)->path);
}

/* ---- side by side ---- */

/* A file in the place of something else. */
static int
hash_here(struct comparison *c, const struct seal_file *f, struct seal_entry *found, struct err *e)
{
	char *buf = malloc(SEAL_READ_SIZE);

	if (!buf)
		arena_out_of_memory();
	int r = seal_file_hash(f, found, "verify", buf, found->sha256, e);
	free(buf);
	__atomic_fetch_add(&c->r->bytes, found->size, __ATOMIC_RELAXED);
	return r;
}

/* The current entry of the walk; expected: what its manifest says, NULL: nothing. */
static int
look_at_one(struct comparison *c, const struct seal_entry *expected, struct err *e)
{
	struct seal_entry found;
	struct seal_file file;

	if (!expected && is_excused(c, NULL, str_text(&c->walk.path)))
		return 0;
	if (c->after)
		quick_add(c->after, &c->walk);
	if (expected && c->before && quick_is_same(c->before, &c->walk))
		return 0;
	if (S_ISREG(c->walk.look.st.st_mode) && (!expected || expected->type == SEAL_FILE))
		return verify_pool_put(c->pool, &c->walk, expected);
	if (c->nlinks++ % LINKS_PER_TURN == 0)
		arena_done(&c->links);
	if (seal_walk_entry(&c->walk, &c->links, &found, &file, e) < 0)
		return -1;
	fd_auto fd = file.fd;
	if (fd >= 0 && hash_here(c, &file, &found, e) < 0)
		return -1;
	judge_alone(c, expected, &found);
	return 0;
}

struct sides {
	struct seal_entry expected;
	int more_expected, more_found; /* 1: there is one */
};

static int
next_expected(struct comparison *c, struct sides *x, struct err *e)
{
	progress_bytes(c->bar, __atomic_load_n(&c->r->bytes, __ATOMIC_RELAXED));
	progress_add(c->bar, 1);
	x->more_expected = c->next(c->arg, &x->expected, e);
	c->malformed = x->more_expected < 0 && e->err_no == 0;
	return x->more_expected;
}

static int
next_found(struct comparison *c, struct sides *x, struct err *e)
{
	x->more_found = seal_walk_next(&c->walk, e);
	return x->more_found;
}

static int
side_by_side(struct comparison *c, struct err *e)
{
	struct sides x;

	if (next_expected(c, &x, e) < 0 || next_found(c, &x, e) < 0)
		return -1;
	while (x.more_expected > 0 || x.more_found > 0) {
		int order = !x.more_expected ? 1
			    : !x.more_found  ? -1
					     : seal_order(x.expected.path, str_text(&c->walk.path));
		if (order < 0 && !is_excused(c, &x.expected, NULL))
			judge_alone(c, &x.expected, NULL);
		else if (order >= 0 && look_at_one(c, order == 0 ? &x.expected : NULL, e) < 0)
			return -1;
		if ((order <= 0 && next_expected(c, &x, e) < 0) || (order >= 0 && next_found(c, &x, e) < 0))
			return -1;
	}
	return 0;
}

/* ---- all of it ---- */

int
compare_tree(struct comparison *c, int tree, const char *const *skip, struct err *e)
{
	struct delta *d = &c->r->delta;
	struct err why = {0};
	int r;

	c->pool = verify_pool_new(c->threads, judge_file, c);
	r = seal_walk_open(&c->walk, tree, "verify", skip, &why);
	if (r == 0)
		r = side_by_side(c, &why);
	/* A file that could not be read stops the walk, which then has no error of its own. */
	if (verify_pool_end(c->pool, why.kind == ERR_NONE ? &why : &(struct err){0}) < 0)
		r = -1;
	progress_bytes(c->bar, c->r->bytes);
	seal_walk_done(&c->walk);
	arena_done(&c->links);
	if (d->n > 1)
		qsort(d->v, d->n, sizeof(*d->v), by_path);
	if (r < 0)
		*e = why;
	return r;
}
