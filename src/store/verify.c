/*
 * Comparing a generation's tree with its manifest.
 */
#include "store/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/path.h"
#include "store/generations.h"
#include "store/internal.h"
#include "store/seal_key.h"
#include "store/seal_lines.h"
#include "store/seal_walk.h"
#include "store/verify_pool.h"
#include "store/verify_quick.h"

enum { LINKS_PER_TURN = 256 };

struct verifying {
	const struct store *s;
	enum draft_kind kind;
	const char *name;
	bool quick, untouched;
	unsigned threads;
	struct progress *bar;
	struct arena *a; /* of the result */
	struct verify_result r;
	struct verify_record record;
	/* the comparison */
	struct seal_reader manifest;
	bool malformed; /* the manifest is none */
	struct seal_walk walk;
	struct arena links; /* texts of links, given up now and then */
	unsigned nlinks;
	struct verify_pool *pool;
	struct quick_reader before;
	struct quick_writer after;
};

static void
add_fault(struct verifying *v, const char *text)
{
	strv_add(v->a, &v->r.faults, text);
}

/* ---- which generation ---- */

static void
check_used(struct verifying *v)
{
	if (v->record.used == v->r.generation)
		return;
	if (v->record.used == 0)
		add_fault(v, "the journal has no entry of it");
	else
		add_fault(v, arena_printf(v->a, "generation %u is in use, but the journal's last entry put %u to use",
				     v->r.generation, v->record.used));
}

/* ---- what differs ---- */

static const struct seal_entry *
entry_keep(const struct verifying *v, const struct seal_entry *entry)
{
	struct seal_entry *copy;

	if (!entry)
		return NULL;
	copy = arena_alloc(v->a, sizeof(*copy));
	*copy = *entry;
	copy->path = arena_strdup(v->a, entry->path);
	copy->link = entry->link ? arena_strdup(v->a, entry->link) : NULL;
	return copy;
}

static void
add_change(
	struct verifying *v, enum change_kind kind, const struct seal_entry *expected, const struct seal_entry *found)
{
	struct delta *d = &v->r.delta;

	d->count[kind]++;
	if (d->n == VERIFY_LISTED)
		return;
	d->v = arena_grow(v->a, d->v, d->n, sizeof(*d->v));
	d->v[d->n++] = (struct change){kind, entry_keep(v, expected), entry_keep(v, found)};
}

static void
judge(struct verifying *v, const struct seal_entry *expected, const struct seal_entry *found)
{
	enum change_kind kind;

	if (!found)
		add_change(v, CHANGE_REMOVED, expected, NULL);
	else if (!expected)
		add_change(v, CHANGE_ADDED, NULL, found);
	else if (seal_entry_differs(expected, found, &kind))
		add_change(v, kind, expected, found);
}

/* What another thread may do at the same moment. */
static void
judge_alone(struct verifying *v, const struct seal_entry *expected, const struct seal_entry *found)
{
	verify_pool_lock(v->pool);
	judge(v, expected, found);
	verify_pool_unlock(v->pool);
}

/* The pool's: of a file that it has read.  Hardly one differs, and threads that take turns for each would wait. */
static void
judge_file(void *arg, const struct seal_entry *expected, const struct seal_entry *found)
{
	struct verifying *v = arg;
	enum change_kind kind;

	__atomic_fetch_add(&v->r.bytes, found->size, __ATOMIC_RELAXED);
	if (!expected || seal_entry_differs(expected, found, &kind))
		judge_alone(v, expected, found);
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
hash_here(struct verifying *v, const struct seal_file *f, struct seal_entry *found, struct err *e)
{
	char *buf = malloc(SEAL_READ_SIZE);

	if (!buf)
		arena_out_of_memory();
	int r = seal_file_hash(f, found, "verify", buf, found->sha256, e);
	free(buf);
	__atomic_fetch_add(&v->r.bytes, found->size, __ATOMIC_RELAXED);
	return r;
}

/* The current entry of the walk; expected: what its manifest says, NULL: nothing. */
static int
look_at(struct verifying *v, const struct seal_entry *expected, struct err *e)
{
	struct seal_entry found;
	struct seal_file file;

	quick_add(&v->after, &v->walk);
	if (expected && v->before.f && quick_is_same(&v->before, &v->walk))
		return 0;
	if (S_ISREG(v->walk.st.stx_mode) && (!expected || expected->type == SEAL_FILE))
		return verify_pool_put(v->pool, &v->walk, expected);
	if (v->nlinks++ % LINKS_PER_TURN == 0)
		arena_done(&v->links);
	if (seal_walk_entry(&v->walk, &v->links, &found, &file, e) < 0)
		return -1;
	fd_auto fd = file.fd;
	if (fd >= 0 && hash_here(v, &file, &found, e) < 0)
		return -1;
	judge_alone(v, expected, &found);
	return 0;
}

struct sides {
	struct seal_entry expected;
	int more_expected, more_found; /* 1: there is one */
};

static int
next_expected(struct verifying *v, struct sides *x, struct err *e)
{
	progress_bytes(v->bar, __atomic_load_n(&v->r.bytes, __ATOMIC_RELAXED));
	progress_add(v->bar, 1);
	x->more_expected = seal_reader_next(&v->manifest, &x->expected, e);
	v->malformed = x->more_expected < 0 && e->err_no == 0;
	return x->more_expected;
}

static int
next_found(struct verifying *v, struct sides *x, struct err *e)
{
	x->more_found = seal_walk_next(&v->walk, e);
	return x->more_found;
}

static int
side_by_side(struct verifying *v, struct err *e)
{
	struct sides x;

	if (next_expected(v, &x, e) < 0 || next_found(v, &x, e) < 0)
		return -1;
	while (x.more_expected > 0 || x.more_found > 0) {
		int order = !x.more_expected ? 1
			    : !x.more_found  ? -1
					     : seal_order(x.expected.path, str_text(&v->walk.path));
		if (order < 0)
			judge_alone(v, &x.expected, NULL);
		else if (look_at(v, order == 0 ? &x.expected : NULL, e) < 0)
			return -1;
		if ((order <= 0 && next_expected(v, &x, e) < 0) || (order >= 0 && next_found(v, &x, e) < 0))
			return -1;
	}
	return 0;
}

/* ---- one generation ---- */

static int
walk_open(struct verifying *v, int tree, struct err *e)
{
	return seal_walk_open(&v->walk, tree, "verify", v->kind == DRAFT_BASE ? seal_base_skip : NULL, e);
}

/* 1: every entry is as it was when all were found as published; 0: some entry is not, or more or fewer are there. */
static int
is_untouched(struct verifying *v, int tree, struct err *e)
{
	int more, r = walk_open(v, tree, e);

	while (r == 0 && (more = seal_walk_next(&v->walk, e)) != 0) {
		progress_add(v->bar, 1);
		if (more < 0 || !quick_is_same(&v->before, &v->walk))
			r = more < 0 ? -1 : 1;
	}
	seal_walk_done(&v->walk);
	return r < 0 ? -1 : r == 0 && quick_at_end(&v->before);
}

static int
compare(struct verifying *v, int tree, struct err *e)
{
	struct err why = {0};
	int r;

	v->pool = verify_pool_new(v->threads, judge_file, v);
	r = walk_open(v, tree, &why);
	if (r == 0)
		r = side_by_side(v, &why);
	/* A file that could not be read stops the walk, which then has no error of its own. */
	if (verify_pool_end(v->pool, why.kind == ERR_NONE ? &why : &(struct err){0}) < 0)
		r = -1;
	progress_bytes(v->bar, v->r.bytes);
	seal_walk_done(&v->walk);
	arena_done(&v->links);
	if (v->r.delta.n > 1)
		qsort(v->r.delta.v, v->r.delta.n, sizeof(*v->r.delta.v), by_path);
	if (r < 0)
		*e = why;
	return r;
}

static void
phase(struct verifying *v)
{
	progress_phase(v->bar, arena_printf(v->a, "%s%s", v->kind == DRAFT_BASE ? "base " : "", v->name), v->r.entries);
}

/* All is looked at with what the last time left; only if something is not as it was, the manifest is gone through. */
static int
compare_quickly(struct verifying *v, int tree, int dir, const char *memory, const char *hash, struct err *e)
{
	int same;

	if (!quick_open(&v->before, dir, memory, hash))
		return compare(v, tree, e);
	same = is_untouched(v, tree, e);
	quick_close(&v->before);
	v->untouched = same > 0;
	if (same != 0)
		return same < 0 ? -1 : 0;
	phase(v);
	(void)!quick_open(&v->before, dir, memory, hash);
	int r = compare(v, tree, e);
	quick_close(&v->before);
	return r;
}

static uint64_t
count_changes(const struct verifying *v)
{
	uint64_t n = 0;

	for (size_t i = 0; i < CHANGE_NKINDS; i++)
		n += v->r.delta.count[i];
	return n;
}

/* False, with the fault, where the manifest is not the one that was published. */
static bool
check_manifest(struct verifying *v, const char *hash)
{
	if (v->record.hash[0] != '\0' && strcmp(v->record.hash, hash) == 0)
		return true;
	add_fault(v, v->record.hash[0] == '\0' ? "the journal has no entry of its manifest"
					       : "its manifest is not the one that was published");
	return false;
}

static int
compare_trusted(struct verifying *v, int tree, const char *hash, struct err *e)
{
	char dir[STORE_PATH], memory[STORE_PATH];
	int r;
	fd_auto beside = store_dir_open(
		v->s->dotfd, store_path(dir, "%s/%s", v->kind == DRAFT_SKEL ? "skel" : "base", v->name), e);

	if (beside < 0)
		return -1;
	store_path(memory, "%u.quick", v->r.generation);
	quick_begin(&v->after, beside, hash);
	r = v->quick ? compare_quickly(v, tree, beside, memory, hash, e) : compare(v, tree, e);
	/* Nothing was added where nothing was touched: what is there stays. */
	if (v->untouched)
		quick_drop(&v->after);
	else
		quick_end(&v->after, beside, memory, r == 0 && count_changes(v) == 0);
	return r;
}

/* A tree is compared also with a manifest that was edited: what that says now may tell what was done. */
static int
compare_with(struct verifying *v, int tree, int manifest, const char *subject, struct err *e)
{
	char hash[SHA256_HEX];

	if (seal_reader_open(&v->manifest, manifest, subject, hash, &v->r.entries, e) < 0)
		return -1;
	const char *fault;
	if (seal_signature_check(v->s, manifest, subject, &fault, e) < 0)
		return -1;
	if (fault)
		add_fault(v, fault);
	phase(v);
	if (check_manifest(v, hash)) {
		(void)!compare_trusted(v, tree, hash, &v->r.stopped);
		return 0;
	}
	if (compare(v, tree, &v->r.stopped) == 0 || !v->malformed)
		return 0;
	add_fault(v, arena_printf(v->a, "its manifest is none any more: %s", v->r.stopped.reason));
	v->r.stopped = (struct err){0};
	return 0;
}

static int
open_both(const struct verifying *v, int *ret_tree, int *ret_manifest, const char *subject, struct err *e)
{
	char path[STORE_PATH];

	store_path(path, "%s/%s/%u", v->kind == DRAFT_SKEL ? "skel" : "base", v->name, v->r.generation);
	*ret_tree = path_open_beneath(v->s->dotfd, path, O_PATH | O_DIRECTORY, 0, e);
	if (*ret_tree < 0)
		return -1;
	*ret_manifest = path_open_regular(v->s->dotfd, subject, e);
	return *ret_manifest < 0 ? -1 : 0;
}

static int
verify(struct verifying *v, struct err *e)
{
	char subject[STORE_PATH];
	int opened[2] = {-1, -1}, r;
	struct err why;

	store_path(subject, v->kind == DRAFT_SKEL ? "skel/%s/%u.mtree" : "base/%s/%u/seal", v->name, v->r.generation);
	r = open_both(v, &opened[0], &opened[1], subject, &why);
	fd_auto tree = opened[0], manifest = opened[1];
	if (r == 0)
		r = compare_with(v, tree, manifest, subject, e);
	else if (why.err_no == ENOENT || why.err_no == ELOOP || why.err_no == ENOTDIR || why.err_no == 0) {
		add_fault(v, tree < 0 ? "its tree is gone" : "its manifest is gone");
		r = 0;
	} else
		*e = why;
	seal_reader_done(&v->manifest);
	return r;
}

int
store_verify(const struct store *s, const struct verify_request *q, struct progress *bar, struct arena *a,
	struct verify_result *ret, struct err *e)
{
	struct verifying v = {
		.s = s, .kind = q->kind, .name = q->name, .quick = q->quick, .threads = q->threads, .bar = bar, .a = a};

	v.r.generation = q->generation;
	if (store_check_name(q->name, "verify", e) < 0)
		return -1;
	if (q->generation == 0 ? verify_record_of_used(s, q->kind, q->name, &v.r.generation, &v.record, e) < 0
			       : verify_record_find(s, q->kind, q->name, q->generation, &v.record, e) < 0)
		return -1;
	if (q->generation == 0)
		check_used(&v);
	if (verify(&v, e) < 0)
		return -1;
	v.r.changes = count_changes(&v);
	v.r.match = v.r.faults.n == 0 && v.r.changes == 0 && v.r.stopped.kind == ERR_NONE;
	*ret = v.r;
	return 0;
}

int
store_verify_bases(const struct store *s, struct arena *a, struct strv *ret, struct err *e)
{
	struct strv names, bases = {0};
	unsigned used;

	if (store_names(s->dotfd, "base", a, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		if (!name_is_valid(names.v[i]))
			continue;
		if (base_link_read(s, names.v[i], &used, e) < 0)
			return -1;
		if (used != 0)
			strv_add(a, &bases, names.v[i]);
	}
	*ret = bases;
	return 0;
}
