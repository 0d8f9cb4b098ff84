/*
 * SIGKILL after any system call of create and of destroy: the next create, or a destroy, finds and clears all of it
 * (SECURITY.md R23).  The victim is traced and killed at the entry of its Nth system call.
 */
#include "store/state.h"
#include "store_killed.h"

static const char *const dirs[] = {
	".", "j", "s", "t", "manage", ".warder", ".warder/skel", ".warder/run", ".warder/log"};
enum { NDIRS = sizeof(dirs) / sizeof(*dirs), CALLS_MAX = 20000 };

static int
run_create(const struct fixture *f)
{
	struct jail j = fixture_jail("ns");
	fd_auto lock = -1;

	return store_lock(&f->s, "jail.ns", "create", 0, &lock, E) < 0 ? -1 : store_jail_create(&f->s, &j, NULL, E);
}

static int
run_destroy(const struct fixture *f)
{
	fd_auto lock = -1;

	return store_lock(&f->s, "jail.ns", "destroy", 0, &lock, E) < 0 ? -1 : store_jail_destroy(&f->s, "ns", E);
}

static const char *const kept_paths[] = {"/var/lib/own", NULL};
static const struct strv kept = {(const char **)kept_paths, 1};

static int
run_reset(const struct fixture *f)
{
	struct jail j = fixture_jail("ns");
	fd_auto lock = -1;

	if (store_lock(&f->s, "jail.ns", "reset", 0, &lock, E) < 0)
		return -1;
	return store_jail_reset(&f->s, &j, &kept, NULL, E);
}

static void
look(const struct fixture *f, struct arena *a, struct strv ret[NDIRS])
{
	for (size_t i = 0; i < NDIRS; i++)
		ok(store_names(f->s.rootfd, dirs[i], a, &ret[i], E));
}

static void
check_same(const struct strv *want, const struct strv *got, int n)
{
	for (size_t i = 0; i < NDIRS; i++) {
		for (size_t k = 0; k < got[i].n; k++)
			if (!strv_has(&want[i], got[i].v[k]))
				fail_msg("killed at call %d: %s/%s is left", n, dirs[i], got[i].v[k]);
		assert_int_equal(want[i].n, got[i].n);
	}
}

/* A destroy of nothing at all says so; that is no failure here. */
static void
destroy_any(const struct fixture *f)
{
	if (run_destroy(f) < 0)
		assert_non_null(strstr(fixture_err.reason, "no such jail"));
}

static void
check_create_after(const struct fixture *f, uint32_t first)
{
	uint32_t now;

	if (!store_jail_exists(&f->s, "ns"))
		ok(run_create(f));
	ok(store_ids_find(&f->s, "ns", &now, E));
	assert_int_equal(now, first);
	assert_true(fixture_there(f->s.rootfd, "t/ns/var/lib/dpkg"));
	assert_true(fixture_there(f->s.rootfd, "s/ns/etc/hostname"));
}

/* Wherever it was killed: what exists was sealed before. */
static void
check_sealed(const struct fixture *f, const char *dir, const char *seal)
{
	struct arena a = {0};
	struct strv names;

	ok(store_names(f->s.dotfd, dir, &a, &names, E));
	for (size_t i = 0; i < names.n; i++)
		if (generation_parse(names.v[i]) != 0)
			assert_true(fixture_there(f->s.dotfd, arena_printf(&a, "%s/%s%s", dir, names.v[i], seal)));
	arena_done(&a);
}

static int
kill_everywhere(const struct fixture *f, int (*victim)(const struct fixture *), bool starts_created, uint32_t first)
{
	int n;

	for (n = 0; n < CALLS_MAX; n += n < 150 ? 1 : 3) {
		struct arena a = {0};
		struct strv want[NDIRS], got[NDIRS];
		destroy_any(f);
		look(f, &a, want);
		if (starts_created)
			ok(run_create(f));
		bool killed = killed_at(f, victim, n);
		if (store_jail_exists(&f->s, "ns"))
			check_sealed(f, "skel/ns", ".mtree");
		if (n % 2)
			check_create_after(f, first);
		destroy_any(f);
		look(f, &a, got);
		check_same(want, got, n);
		arena_done(&a);
		if (!killed)
			break;
	}
	assert_true(n < CALLS_MAX);
	return n;
}

static uint32_t
prepare(const struct fixture *f)
{
	uint32_t first;

	fixture_base(&f->s, "mroot");
	ok(run_create(f));
	ok(store_ids_find(&f->s, "ns", &first, E));
	return first;
}

static void
test_a_create_killed_at_any_call_is_cleared(void **state)
{
	struct fixture *f = fixture(state);

	print_message("%d system calls\n", kill_everywhere(f, run_create, false, prepare(f)));
}

static void
test_a_destroy_killed_at_any_call_is_finished(void **state)
{
	struct fixture *f = fixture(state);

	print_message("%d system calls\n", kill_everywhere(f, run_destroy, true, prepare(f)));
}

static int
run_publish(const struct fixture *f)
{
	unsigned generation;
	fd_auto dir = -1;

	if (store_base_begin(&f->s, "other", &generation, &dir, E) < 0)
		return -1;
	fd_auto root = path_make_dirs(dir, "root/usr", 0755, E);
	struct base_meta m = fixture_meta("other", generation);
	return root < 0 ? -1 : store_base_publish(&f->s, &m, dir, NULL, E);
}

static void
test_a_publish_killed_at_any_call_leaves_nothing_unsealed(void **state)
{
	struct fixture *f = fixture(state);
	bool killed = true;
	int n;

	for (n = 0; killed; n++) {
		killed = killed_at(f, run_publish, n);
		check_sealed(f, "base/other", "/seal");
		check_sealed(f, "base/other", "/meta.json");
	}
	assert_true(n > 50);
	assert_true(fixture_there(f->s.rootfd, "j/other"));
}

/* Old or new, whole, and with what is to be kept in it. */
static void
check_reset_after(const struct fixture *f, int n)
{
	bool is_old = fixture_there(f->s.rootfd, "t/ns/tmp/lost"), is_new = fixture_there(f->s.rootfd, "t/ns/var/run");

	if (is_old == is_new)
		fail_msg("killed at call %d: neither the old state nor the new one", n);
	assert_int_equal(fixture_stat(f->s.rootfd, "t/ns/var/lib/own/data").st_size, strlen("of the jail"));
	ok(run_reset(f));
	assert_false(fixture_there(f->s.rootfd, "t/ns/tmp/lost"));
	assert_int_equal(fixture_stat(f->s.rootfd, "t/ns/var/lib/own/data").st_size, strlen("of the jail"));
	assert_int_equal(fixture_stat(f->s.rootfd, "t/ns/var/lib/own/data").st_nlink, 1);
	assert_false(fixture_there(f->s.rootfd, "t/ns.tmp"));
}

static void
test_a_reset_killed_at_any_call_loses_nothing_that_is_kept(void **state)
{
	struct fixture *f = fixture(state);
	int n;

	prepare(f);
	for (n = 0; n < CALLS_MAX; n++) {
		fixture_file(f->s.rootfd, "t/ns/var/lib/own/data", "of the jail");
		fixture_file(f->s.rootfd, "t/ns/tmp/lost", "x");
		assert_int_equal(unlinkat(f->s.rootfd, "t/ns/var/run", AT_REMOVEDIR), 0);
		bool killed = killed_at(f, run_reset, n);
		check_reset_after(f, n);
		if (!killed)
			break;
	}
	assert_true(n < CALLS_MAX);
	print_message("%d system calls\n", n);
}

static void
test_a_dead_claim_does_not_keep_a_base(void **state)
{
	struct fixture *f = fixture(state);

	fixture_base(&f->s, "mroot");
	fixture_dir(f->s.dotfd, "skel/ns.tmp/1");
	int lock = -1;
	ok(store_lock(&f->s, "jail.ns", "create", 0, &lock, E));
	fails(store_base_remove(&f->s, "mroot", E), ERR_BUSY);
	fd_close(&lock);
	ok(store_base_remove(&f->s, "mroot", E));
	assert_false(fixture_there(f->s.dotfd, "skel/ns.tmp"));
}

#define row(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		row(test_a_create_killed_at_any_call_is_cleared),
		row(test_a_destroy_killed_at_any_call_is_finished),
		row(test_a_publish_killed_at_any_call_leaves_nothing_unsealed),
		row(test_a_reset_killed_at_any_call_loses_nothing_that_is_kept),
		row(test_a_dead_claim_does_not_keep_a_base),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
