/*
 * SIGKILL at the entry of any system call of a session's steps in the store (SECURITY.md R23): what is in use is an old
 * generation or a new one, described and sealed; a draft is whole or none; and the next session goes its way.
 */
#include "draft_fixture.h"

enum { CALLS_MAX = 20000, EACH = 120, STRIDE = 3 };

/* What the tests have in common: the kind at hand, for the victims. */
static enum draft_kind kind;

static const char *
name_of(void)
{
	return kind == DRAFT_SKEL ? "ns" : "mroot";
}

/* The draft's content is its origin's. */
static void
check_whole(const struct fixture *f, const struct draft *d, int n)
{
	struct arena a = {0};
	struct seal was, is;
	struct delta delta;
	const char *const *skip = kind == DRAFT_BASE ? seal_base_skip : NULL;
	fd_auto origin = ok(store_draft_open_origin(&f->s, d, E));
	fd_auto tree = ok(store_draft_open(&f->s, d, E));

	ok(seal_make(origin, skip, NULL, &a, &was, E));
	ok(seal_make(tree, skip, NULL, &a, &is, E));
	seal_diff(&was, &is, &a, &delta);
	if (delta.n != 0)
		fail_msg("killed at call %d: the draft is not its origin's copy", n);
	arena_done(&a);
}

/* The generation in use can be described, and is sealed as it is. */
static void
check_in_use(const struct fixture *f, int n)
{
	struct arena a = {0};
	struct seal seal, is;
	struct delta delta;
	const struct base_meta *m;
	unsigned used = draft_in_use(f, kind);
	struct draft d = {.kind = kind, .name = name_of(), .from = used};
	fd_auto tree = ok(store_draft_open_origin(&f->s, &d, E));

	assert_true(fixture_there(
		f->s.dotfd, arena_printf(&a, kind == DRAFT_SKEL ? "skel/ns/%u.mtree" : "base/mroot/%u/seal", used)));
	ok(kind == DRAFT_SKEL ? store_skel_seal(&f->s, "ns", used, &a, &seal, E)
			      : store_base_seal(&f->s, "mroot", used, &a, &seal, E));
	if (kind == DRAFT_BASE)
		ok(store_base_meta(&f->s, "mroot", &a, &m, E));
	ok(seal_make(tree, kind == DRAFT_BASE ? seal_base_skip : NULL, NULL, &a, &is, E));
	seal_diff(&seal, &is, &a, &delta);
	if (delta.n != 0)
		fail_msg("killed at call %d: generation %u is not as it was sealed", n, used);
	arena_done(&a);
}

static int
run_make(const struct fixture *f)
{
	struct draft d;

	return store_draft_make(&f->s, kind, name_of(), NULL, &d, E);
}

static int
run_remove(const struct fixture *f)
{
	return store_draft_remove(&f->s, kind, name_of(), E);
}

static int
run_publish(const struct fixture *f)
{
	struct draft d;
	bool found;
	unsigned number;

	if (store_draft_find(&f->s, kind, name_of(), &d, &found, E) < 0 || !found)
		return -1;
	return draft_publish(&f->s, &d, &number);
}

static int
run_complete(const struct fixture *f)
{
	struct arena a = {0};
	struct completion c;
	int r = store_skel_complete(&f->s, "ns", "mroot", 2, &a, &c, E);

	arena_done(&a);
	return r;
}

static int
next(int n)
{
	return n + (n < EACH ? 1 : STRIDE);
}

static void
make_killed(const struct fixture *f)
{
	struct draft d;
	bool killed = true;
	int n;

	for (n = 0; killed && n < CALLS_MAX; n = next(n)) {
		killed = killed_at(f, run_make, n);
		if (draft_is_there(f, kind, &d)) {
			assert_int_equal(d.from, 1);
			check_whole(f, &d, n);
		} else
			ok(run_make(f));
		assert_true(draft_is_there(f, kind, &d));
		ok(run_remove(f));
	}
	assert_in_range(n, 50, CALLS_MAX - 1);
}

static void
remove_killed(const struct fixture *f)
{
	struct arena a = {0};
	struct strv names;
	struct draft d;
	bool killed = true;
	int n;

	for (n = 0; killed && n < CALLS_MAX; n = next(n)) {
		ok(run_make(f));
		killed = killed_at(f, run_remove, n);
		if (draft_is_there(f, kind, &d))
			check_whole(f, &d, n);
		ok(run_remove(f));
		assert_false(draft_is_there(f, kind, &d));
	}
	assert_in_range(n, 20, CALLS_MAX - 1);
	ok(store_names(f->s.dotfd, kind == DRAFT_SKEL ? "skel/ns" : "base/mroot", &a, &names, E));
	for (size_t i = 0; i < names.n; i++)
		if (strncmp(names.v[i], "draft", 5) == 0)
			fail_msg("%s is left", names.v[i]);
	arena_done(&a);
}

static void
publish_killed(const struct fixture *f)
{
	struct draft d;
	bool killed = true;
	int n;

	for (n = 0; killed && n < CALLS_MAX; n = next(n)) {
		unsigned before = draft_in_use(f, kind);
		if (!draft_is_there(f, kind, &d) || d.from != before) {
			ok(run_remove(f));
			ok(run_make(f));
		}
		killed = killed_at(f, run_publish, n);
		check_in_use(f, n);
		assert_true(draft_in_use(f, kind) >= before);
		/* What is left goes on, or is thrown away. */
		if (n % 2 == 0 && draft_is_there(f, kind, &d) && d.from == draft_in_use(f, kind)) {
			ok(run_publish(f));
			assert_true(draft_in_use(f, kind) > before);
		} else
			ok(run_remove(f));
		check_in_use(f, n);
	}
	assert_in_range(n, 50, CALLS_MAX - 1);
}

static void
for_both(void **state, void (*each)(const struct fixture *f))
{
	struct fixture *f = fixture(state);

	draft_fixture(f);
	for (kind = DRAFT_SKEL; kind <= DRAFT_BASE; kind++)
		each(f);
}

static void
test_a_draft_that_is_killed_in_the_making_is_whole_or_none(void **state)
{
	for_both(state, make_killed);
}

static void
test_a_removal_that_was_killed_is_finished_by_the_next(void **state)
{
	for_both(state, remove_killed);
}

static void
test_a_publish_that_was_killed_leaves_the_old_generation_or_the_new_one(void **state)
{
	for_both(state, publish_killed);
}

/* The next completion adds what this one did not; what was added is there once. */
static void
test_a_completion_that_was_killed_is_made_up_for(void **state)
{
	struct fixture *f = fixture(state);
	bool killed = true;
	int n;

	kind = DRAFT_SKEL;
	draft_fixture(f);
	assert_int_equal(draft_commit(f, DRAFT_BASE, "skel/s/etc/new"), 2);
	for (n = 0; killed && n < CALLS_MAX; n = next(n)) {
		killed = killed_at(f, run_complete, n);
		check_in_use(f, n);
		/* A draft of its own is what a killed one may leave; whoever finds it throws it away. */
		ok(run_remove(f));
		ok(run_complete(f));
		check_in_use(f, n);
		assert_true(fixture_there(f->s.rootfd, "s/ns/etc/new"));
		/* As it was before, for the next: a jail that was never offered anything. */
		ok(store_skel_use(&f->s, "ns", 1, E));
	}
	assert_in_range(n, 50, CALLS_MAX - 1);
}

#define row(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		row(test_a_draft_that_is_killed_in_the_making_is_whole_or_none),
		row(test_a_removal_that_was_killed_is_finished_by_the_next),
		row(test_a_publish_that_was_killed_leaves_the_old_generation_or_the_new_one),
		row(test_a_completion_that_was_killed_is_made_up_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
