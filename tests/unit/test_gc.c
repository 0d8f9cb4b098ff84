/*
 * Which generations go, what keeps one, and that a killed gc leaves nothing that the next does not clear.
 */
#include "store/gc.h"
#include "store_killed.h"

enum { DAYS = 86400, NOW = 1800000000 };
static const struct keep newest_only = {1, 0};

/* ---- the decision ---- */

/* Generations 1, 2, ... of these ages in days, written as digits of what goes: "124". */
static void
goes(const int *days, size_t n, const unsigned *uses, struct keep keep, const char *want)
{
	struct gc_row v[16];
	struct gc_rows g = {v, n};
	bool ret[16];
	char got[32] = "";

	for (size_t i = 0; i < n; i++)
		v[i] = (struct gc_row){(unsigned)i + 1, NOW - (int64_t)days[i] * DAYS, uses ? uses[i] : 0};
	gc_choose(&g, &keep, NOW, ret);
	for (size_t i = 0; i < n; i++)
		if (ret[i])
			snprintf(got + strlen(got), 4, "%zu", i + 1);
	assert_string_equal(got, want);
}

static void
test_what_is_neither_new_nor_young_nor_used_goes(void **state)
{
	static const int ages[] = {90, 60, 31, 30, 29, 1, 0};
	static const unsigned used[] = {USE_RUNNING, 0, USE_TOLD, USE_PREVIOUS, USE_CURRENT, 0, 0};
	static const int future[] = {-5, -400, 0};

	goes(ages, 7, NULL, (struct keep){5, 30 * DAYS}, "12");
	goes(ages, 7, NULL, (struct keep){2, 30 * DAYS}, "1234");
	goes(ages, 7, NULL, (struct keep){1, 0}, "123456");
	goes(ages, 7, NULL, (struct keep){3, 0}, "1234");
	goes(ages, 7, NULL, (struct keep){1, 90 * DAYS}, "1");
	goes(ages, 7, NULL, (struct keep){1, 91 * DAYS}, "");
	goes(ages, 7, NULL, (struct keep){7, 0}, "");
	goes(ages, 7, NULL, (struct keep){1000000, 0}, "");
	goes(ages, 7, used, (struct keep){1, 0}, "26");
	goes(ages, 7, used, (struct keep){2, 0}, "2");
	goes(future, 3, NULL, (struct keep){1, DAYS}, "");
	goes(ages, 0, NULL, (struct keep){1, 0}, "");
}

static void
test_the_newest_number_is_never_free_again(void **state)
{
	static const int ages[] = {3, 2, 1};

	goes(ages, 3, NULL, (struct keep){0, 0}, "12");
}

static void
test_each_use_has_a_word(void **state)
{
	for (unsigned use = 1; use <= USE_DRAFT; use <<= 1)
		assert_non_null(gc_use_word(use));
	assert_null(gc_use_word(0));
}

/* ---- who uses what ---- */

/* A further generation of the skeleton, by the way that every one is made. */
static void
commit(const struct fixture *f, const char *jail)
{
	struct arena a = {0};
	struct draft d;
	struct seal seal;
	unsigned number;

	ok(store_draft_make(&f->s, DRAFT_SKEL, jail, NULL, &d, E));
	fd_auto tree = ok(store_draft_open(&f->s, &d, E));
	ok(seal_make(tree, NULL, NULL, &a, &seal, E));
	ok(store_draft_publish(&f->s, &d, &seal, NULL, &number, E));
	arena_done(&a);
}

static void
jail_with(const struct fixture *f, const char *name, unsigned ngenerations)
{
	struct jail j = fixture_jail(name);

	ok(store_jail_create(&f->s, &j, NULL, E));
	for (unsigned i = 1; i < ngenerations; i++)
		commit(f, name);
}

/* The uses of generation number, or UINT_MAX if it is not there. */
static unsigned
uses_of(const struct fixture *f, enum draft_kind kind, const char *name, unsigned number)
{
	struct arena a = {0};
	struct gc_rows g;
	unsigned uses = UINT32_MAX;

	ok(store_gc_rows(&f->s, kind, name, &a, &g, E));
	for (size_t i = 0; i < g.n; i++)
		if (g.v[i].number == number)
			uses = g.v[i].uses;
	arena_done(&a);
	return uses;
}

/* The record of a jail that runs: this process is its pid 1. */
static void
runs_with(const struct fixture *f, const char *jail, unsigned skel, unsigned base)
{
	struct run_record r = {.pid = getpid(), .skel_generation = skel, .base_generation = base};
	char text[1024], path[64], state;

	snprintf(path, sizeof(path), "/proc/%d/stat", r.pid);
	fd_auto fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	assert_true(n > 0);
	text[n] = '\0';
	assert_int_equal(proc_stat_parse(text, &state, &r.start_ticks), 0);
	ok(boot_id_read(r.boot_id, E));
	ok(store_run_write(&f->s, jail, &r, E));
}

static void
test_a_skeleton_in_use_before_that_running_or_drafted_from_is_marked(void **state)
{
	struct fixture *f = fixture(state);
	struct draft d;

	fixture_base(&f->s, "mroot");
	jail_with(f, "ns", 6);
	assert_int_equal(uses_of(f, DRAFT_SKEL, "ns", 6), USE_CURRENT);
	assert_int_equal(uses_of(f, DRAFT_SKEL, "ns", 5), USE_PREVIOUS);
	assert_int_equal(uses_of(f, DRAFT_SKEL, "ns", 4), 0);
	runs_with(f, "ns", 2, 1);
	assert_int_equal(uses_of(f, DRAFT_SKEL, "ns", 2), USE_RUNNING);
	ok(store_run_remove(&f->s, "ns", E));
	assert_int_equal(uses_of(f, DRAFT_SKEL, "ns", 2), 0);
	ok(store_draft_make(&f->s, DRAFT_SKEL, "ns", NULL, &d, E));
	ok(store_skel_use(&f->s, "ns", 4, E));
	assert_int_equal(uses_of(f, DRAFT_SKEL, "ns", 6), USE_DRAFT);
	assert_int_equal(uses_of(f, DRAFT_SKEL, "ns", 4), USE_CURRENT);
	assert_int_equal(uses_of(f, DRAFT_SKEL, "ns", 3), USE_PREVIOUS);
}

static void
test_a_base_that_any_jail_needs_is_marked(void **state)
{
	struct fixture *f = fixture(state);

	fixture_base(&f->s, "mroot");
	jail_with(f, "one", 1);
	fixture_base(&f->s, "mroot");
	jail_with(f, "two", 1);
	for (unsigned i = 3; i <= 8; i++)
		fixture_base(&f->s, "mroot");
	assert_int_equal(uses_of(f, DRAFT_BASE, "mroot", 1), USE_ANCESTOR);
	assert_int_equal(uses_of(f, DRAFT_BASE, "mroot", 2), USE_ANCESTOR);
	assert_int_equal(uses_of(f, DRAFT_BASE, "mroot", 3), 0);
	assert_int_equal(uses_of(f, DRAFT_BASE, "mroot", 7), USE_PREVIOUS);
	assert_int_equal(uses_of(f, DRAFT_BASE, "mroot", 8), USE_CURRENT);
	runs_with(f, "one", 1, 3);
	fixture_file(f->s.dotfd, "skel/two/base", "4\n");
	assert_int_equal(uses_of(f, DRAFT_BASE, "mroot", 3), USE_RUNNING);
	assert_int_equal(uses_of(f, DRAFT_BASE, "mroot", 4), USE_TOLD);
	fixture_file(f->s.dotfd, "skel/two/base", "generation 5\n");
	assert_int_equal(uses_of(f, DRAFT_BASE, "mroot", 5), USE_TOLD);
	fixture_base(&f->s, "other");
	assert_int_equal(uses_of(f, DRAFT_BASE, "other", 1), USE_CURRENT);
}

static void
test_what_cannot_be_told_stops_gc(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	struct gc_rows g;
	int lock;

	fails(store_gc_rows(&f->s, DRAFT_SKEL, "ns", &a, &g, E), ERR_FAILED);
	fails(store_gc_rows(&f->s, DRAFT_BASE, "mroot", &a, &g, E), ERR_FAILED);
	fixture_base(&f->s, "mroot");
	jail_with(f, "ns", 1);
	fixture_file(f->s.dotfd, "skel/ns/base", "the newest\n");
	fails(store_gc_rows(&f->s, DRAFT_BASE, "mroot", &a, &g, E), ERR_FAILED);
	ok(store_unlink(f->s.dotfd, "skel/ns/base", 0, E));
	/* A view that is open has a base that nothing names. */
	ok(store_lock(&f->s, "manage.ns", "manage", 0, &lock, E));
	fails(store_gc_rows(&f->s, DRAFT_BASE, "mroot", &a, &g, E), ERR_BUSY);
	fd_close(&lock);
	/* A create copies from a base before it says from which. */
	fixture_dir(f->s.dotfd, "skel/new.tmp");
	ok(store_gc_rows(&f->s, DRAFT_BASE, "mroot", &a, &g, E));
	ok(store_lock(&f->s, "jail.new", "create", 0, &lock, E));
	fails(store_gc_rows(&f->s, DRAFT_BASE, "mroot", &a, &g, E), ERR_BUSY);
	fd_close(&lock);
	fixture_file(f->s.dotfd, "run/ns", "garbage\n");
	fails(store_gc_rows(&f->s, DRAFT_BASE, "mroot", &a, &g, E), ERR_FAILED);
	fails(store_gc_rows(&f->s, DRAFT_SKEL, "ns", &a, &g, E), ERR_FAILED);
	arena_done(&a);
}

static void
test_a_link_to_nowhere_stops_gc(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	struct gc_rows g;

	fixture_base(&f->s, "mroot");
	jail_with(f, "ns", 3);
	ok(store_gc_drop(&f->s, DRAFT_SKEL, "ns", 3, E));
	fails(store_gc_rows(&f->s, DRAFT_SKEL, "ns", &a, &g, E), ERR_FAILED);
	arena_done(&a);
}

static void
test_a_base_that_a_create_copies_from_is_marked(void **state)
{
	struct fixture *f = fixture(state);
	struct skel_meta m = {.base = "mroot", .base_generation = 1, .created = 1};
	int lock;

	for (unsigned i = 1; i <= 4; i++)
		fixture_base(&f->s, "mroot");
	fixture_dir(f->s.dotfd, "skel/new.tmp");
	fd_auto dir = ok(store_dir_open(f->s.dotfd, "skel/new.tmp", E));
	ok(skel_meta_write(dir, "1.meta", &m, E));
	assert_int_equal(uses_of(f, DRAFT_BASE, "mroot", 1), 0);
	ok(store_lock(&f->s, "jail.new", "create", 0, &lock, E));
	assert_int_equal(uses_of(f, DRAFT_BASE, "mroot", 1), USE_ANCESTOR);
	fd_close(&lock);
}

static void
test_a_generation_is_as_old_as_its_description_says(void **state)
{
	struct fixture *f = fixture(state);
	struct skel_meta m = {.base = "mroot", .base_generation = 1, .created = 1234567890};
	struct arena a = {0};
	struct gc_rows g;

	fixture_base(&f->s, "mroot");
	jail_with(f, "ns", 2);
	fd_auto dir = ok(store_dir_open(f->s.dotfd, "skel/ns", E));
	ok(skel_meta_write(dir, "1.meta", &m, E));
	ok(store_unlink(dir, "2.meta", 0, E));
	fails(store_gc_rows(&f->s, DRAFT_BASE, "mroot", &a, &g, E), ERR_FAILED);
	ok(store_gc_rows(&f->s, DRAFT_SKEL, "ns", &a, &g, E));
	assert_int_equal(g.v[0].created, 1234567890);
	assert_int_equal(g.v[1].created, fixture_stat(dir, "2").st_ctim.tv_sec);
	arena_done(&a);
}

/* ---- removing ---- */

static int
run_gc(const struct fixture *f)
{
	struct arena a = {0};
	struct gc_rows g;
	bool gone[64];
	int r = store_gc_rows(&f->s, DRAFT_SKEL, "ns", &a, &g, E);

	if (r == 0)
		gc_choose(&g, &newest_only, INT64_MAX, gone);
	for (size_t i = 0; r == 0 && i < g.n; i++)
		if (gone[i])
			r = store_gc_drop(&f->s, DRAFT_SKEL, "ns", g.v[i].number, E);
	if (r == 0)
		r = store_gc_clear(&f->s, DRAFT_SKEL, "ns", E);
	arena_done(&a);
	return r;
}

static void
has_names(const struct fixture *f, const char *dir, const char *want)
{
	struct arena a = {0};
	struct strv names;
	str_auto got = {0};

	ok(store_names(f->s.dotfd, dir, &a, &names, E));
	for (size_t i = 0; i < names.n; i++)
		str_addf(&got, "%s%s", i ? " " : "", names.v[i]);
	assert_string_equal(str_text(&got), want);
	arena_done(&a);
}

static void
test_what_goes_goes_with_its_description_and_seal(void **state)
{
	struct fixture *f = fixture(state);

	fixture_base(&f->s, "mroot");
	jail_with(f, "ns", 4);
	ok(run_gc(f));
	has_names(f, "skel/ns", "3 3.meta 3.mtree 4 4.meta 4.mtree");
	assert_true(fixture_there(f->s.rootfd, "s/ns/etc/hostname"));
	commit(f, "ns");
	has_names(f, "skel/ns", "3 3.meta 3.mtree 4 4.meta 4.mtree 5 5.meta 5.mtree");
}

static void
test_a_dropped_base_is_no_generation_and_its_space_is_given_back(void **state)
{
	struct fixture *f = fixture(state);

	for (unsigned i = 1; i <= 3; i++)
		fixture_base(&f->s, "mroot");
	ok(store_gc_drop(&f->s, DRAFT_BASE, "mroot", 1, E));
	assert_int_equal(uses_of(f, DRAFT_BASE, "mroot", 1), UINT32_MAX);
	has_names(f, "base/mroot", "1.gone 2 3");
	ok(store_gc_clear(&f->s, DRAFT_BASE, "mroot", E));
	has_names(f, "base/mroot", "2 3");
}

static void
test_a_draft_and_what_the_jail_was_told_are_not_cleared(void **state)
{
	struct fixture *f = fixture(state);
	struct draft d;

	fixture_base(&f->s, "mroot");
	jail_with(f, "ns", 1);
	ok(store_draft_make(&f->s, DRAFT_SKEL, "ns", NULL, &d, E));
	fixture_file(f->s.dotfd, "skel/ns/base", "1\n");
	fixture_file(f->s.dotfd, "skel/ns/9.meta", "of a publish that was killed");
	ok(run_gc(f));
	has_names(f, "skel/ns", "1 1.meta 1.mtree base draft draft.meta");
}

/* Two generations, three names each, and nothing else. */
static void
check_left(const struct fixture *f, unsigned current)
{
	struct arena a = {0};
	struct strv names;

	ok(store_names(f->s.dotfd, "skel/ns", &a, &names, E));
	assert_int_equal(names.n, 6);
	for (unsigned i = current - 1; i <= current; i++) {
		assert_true(strv_has(&names, arena_printf(&a, "%u", i)));
		assert_true(strv_has(&names, arena_printf(&a, "%u.meta", i)));
		assert_true(strv_has(&names, arena_printf(&a, "%u.mtree", i)));
	}
	arena_done(&a);
}

static void
test_a_gc_killed_at_any_call_is_finished_by_the_next(void **state)
{
	struct fixture *f = fixture(state);
	int n;

	fixture_base(&f->s, "mroot");
	jail_with(f, "ns", 2);
	for (n = 0; n < 5000; n += n < 150 ? 1 : 3) {
		unsigned current;
		commit(f, "ns");
		bool killed = killed_at(f, run_gc, n);
		assert_true(fixture_there(f->s.rootfd, "s/ns/etc/hostname"));
		ok(run_gc(f));
		ok(store_jail_generation(&f->s, "ns", &current, E));
		check_left(f, current);
		if (!killed)
			break;
	}
	assert_in_range(n, 20, 4999);
	print_message("%d system calls\n", n);
}

static void
test_looking_at_a_lock_neither_makes_nor_takes_it(void **state)
{
	struct fixture *f = fixture(state);
	bool held = true;
	int lock;

	ok(store_lock_is_held(&f->s, "manage.ns", &held, E));
	assert_false(held);
	assert_false(fixture_there(f->s.dotfd, "lock/manage.ns"));
	ok(store_lock(&f->s, "manage.ns", "manage", 0, &lock, E));
	ok(store_lock_is_held(&f->s, "manage.ns", &held, E));
	assert_true(held);
	fd_close(&lock);
	ok(store_lock_is_held(&f->s, "manage.ns", &held, E));
	assert_false(held);
}

#define row(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_neither_new_nor_young_nor_used_goes),
		cmocka_unit_test(test_the_newest_number_is_never_free_again),
		cmocka_unit_test(test_each_use_has_a_word),
		row(test_a_skeleton_in_use_before_that_running_or_drafted_from_is_marked),
		row(test_a_base_that_any_jail_needs_is_marked),
		row(test_what_cannot_be_told_stops_gc),
		row(test_a_link_to_nowhere_stops_gc),
		row(test_a_base_that_a_create_copies_from_is_marked),
		row(test_a_generation_is_as_old_as_its_description_says),
		row(test_what_goes_goes_with_its_description_and_seal),
		row(test_a_dropped_base_is_no_generation_and_its_space_is_given_back),
		row(test_a_draft_and_what_the_jail_was_told_are_not_cleared),
		row(test_a_gc_killed_at_any_call_is_finished_by_the_next),
		row(test_looking_at_a_lock_neither_makes_nor_takes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
