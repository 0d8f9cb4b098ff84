/*
 * Drafts: made, found, checked, published, removed; whose view works on one; which base generation a jail takes and
 * what of it comes into its skeleton.
 */
#include "draft_fixture.h"

#include <time.h>

static const char *const dirs[] = {[DRAFT_SKEL] = "skel/ns", [DRAFT_BASE] = "base/mroot"};

static struct stat
stat_in(const struct fixture *f, enum draft_kind kind, const char *rest)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dirs[kind], rest);
	return fixture_stat(f->s.dotfd, path);
}

static bool
there(const struct fixture *f, enum draft_kind kind, const char *rest)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dirs[kind], rest);
	return fixture_there(f->s.dotfd, path);
}

/* ---- making, finding, removing ---- */

static void
test_a_draft_is_a_copy_that_shares_no_file_with_its_origin(void **state)
{
	static const char *const files[] = {"etc/passwd", "skel/s/etc/passwd"};
	struct fixture *f = fixture(state);

	draft_fixture(f);
	for (enum draft_kind kind = DRAFT_SKEL; kind <= DRAFT_BASE; kind++) {
		struct draft d, found;
		char path[64];

		assert_false(draft_is_there(f, kind, &found));
		ok(store_draft_make(&f->s, kind, kind == DRAFT_SKEL ? "ns" : "mroot", NULL, &d, E));
		assert_true(draft_is_there(f, kind, &found));
		assert_int_equal(found.from, 1);
		assert_int_equal(found.started, d.started);
		if (kind == DRAFT_SKEL)
			assert_int_equal(found.base_from, 1);
		snprintf(path, sizeof(path), "draft/%s", files[kind]);
		ino_t copy = stat_in(f, kind, path).st_ino;
		snprintf(path, sizeof(path), "1/%s", files[kind]);
		assert_int_not_equal(copy, stat_in(f, kind, path).st_ino);
		assert_int_equal(stat_in(f, kind, path).st_nlink, 1);
		fails(store_draft_make(&f->s, kind, d.name, NULL, &d, E), ERR_FAILED);
		assert_non_null(strstr(fixture_err.hint, "--discard"));
		ok(store_draft_remove(&f->s, kind, d.name, E));
		assert_false(draft_is_there(f, kind, &found));
		assert_false(there(f, kind, "draft.meta"));
		assert_true(there(f, kind, "1"));
		ok(store_draft_remove(&f->s, kind, d.name, E));
	}
}

static void
test_names_that_lead_elsewhere_and_what_is_not_there_are_refused(void **state)
{
	struct fixture *f = fixture(state);
	struct draft d;
	bool found, changed;

	draft_fixture(f);
	fails(store_draft_make(&f->s, DRAFT_SKEL, "../base/mroot", NULL, &d, E), ERR_USAGE);
	fails(store_draft_find(&f->s, DRAFT_BASE, "..", &d, &found, E), ERR_USAGE);
	fails(store_draft_remove(&f->s, DRAFT_SKEL, "", E), ERR_USAGE);
	fails(store_draft_settle(&f->s, DRAFT_SKEL, "a/b", E), ERR_USAGE);
	fails(store_draft_enter(&f->s, DRAFT_SKEL, "a/b", getpid(), E), ERR_USAGE);
	fails(store_base_choose(&f->s, ".", "mroot", 1, &changed, E), ERR_USAGE);
	assert_int_equal(store_draft_make(&f->s, DRAFT_SKEL, "nobody", NULL, &d, E), -1);
	assert_int_equal(store_draft_make(&f->s, DRAFT_BASE, "nobody", NULL, &d, E), -1);
}

static void
test_a_draft_without_its_description_is_of_no_generation(void **state)
{
	static const char *const texts[] = {"", "from", "from 1\nfrom 1\nbase_from 1\nstarted 1\n", "from x\n"};
	struct fixture *f = fixture(state);
	struct draft d;

	draft_fixture(f);
	ok(store_draft_make(&f->s, DRAFT_SKEL, "ns", NULL, &d, E));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		fixture_file(f->s.dotfd, "skel/ns/draft.meta", texts[i]);
		assert_true(draft_is_there(f, DRAFT_SKEL, &d));
		assert_int_equal(d.from, 0);
	}
	assert_int_equal(unlinkat(f->s.dotfd, "skel/ns/draft.meta", 0), 0);
	assert_true(draft_is_there(f, DRAFT_SKEL, &d));
	assert_int_equal(d.from, 0);
	ok(store_draft_remove(&f->s, DRAFT_SKEL, "ns", E));
}

static void
test_what_killed_copies_left_goes_first(void **state)
{
	struct fixture *f = fixture(state);
	struct draft d;

	draft_fixture(f);
	fixture_dir(f->s.dotfd, "skel/ns/draft.tmp/etc");
	fixture_file(f->s.dotfd, "skel/ns/draft.tmp/etc/half", "");
	ok(store_draft_make(&f->s, DRAFT_SKEL, "ns", NULL, &d, E));
	assert_false(there(f, DRAFT_SKEL, "draft.tmp"));
	assert_false(there(f, DRAFT_SKEL, "draft/etc/half"));
}

/* ---- publishing ---- */

static void
test_a_published_draft_is_the_next_number_described_sealed_and_in_use(void **state)
{
	struct fixture *f = fixture(state);
	struct draft d;

	draft_fixture(f);
	for (enum draft_kind kind = DRAFT_SKEL; kind <= DRAFT_BASE; kind++) {
		const char *file = kind == DRAFT_SKEL ? "etc/new" : "root/new";

		assert_int_equal(draft_commit(f, kind, file), 2);
		assert_int_equal(draft_in_use(f, kind), 2);
		assert_true(there(f, kind, kind == DRAFT_SKEL ? "2/etc/new" : "2/root/new"));
		assert_false(there(f, kind, kind == DRAFT_SKEL ? "1/etc/new" : "1/root/new"));
		assert_true(there(f, kind, kind == DRAFT_SKEL ? "2.meta" : "2/meta.json"));
		assert_true(there(f, kind, kind == DRAFT_SKEL ? "2.mtree" : "2/seal"));
		assert_false(draft_is_there(f, kind, &d));
		assert_false(there(f, kind, kind == DRAFT_SKEL ? "draft.meta" : "2/draft.meta"));
	}
	struct skel_meta m;
	ok(skel_meta_read(f->s.dotfd, "skel/ns/2.meta", &m, E));
	assert_string_equal(m.base, "mroot");
	assert_int_equal(m.base_generation, 1);
}

static void
test_a_number_is_never_given_twice_after_a_rollback(void **state)
{
	struct fixture *f = fixture(state);

	draft_fixture(f);
	assert_int_equal(draft_commit(f, DRAFT_SKEL, "etc/a"), 2);
	assert_int_equal(draft_commit(f, DRAFT_SKEL, "etc/b"), 3);
	ok(store_skel_use(&f->s, "ns", 1, E));
	assert_int_equal(draft_in_use(f, DRAFT_SKEL), 1);
	assert_int_equal(draft_commit(f, DRAFT_SKEL, "etc/c"), 4);
	assert_false(there(f, DRAFT_SKEL, "4/etc/b"));
	fails(store_skel_use(&f->s, "ns", 9, E), ERR_FAILED);
	fails(store_base_use(&f->s, "mroot", 9, E), ERR_FAILED);
	assert_int_equal(draft_in_use(f, DRAFT_SKEL), 4);
	assert_int_equal(draft_in_use(f, DRAFT_BASE), 1);
}

/* ---- what a jail can start on ---- */

static void
test_a_draft_that_its_jail_cannot_start_on_is_told(void **state)
{
	struct fixture *f = fixture(state);
	struct jail j = fixture_jail("ns");
	struct draft d;

	draft_fixture(f);
	ok(store_draft_make(&f->s, DRAFT_SKEL, "ns", NULL, &d, E));
	fd_auto tree = ok(store_draft_open(&f->s, &d, E));
	ok(store_draft_check(&f->s, &j, &d, E));
	j.service_user = "bind";
	ok(store_draft_check(&f->s, &j, &d, E));
	j.service_user = "nobody-knows";
	assert_int_equal(store_draft_check(&f->s, &j, &d, E), -1);
	j.service_user = NULL;
	assert_int_equal(renameat(tree, "spool/cron", tree, "spool/moved"), 0);
	fails(store_draft_check(&f->s, &j, &d, E), ERR_FAILED);
	assert_int_equal(mkfifoat(tree, "spool/cron", 0600), 0);
	fails(store_draft_check(&f->s, &j, &d, E), ERR_FAILED);
	assert_int_equal(unlinkat(tree, "spool/cron", 0), 0);
	assert_int_equal(renameat(tree, "spool/moved", tree, "spool/cron"), 0);
	assert_int_equal(unlinkat(tree, "etc/passwd", 0), 0);
	ok(store_draft_check(&f->s, &j, &d, E)); /* none is as good as an empty one */
	assert_int_equal(mkfifoat(tree, "etc/passwd", 0600), 0);
	assert_int_equal(store_draft_check(&f->s, &j, &d, E), -1);
	/* A view is opened on it all the same. */
	struct arena a = {0};
	struct jail_facts facts;
	ok(store_view_facts(&f->s, &j, false, &a, &facts, E));
	arena_done(&a);
}

static void
test_the_managers_state_is_made_anew_or_taken_up(void **state)
{
	struct fixture *f = fixture(state);
	struct jail j = fixture_jail("ns");
	struct arena a = {0};
	const struct base_meta *m;
	struct draft d;

	draft_fixture(f);
	ok(store_base_meta(&f->s, "mroot", &a, &m, E));
	ok(store_draft_make(&f->s, DRAFT_SKEL, "ns", NULL, &d, E));
	ok(store_view_state_make(&f->s, &j, m, false, E));
	assert_true(there(f, DRAFT_SKEL, "draft.view/var/lib/dpkg"));
	assert_false(there(f, DRAFT_SKEL, "draft.view/var/lib/dpkg/info"));
	assert_int_equal(stat_in(f, DRAFT_SKEL, "draft.view/var/lib/own/data").st_uid, 101);
	fixture_file(f->s.dotfd, "skel/ns/draft.view/var/lib/mine", "");
	/* The session removed a pin's source: it is there again. */
	fd_auto tree = ok(store_draft_open(&f->s, &d, E));
	ok(tree_remove(tree, "spool", E));
	ok(store_view_state_make(&f->s, &j, m, true, E));
	assert_true(there(f, DRAFT_SKEL, "draft.view/var/lib/mine"));
	assert_true(there(f, DRAFT_SKEL, "draft/spool/cron"));
	ok(store_view_state_make(&f->s, &j, m, false, E));
	assert_false(there(f, DRAFT_SKEL, "draft.view/var/lib/mine"));
	ok(store_view_state_remove(&f->s, "ns", E));
	ok(store_view_state_remove(&f->s, "ns", E));
	arena_done(&a);
}

/* ---- whose view works on it ---- */

static pid_t
start_sleeper(unsigned ms)
{
	const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		nanosleep(&t, NULL);
		_exit(0);
	}
	return pid;
}

static void
test_a_draft_is_waited_for_until_the_view_on_it_has_ended(void **state)
{
	struct fixture *f = fixture(state);
	siginfo_t info = {0};

	draft_fixture(f);
	ok(store_draft_settle(&f->s, DRAFT_SKEL, "ns", E)); /* nobody's */
	pid_t pid = start_sleeper(300);
	ok(store_draft_enter(&f->s, DRAFT_SKEL, "ns", pid, E));
	ok(store_draft_settle(&f->s, DRAFT_SKEL, "ns", E));
	/* Ended, and not reaped: that is enough. */
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT), 0);
	assert_int_equal(info.si_pid, pid);
	assert_false(there(f, DRAFT_SKEL, "draft.pid"));
	assert_int_equal(store_draft_enter(&f->s, DRAFT_BASE, "mroot", INT32_MAX, E), -1);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
test_a_record_that_names_no_process_of_now_is_not_waited_for(void **state)
{
	struct fixture *f = fixture(state);
	char boot[BOOT_ID], text[256];
	uint64_t ticks;

	draft_fixture(f);
	ok(boot_id_read(boot, E));
	assert_int_equal(process_ticks(getpid(), &ticks), 0);
	const char *const records[] = {
		"pid %d\nticks %llu\nboot_id 0-0-0-0\n", "pid %d\n", "", "pid 1 1\n", "\xff\n", NULL};
	for (size_t i = 0; records[i]; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, sizeof(text), records[i], (int)getpid(), (unsigned long long)ticks);
#pragma GCC diagnostic pop
		fixture_file(f->s.dotfd, "skel/ns/draft.pid", text);
		ok(store_draft_settle(&f->s, DRAFT_SKEL, "ns", E));
		assert_false(there(f, DRAFT_SKEL, "draft.pid"));
	}
	snprintf(text, sizeof(text), "pid %d\nticks %llu\nboot_id %s\n", (int)getpid(), (unsigned long long)ticks + 1,
		boot);
	fixture_file(f->s.dotfd, "skel/ns/draft.pid", text);
	ok(store_draft_settle(&f->s, DRAFT_SKEL, "ns", E));
}

/* ---- which base a jail takes, and what of it comes into its skeleton ---- */

static void
test_a_jail_stays_on_the_generation_that_it_was_told(void **state)
{
	static const char *const bad[] = {"x\n", "0\n", "-1\n", "1 2\n", "99999999999999999999\n"};
	struct fixture *f = fixture(state);
	unsigned choice = 7;
	bool changed;

	draft_fixture(f);
	ok(store_base_choice(&f->s, "ns", &choice, E));
	assert_int_equal(choice, 0);
	ok(store_base_choose(&f->s, "ns", "mroot", 3, &changed, E));
	ok(store_base_choice(&f->s, "ns", &choice, E));
	assert_int_equal(choice, 3);
	ok(store_base_choose(&f->s, "ns", "mroot", 0, &changed, E));
	ok(store_base_choose(&f->s, "ns", "mroot", 0, &changed, E));
	ok(store_base_choice(&f->s, "ns", &choice, E));
	assert_int_equal(choice, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fixture_file(f->s.dotfd, "skel/ns/base", bad[i]);
		fails(store_base_choice(&f->s, "ns", &choice, E), ERR_FAILED);
	}
}

/* "added:... differing:..." of the completion by the base's generation. */
static void
completes(const struct fixture *f, unsigned generation, const char *want, unsigned to)
{
	struct arena a = {0};
	struct completion c;
	str_auto got = {0};

	ok(store_skel_complete(&f->s, "ns", "mroot", generation, &a, &c, E));
	for (size_t i = 0; i < c.added.n; i++)
		str_addf(&got, "+%s ", c.added.v[i]);
	for (size_t i = 0; i < c.differing.n; i++)
		str_addf(&got, "~%s ", c.differing.v[i]);
	assert_string_equal(str_text(&got), want);
	assert_int_equal(c.to, to);
	arena_done(&a);
}

static void
test_only_what_is_new_in_a_base_and_missing_is_added(void **state)
{
	struct fixture *f = fixture(state);
	struct draft d;
	unsigned number;

	draft_fixture(f);
	/* The jail: its own file, one changed, one removed with its directory. */
	ok(store_draft_make(&f->s, DRAFT_SKEL, "ns", NULL, &d, E));
	fd_auto skel = ok(store_draft_open(&f->s, &d, E));
	fixture_file(skel, "etc/own", "of the jail");
	fixture_file(skel, "etc/group", "root:x:0:\n");
	ok(draft_publish(&f->s, &d, &number));
	/* The base: new ones, one that the jail has made itself, one that it changed, one in a directory of its own. */
	ok(store_draft_make(&f->s, DRAFT_BASE, "mroot", NULL, &d, E));
	fd_auto tree = ok(store_draft_open(&f->s, &d, E));
	fixture_dir(tree, "skel/s/etc/new.d");
	fixture_file(tree, "skel/s/etc/new.d/a", "new");
	fixture_file(tree, "skel/s/etc/own", "of the base");
	fixture_file(tree, "skel/s/etc/group", "root:x:0:\nnew:x:1:\n");
	fixture_file(tree, "skel/t/var/lib/own/other", "state is another matter");
	ok(draft_publish(&f->s, &d, &number));
	completes(f, 2, "+etc/new.d +etc/new.d/a ~etc/group ~etc/own ", 3);
	assert_true(there(f, DRAFT_SKEL, "3/etc/new.d/a"));
	assert_int_equal(stat_in(f, DRAFT_SKEL, "3/etc/own").st_size, strlen("of the jail"));
	/* Offered once: what the administrator takes away again does not come back. */
	completes(f, 2, "", 0);
	ok(store_draft_make(&f->s, DRAFT_SKEL, "ns", NULL, &d, E));
	fd_auto again = ok(store_draft_open(&f->s, &d, E));
	ok(tree_remove(again, "etc/new.d", E));
	ok(draft_publish(&f->s, &d, &number));
	assert_int_equal(draft_commit(f, DRAFT_BASE, "skel/s/etc/new.d/b"), 3);
	completes(f, 3, "", 0);
	assert_false(there(f, DRAFT_SKEL, "4/etc/new.d"));
}

static void
test_a_skeleton_with_a_draft_is_not_completed(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	struct completion c;
	struct draft d;

	draft_fixture(f);
	assert_int_equal(draft_commit(f, DRAFT_BASE, "skel/s/etc/new"), 2);
	ok(store_draft_make(&f->s, DRAFT_SKEL, "ns", NULL, &d, E));
	fd_auto tree = ok(store_draft_open(&f->s, &d, E));
	fixture_file(tree, "etc/work", "of hours");
	fails(store_skel_complete(&f->s, "ns", "mroot", 2, &a, &c, E), ERR_FAILED);
	assert_true(there(f, DRAFT_SKEL, "draft/etc/work"));
	ok(store_draft_remove(&f->s, DRAFT_SKEL, "ns", E));
	completes(f, 2, "+etc/new ", 2);
	arena_done(&a);
}

#define row(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		row(test_a_draft_is_a_copy_that_shares_no_file_with_its_origin),
		row(test_names_that_lead_elsewhere_and_what_is_not_there_are_refused),
		row(test_a_draft_without_its_description_is_of_no_generation),
		row(test_what_killed_copies_left_goes_first),
		row(test_a_published_draft_is_the_next_number_described_sealed_and_in_use),
		row(test_a_number_is_never_given_twice_after_a_rollback),
		row(test_a_draft_that_its_jail_cannot_start_on_is_told),
		row(test_the_managers_state_is_made_anew_or_taken_up),
		row(test_a_draft_is_waited_for_until_the_view_on_it_has_ended),
		row(test_a_record_that_names_no_process_of_now_is_not_waited_for),
		row(test_a_jail_stays_on_the_generation_that_it_was_told),
		row(test_only_what_is_new_in_a_base_and_missing_is_added),
		row(test_a_skeleton_with_a_draft_is_not_completed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
