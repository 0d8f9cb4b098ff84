/*
 * Comparing a generation's tree with its manifest.
 */
#include "store/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/path.h"
#include "store/generations.h"
#include "store/internal.h"
#include "store/journal.h"
#include "store/seal_key.h"
#include "store/seal_lines.h"
#include "store/verify_compare.h"

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
	const char *fault = v->kind == DRAFT_SKEL ? verify_choice_fault(v->s, v->name, &v->record, v->a) : NULL;

	if (fault)
		add_fault(v, fault);
	if (v->record.used == v->r.generation)
		return;
	if (v->record.used == 0)
		add_fault(v, "the journal has no entry of it");
	else
		add_fault(v, arena_printf(v->a, "generation %u is in use, but the journal's last entry put %u to use",
				     v->r.generation, v->record.used));
}

/* ---- one generation ---- */

static const char *const *
skipped(const struct verifying *v)
{
	return v->kind == DRAFT_BASE ? seal_base_skip : NULL;
}

/* 1: every entry is as it was when all were found as published; 0: some entry is not, or more or fewer are there. */
static int
is_untouched(struct verifying *v, int tree, struct err *e)
{
	seal_walk_auto walk = {0};
	int more, r = seal_walk_open(&walk, tree, "verify", skipped(v), e);

	while (r == 0 && (more = seal_walk_next(&walk, e)) != 0) {
		progress_add(v->bar, 1);
		if (more < 0 || !quick_is_same(&v->before, &walk))
			r = more < 0 ? -1 : 1;
	}
	return r < 0 ? -1 : r == 0 && quick_at_end(&v->before);
}

static int
next_of_manifest(void *arg, struct seal_entry *ret, struct err *e)
{
	return seal_reader_next(arg, ret, e);
}

static int
compare(struct verifying *v, int tree, struct err *e)
{
	struct comparison c = {.next = next_of_manifest,
		.arg = &v->manifest,
		.a = v->a,
		.r = &v->r,
		.threads = v->threads,
		.bar = v->bar,
		.before = v->before.f ? &v->before : NULL,
		.after = &v->after};
	int r = compare_tree(&c, tree, skipped(v), e);

	v->malformed = c.malformed;
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
	if (seal_signature_check(v->s, subject, hash, &fault, e) < 0)
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
	*ret_tree = path_open_beneath(v->s->dotfd, path, PATH_ONLY | O_DIRECTORY, 0, e);
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
	bool is_skel = q->kind == DRAFT_SKEL;
	if (store_check_name(q->name, "verify", e) < 0 ||
		store_journal_recover(s, is_skel ? q->name : NULL, is_skel ? NULL : q->name, e) < 0)
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
