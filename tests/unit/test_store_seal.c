/*
 * The manifests of generations: written with what is published, read back, made where there is none.
 */
#include "store_fixture.h"

#include "store/seal.h"

static bool
has(const struct seal *s, const char *path)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i].path, path) == 0)
			return true;
	return false;
}

static void
create(const struct fixture *f, const char *name)
{
	struct jail j = fixture_jail(name);

	ok(store_jail_create(&f->s, &j, NULL, E));
}

/* What is there now, not what was written down. */
static void
check_as_made(const struct fixture *f, const char *tree, const char *const *skip, const struct seal *want)
{
	struct arena a = {0};
	struct seal made;
	struct delta d;
	fd_auto dir = ok(path_open_beneath(f->s.dotfd, tree, O_PATH | O_DIRECTORY, 0, E));

	ok(seal_make(dir, skip, NULL, &a, &made, E));
	seal_diff(want, &made, &a, &d);
	assert_int_equal(d.n, 0);
	arena_done(&a);
}

static void
test_a_published_base_is_sealed(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	struct seal seal;

	fixture_base(&f->s, "mroot");
	assert_int_equal(fixture_stat(f->s.dotfd, "base/mroot/1/seal").st_mode & 07777, 0600);
	ok(store_base_seal(&f->s, "mroot", 1, &a, &seal, E));
	assert_true(has(&seal, "root/usr/share/zoneinfo/Europe/Athens"));
	assert_true(has(&seal, "skel/s/etc/passwd"));
	assert_true(has(&seal, "pins/var/lib/dpkg"));
	assert_false(has(&seal, "meta.json"));
	assert_false(has(&seal, "seal"));
	check_as_made(f, "base/mroot/1", seal_base_skip, &seal);
	/* What else lies there is covered: nothing can be hidden beside root. */
	fixture_file(f->s.dotfd, "base/mroot/1/other", "x");
	ok(store_unlink(f->s.dotfd, "base/mroot/1/seal", 0, E));
	ok(store_base_seal(&f->s, "mroot", 1, &a, &seal, E));
	assert_true(has(&seal, "other"));
	assert_false(fixture_there(f->s.dotfd, "base/mroot/1/seal"));
	arena_done(&a);
}

/* With what create itself writes, and the sources of pins. */
static void
test_a_created_jail_is_sealed(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	struct seal seal;

	fixture_base(&f->s, "mroot");
	create(f, "ns");
	assert_int_equal(fixture_stat(f->s.dotfd, "skel/ns/1.mtree").st_mode & 07777, 0600);
	ok(store_skel_seal(&f->s, "ns", 1, &a, &seal, E));
	assert_true(has(&seal, "etc/hostname"));
	check_as_made(f, "skel/ns/1", NULL, &seal);
	arena_done(&a);
}

static void
test_a_seal_is_what_was_published_not_what_is_there(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	struct seal before, after, made;
	struct delta d;

	fixture_base(&f->s, "mroot");
	create(f, "ns");
	ok(store_skel_seal(&f->s, "ns", 1, &a, &before, E));
	fixture_file(f->s.dotfd, "skel/ns/1/etc/planted", "x");
	ok(store_skel_seal(&f->s, "ns", 1, &a, &after, E));
	seal_diff(&before, &after, &a, &d);
	assert_int_equal(d.n, 0);
	ok(store_unlink(f->s.dotfd, "skel/ns/1.mtree", 0, E));
	ok(store_skel_seal(&f->s, "ns", 1, &a, &made, E));
	seal_diff(&before, &made, &a, &d);
	assert_int_equal(d.count[CHANGE_ADDED], 1);
	assert_int_equal(d.n, 1);
	assert_false(fixture_there(f->s.dotfd, "skel/ns/1.mtree"));
	arena_done(&a);
}

static void
test_a_broken_seal_is_an_error_not_made_anew(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	struct seal seal;

	fixture_base(&f->s, "mroot");
	create(f, "ns");
	fixture_file(f->s.dotfd, "skel/ns/1.mtree", "#mtree\n");
	fails(store_skel_seal(&f->s, "ns", 1, &a, &seal, E), ERR_FAILED);
	assert_string_equal(fixture_err.subject, "skel/ns/1.mtree");
	ok(store_unlink(f->s.dotfd, "skel/ns/1.mtree", 0, E));
	assert_int_equal(symlinkat("1.meta", f->s.dotfd, "skel/ns/1.mtree"), 0);
	fails(store_skel_seal(&f->s, "ns", 1, &a, &seal, E), ERR_FAILED);
	fails(store_skel_seal(&f->s, "ns", 2, &a, &seal, E), ERR_FAILED);
	assert_non_null(strstr(fixture_err.reason, "no such generation"));
	fails(store_skel_seal(&f->s, "../ns", 1, &a, &seal, E), ERR_USAGE);
	fails(store_base_seal(&f->s, "none", 1, &a, &seal, E), ERR_FAILED);
	arena_done(&a);
}

/* docs/management.md: what lies beside generations while the next one is made. */
static void
test_a_draft_is_no_generation_and_stays(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	struct base_row *rows;
	size_t n;
	unsigned generation;
	struct jail_facts facts;
	struct jail j = fixture_jail("ns");

	fixture_base(&f->s, "mroot");
	create(f, "ns");
	fixture_dir(f->s.dotfd, "base/mroot/draft/root");
	fixture_dir(f->s.dotfd, "base/mroot/draft.tmp/root");
	fixture_dir(f->s.dotfd, "base/mroot/7.tmp/root");
	fixture_dir(f->s.dotfd, "skel/ns/draft");
	fixture_dir(f->s.dotfd, "skel/ns/draft.tmp");
	fixture_file(f->s.dotfd, "skel/ns/draft.meta", "x");
	fixture_file(f->s.dotfd, "skel/ns/base", "1\n");
	generation = fixture_base(&f->s, "mroot");
	assert_int_equal(generation, 2);
	assert_true(fixture_there(f->s.dotfd, "base/mroot/draft/root"));
	assert_true(fixture_there(f->s.dotfd, "base/mroot/draft.tmp/root"));
	assert_false(fixture_there(f->s.dotfd, "base/mroot/7.tmp"));
	ok(store_bases(&f->s, &a, &rows, &n, E));
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].ngenerations, 2);
	ok(store_jail_facts(&f->s, &j, &a, &facts, E));
	assert_int_equal(facts.skel_generation, 1);
	ok(store_jail_destroy(&f->s, "ns", E));
	assert_false(fixture_there(f->s.dotfd, "skel/ns"));
	ok(store_base_remove(&f->s, "mroot", E));
	assert_false(fixture_there(f->s.dotfd, "base/mroot"));
	arena_done(&a);
}

#define row(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		row(test_a_published_base_is_sealed),
		row(test_a_created_jail_is_sealed),
		row(test_a_seal_is_what_was_published_not_what_is_there),
		row(test_a_broken_seal_is_an_error_not_made_anew),
		row(test_a_draft_is_no_generation_and_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
