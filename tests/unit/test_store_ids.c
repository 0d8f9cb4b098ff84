/* store/ids_host: two stores of one host never give the same ids. */
#include "store_fixture.h"

#include <sys/wait.h>

struct second {
	char root[96];
	struct store s;
};

static void
second_open(const struct fixture *f, const char *name, struct second *o)
{
	bool made;

	snprintf(o->root, sizeof(o->root), "%s/%s", f->dir, name);
	ok(store_init(o->root, &made, E));
	ok(store_open(o->root, &o->s, E));
}

static void
two_stores_give_different_ids(void **state)
{
	struct fixture *f = fixture(state);
	struct second o;
	uint32_t a, b, c, again;

	second_open(f, "second", &o);
	ok(store_ids_allot(&f->s, "one", &a, E));
	ok(store_ids_allot(&o.s, "one", &b, E));
	ok(store_ids_allot(&f->s, "two", &c, E));
	assert_true(a != b && b != c && a != c);
	ok(store_ids_allot(&o.s, "one", &again, E));
	assert_int_equal(again, b);
	store_close(&o.s);
}

static void
a_store_that_is_gone_keeps_no_ids(void **state)
{
	struct fixture *f = fixture(state);
	struct second o;
	struct arena a = {0};
	char *list;
	uint32_t first, next;

	second_open(f, "second", &o);
	ok(store_ids_allot(&o.s, "one", &first, E));
	store_close(&o.s);
	fd_auto dir = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok(tree_remove(dir, "second", E));
	ok(store_ids_allot(&f->s, "one", &next, E));
	assert_int_equal(first, next);
	ok(file_read(dir, "host/stores", 4096, &a, &list, NULL, E));
	assert_null(strstr(list, "second"));
	assert_non_null(strstr(list, f->root));
	arena_done(&a);
}

static void
no_ids_are_given_while_another_stores_are_not_known(void **state)
{
	struct fixture *f = fixture(state);
	struct second o;
	uint32_t first;

	second_open(f, "second", &o);
	ok(store_ids_allot(&o.s, "one", &first, E));
	ok(file_write(o.s.dotfd, "ids", "nonsense\n", 9, 0600, E));
	fails(store_ids_allot(&f->s, "one", &first, E), ERR_FAILED);
	assert_non_null(strstr(fixture_err.hint, o.root));
	store_close(&o.s);
}

enum { EACH = 30 };

static void
stores_that_give_at_the_same_time_give_different_ids(void **state)
{
	struct fixture *f = fixture(state);
	struct second o;
	struct id_table mine, theirs;
	struct arena a = {0};
	char name[16];
	uint32_t first;
	int status;

	second_open(f, "second", &o);
	pid_t pid = fork();
	for (int i = 0; i < EACH; i++) {
		snprintf(name, sizeof(name), "j%d", i);
		if (store_ids_allot(pid == 0 ? &o.s : &f->s, name, &first, E) < 0 && pid == 0)
			_exit(1);
	}
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	ok(store_ids_read(&f->s, &a, &mine, E));
	ok(store_ids_read(&o.s, &a, &theirs, E));
	assert_int_equal(mine.n, EACH);
	assert_int_equal(theirs.n, EACH);
	for (size_t i = 0; i < mine.n; i++)
		for (size_t k = 0; k < theirs.n; k++)
			assert_int_not_equal(mine.v[i].first, theirs.v[k].first);
	arena_done(&a);
	store_close(&o.s);
}

#define row(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		row(two_stores_give_different_ids),
		row(a_store_that_is_gone_keeps_no_ids),
		row(no_ids_are_given_while_another_stores_are_not_known),
		row(stores_that_give_at_the_same_time_give_different_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
