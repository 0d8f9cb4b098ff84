/*
 * SIGKILL at the entry of any system call of a change, from its announcement to its entry in the journal: a
 * verification finds everything as the journal says, old or new, and each change is entered once; and what is not
 * exactly what was announced is no crash.
 */
#include "draft_fixture.h"
#include "store/journal.h"
#include "store/verify.h"

enum { CALLS_MAX = 20000 };

static const struct jail *
the_jail(void)
{
	static struct jail j;

	j = fixture_jail("ns");
	return &j;
}

static int
lock_all(const struct fixture *f, int fds[4])
{
	static const char *const locks[] = {"manage.ns", "jail.ns", "edit.mroot", "base.mroot"};

	for (size_t i = 0; i < 4; i++)
		if (store_lock(&f->s, locks[i], "test", 0, &fds[i], E) < 0)
			return -1;
	return 0;
}

/* ---- changes; each goes there, or back from there ---- */

static int
change_use(const struct fixture *f, enum draft_kind kind)
{
	struct journal_entry j = {.action = kind == DRAFT_SKEL ? "rollback" : "base use"};
	struct arena a = {0};
	struct seal before, after;

	*(kind == DRAFT_SKEL ? &j.jail : &j.base) = kind == DRAFT_SKEL ? "ns" : "mroot";
	j.from = draft_in_use(f, kind);
	j.to = 3 - j.from;
	if (kind == DRAFT_SKEL) {
		ok(store_skel_seal(&f->s, "ns", j.from, &a, &before, E));
		ok(store_skel_seal(&f->s, "ns", j.to, &a, &after, E));
	} else {
		ok(store_base_seal(&f->s, "mroot", j.from, &a, &before, E));
		ok(store_base_seal(&f->s, "mroot", j.to, &a, &after, E));
	}
	journal_entry_change(&j, &before, &after);
	arena_done(&a);
	if (store_journal_begin(&f->s, &j, E) < 0 || (kind == DRAFT_SKEL ? store_skel_use(&f->s, "ns", j.to, E)
									 : store_base_use(&f->s, "mroot", j.to, E)) < 0)
		return -1;
	return store_journal_end(&f->s, &j, E);
}

static int
change_skel(const struct fixture *f)
{
	int locks[4];

	return lock_all(f, locks) < 0 ? -1 : change_use(f, DRAFT_SKEL);
}

static int
change_base(const struct fixture *f)
{
	int locks[4];

	return lock_all(f, locks) < 0 ? -1 : change_use(f, DRAFT_BASE);
}

static int
change_choice(const struct fixture *f)
{
	const struct journal_entry j = {.action = journal_choice, .jail = "ns"};
	unsigned choice;
	bool changed;
	int locks[4];

	if (lock_all(f, locks) < 0 || store_base_choice(&f->s, "ns", &choice, E) < 0 ||
		store_base_choose(&f->s, "ns", "mroot", choice ? 0 : 1, &changed, E) < 0)
		return -1;
	return changed ? store_journal_end(&f->s, &j, E) : 0;
}

static int
change_there(const struct fixture *f)
{
	struct journal_entry j = {.action = "create", .jail = "ns"};
	bool there = store_jail_exists(&f->s, "ns");
	int locks[4];

	if (lock_all(f, locks) < 0)
		return -1;
	j.action = there ? "destroy" : "create";
	j.from = there ? draft_in_use(f, DRAFT_SKEL) : 0;
	if (there && store_journal_begin(&f->s, &j, E) < 0)
		return -1;
	if ((there ? store_jail_destroy(&f->s, "ns", E) : store_jail_create(&f->s, the_jail(), NULL, E)) < 0)
		return -1;
	return store_journal_end(&f->s, &j, E);
}

static int
change_publish(const struct fixture *f)
{
	struct journal_entry j = {.action = "manage", .jail = "ns"};
	struct arena a = {0};
	struct seal before, after;
	struct draft d;
	unsigned number;
	bool found;
	int locks[4];

	if (lock_all(f, locks) < 0 || store_draft_find(&f->s, DRAFT_SKEL, "ns", &d, &found, E) < 0)
		return -1;
	if (!found && store_draft_make(&f->s, DRAFT_SKEL, "ns", NULL, &d, E) < 0)
		return -1;
	fd_auto tree = store_draft_open(&f->s, &d, E);
	if (tree < 0 || seal_make(tree, NULL, NULL, &a, &after, E) < 0 ||
		store_skel_seal(&f->s, "ns", d.from, &a, &before, E) < 0 || store_draft_number(&f->s, &d, &j.to, E) < 0)
		return -1;
	j.from = d.from;
	journal_entry_change(&j, &before, &after);
	if (store_journal_begin(&f->s, &j, E) < 0 || store_draft_publish(&f->s, &d, &after, NULL, &number, E) < 0)
		return -1;
	arena_done(&a);
	return store_journal_end(&f->s, &j, E);
}

/* ---- what is to be so after each ---- */

static bool
matches(const struct fixture *f, enum draft_kind kind, struct arena *a)
{
	struct verify_request q = {.kind = kind, .name = kind == DRAFT_SKEL ? "ns" : "mroot", .threads = 1};
	struct verify_result r;

	ok(store_verify(&f->s, &q, NULL, a, &r, E));
	for (size_t i = 0; i < r.faults.n; i++)
		print_message("%s\n", r.faults.v[i]);
	return r.match;
}

/* Nobody's change is entered twice, or not: one after the other, each begins where the one before ended. */
static void
check_chain(const struct fixture *f, int n)
{
	struct arena a = {0};
	struct journal journal;
	struct journal_check check;
	unsigned skel = 0, base = 0, choice = 0;

	ok(store_journal_check(&f->s, &check, E));
	assert_int_equal(check.fault.kind, ERR_NONE);
	ok(store_journal_read(&f->s, NULL, &a, &journal, E));
	for (size_t i = 0; i < journal.n; i++) {
		const struct journal_entry *j = &journal.v[i];
		unsigned *at = strcmp(j->action, journal_choice) == 0 ? &choice : j->jail ? &skel : &base;

		if (j->from != *at)
			fail_msg("killed at call %d: entry %zu, %s, from %u and not %u", n, i + 1, j->action, j->from,
				*at);
		*at = j->to;
	}
	arena_done(&a);
}

static void
record(const struct fixture *f, const char *jail, const char *base, unsigned from, unsigned to)
{
	struct journal_entry j = {.action = jail ? "manage" : "base edit", .jail = jail, .base = base};
	struct arena a = {0};
	struct seal seal;

	j.from = from;
	j.to = to;
	ok(jail ? store_skel_seal(&f->s, jail, to, &a, &seal, E) : store_base_seal(&f->s, base, to, &a, &seal, E));
	journal_entry_change(&j, NULL, &seal);
	ok(store_journal_append(&f->s, &j, E));
	arena_done(&a);
}

static void
prepare(const struct fixture *f)
{
	const struct journal_entry created = {.action = "create", .jail = "ns"};

	draft_fixture(f);
	ok(store_journal_end(&f->s, &created, E));
	record(f, NULL, "mroot", 0, 1);
	assert_int_equal(draft_commit(f, DRAFT_BASE, "root/new"), 2);
	record(f, NULL, "mroot", 1, 2);
	assert_int_equal(draft_commit(f, DRAFT_SKEL, "etc/new"), 2);
	record(f, "ns", NULL, 1, 2);
}

static void
kill_everywhere(void **state, int (*victim)(const struct fixture *), int stride)
{
	struct fixture *f = fixture(state);
	bool killed = true;
	int n;

	prepare(f);
	for (n = 0; killed && n < CALLS_MAX; n += stride) {
		struct arena a = {0};

		killed = killed_at(f, victim, n);
		if (store_jail_exists(&f->s, "ns") && !matches(f, DRAFT_SKEL, &a))
			fail_msg("killed at call %d: the skeleton does not match", n);
		if (!matches(f, DRAFT_BASE, &a))
			fail_msg("killed at call %d: the base does not match", n);
		arena_done(&a);
		check_chain(f, n);
	}
	assert_in_range(n, 30, CALLS_MAX - 1);
}

static void
test_a_rollback_killed_at_any_call_is_entered_or_not_made(void **state)
{
	kill_everywhere(state, change_skel, 1);
}

static void
test_a_base_put_to_use_killed_at_any_call_is_entered_or_not_made(void **state)
{
	kill_everywhere(state, change_base, 1);
}

static void
test_a_choice_killed_at_any_call_is_entered_or_not_made(void **state)
{
	kill_everywhere(state, change_choice, 1);
}

static void
test_a_publishing_killed_at_any_call_is_entered_or_not_made(void **state)
{
	kill_everywhere(state, change_publish, 1);
}

static void
test_a_create_or_destroy_killed_at_any_call_is_entered_or_not_made(void **state)
{
	kill_everywhere(state, change_there, 3);
}

/* ---- what is no crash ---- */

/* As a crash would leave it, were it made. */
static void
announce(const struct fixture *f)
{
	struct journal_entry j = {.action = "rollback", .jail = "ns", .from = 2, .to = 1};
	struct arena a = {0};
	struct seal seal;

	ok(store_skel_seal(&f->s, "ns", 1, &a, &seal, E));
	journal_entry_change(&j, NULL, &seal);
	ok(store_journal_begin(&f->s, &j, E));
	arena_done(&a);
}

static void
test_what_is_not_what_was_announced_is_no_crash(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	struct journal_check before, after;

	prepare(f);
	ok(store_journal_check(&f->s, &before, E));
	announce(f);
	ok(store_skel_use(&f->s, "ns", 1, E));
	fixture_file(f->s.dotfd, "skel/ns/1.mtree", "#mtree\n");
	assert_false(matches(f, DRAFT_SKEL, &a));
	ok(store_journal_check(&f->s, &after, E));
	assert_int_equal(before.entries, after.entries);
	assert_false(fixture_there(f->s.dotfd, "journal/begun.jail.ns"));
	arena_done(&a);
}

static uint64_t
entries(const struct fixture *f)
{
	struct journal_check check;

	ok(store_journal_check(&f->s, &check, E));
	return check.entries;
}

static void
test_a_generation_without_a_manifest_is_put_to_use_as_announced(void **state)
{
	const struct journal_entry j = {.action = "rollback", .jail = "ns"};
	struct fixture *f = fixture(state);
	uint64_t before;

	prepare(f);
	before = entries(f);
	assert_int_equal(unlinkat(f->s.dotfd, "skel/ns/1.mtree", 0), 0);
	announce(f);
	ok(store_skel_use(&f->s, "ns", 1, E));
	ok(store_journal_end(&f->s, &j, E));
	assert_int_equal(entries(f), before + 1);
	/* with another tree it is not what was announced */
	ok(store_skel_use(&f->s, "ns", 2, E));
	announce(f);
	ok(store_skel_use(&f->s, "ns", 1, E));
	fixture_file(f->s.dotfd, "skel/ns/1/added", "x");
	assert_int_equal(store_journal_end(&f->s, &j, E), -1);
	assert_int_equal(entries(f), before + 1);
}

static void
test_a_choice_that_was_edited_is_found(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};

	prepare(f);
	assert_true(matches(f, DRAFT_SKEL, &a));
	fixture_file(f->s.dotfd, "skel/ns/base", "1\n");
	assert_false(matches(f, DRAFT_SKEL, &a));
	fixture_file(f->s.dotfd, "skel/ns/base", "one\n");
	assert_false(matches(f, DRAFT_SKEL, &a));
	assert_int_equal(unlinkat(f->s.dotfd, "skel/ns/base", 0), 0);
	assert_false(killed_at(f, change_choice, CALLS_MAX));
	assert_true(matches(f, DRAFT_SKEL, &a));
	assert_int_equal(unlinkat(f->s.dotfd, "skel/ns/base", 0), 0);
	assert_false(matches(f, DRAFT_SKEL, &a));
	arena_done(&a);
}

#define row(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		row(test_a_rollback_killed_at_any_call_is_entered_or_not_made),
		row(test_a_base_put_to_use_killed_at_any_call_is_entered_or_not_made),
		row(test_a_choice_killed_at_any_call_is_entered_or_not_made),
		row(test_a_publishing_killed_at_any_call_is_entered_or_not_made),
		row(test_a_create_or_destroy_killed_at_any_call_is_entered_or_not_made),
		row(test_what_is_not_what_was_announced_is_no_crash),
		row(test_a_generation_without_a_manifest_is_put_to_use_as_announced),
		row(test_a_choice_that_was_edited_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
