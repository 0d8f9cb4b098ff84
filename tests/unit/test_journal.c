/*
 * The journal: what is appended is read back, what was changed is found, what a crash left is mended, and nothing that
 * was written is lost.
 */
#include <time.h>

#include "base/str.h"
#include "store/journal_line.h"
#include "store_killed.h"

enum { JOURNAL_BYTES = 4 << 20 };

static struct journal_entry
entry_of(const char *jail, unsigned to)
{
	return (struct journal_entry){.action = "manage", .jail = jail, .from = to - 1, .to = to};
}

static void
append(const struct fixture *f, const char *jail, unsigned to)
{
	struct journal_entry j = entry_of(jail, to);

	ok(store_journal_append(&f->s, &j, E));
}

static void
append_many(const struct fixture *f, unsigned n)
{
	for (unsigned i = 1; i <= n; i++)
		append(f, "ns", i);
}

/* An empty journal. */
static void
start_over(const struct fixture *f)
{
	ok(store_unlink(f->s.dotfd, "journal/journal", 0, E));
	ok(store_unlink(f->s.dotfd, "journal/head", 0, E));
}

/* The journal's lines, each with its newline; a last one without. */
static struct strv
lines_get(const struct fixture *f, struct arena *a)
{
	struct strv lines = {0};
	char *text;

	ok(file_read(f->s.dotfd, "journal/journal", JOURNAL_BYTES, a, &text, NULL, E));
	assert_non_null(text);
	for (size_t n; *text; text += n) {
		n = strcspn(text, "\n");
		n += text[n] == '\n';
		strv_add(a, &lines, arena_strndup(a, text, n));
	}
	return lines;
}

static void
lines_put(const struct fixture *f, const struct strv *lines)
{
	str_auto text = {0};

	for (size_t i = 0; i < lines->n; i++)
		str_add(&text, lines->v[i]);
	ok(file_write(f->s.dotfd, "journal/journal", str_text(&text), text.len, 0600, E));
}

static struct journal_check
checked(const struct fixture *f)
{
	struct journal_check c;

	ok(store_journal_check(&f->s, &c, E));
	return c;
}

static void
holds(const struct fixture *f, uint64_t entries)
{
	struct journal_check c = checked(f);

	if (c.fault.kind != ERR_NONE)
		err_print(stderr, &c.fault, "test", NULL);
	assert_int_equal(c.fault.kind, ERR_NONE);
	assert_int_equal(c.entries, entries);
}

/* entries: how many fit before the first that does not. */
static void
is_broken(const struct fixture *f, uint64_t entries, const char *reason)
{
	struct journal_check c = checked(f);

	assert_int_equal(c.fault.kind, ERR_FAILED);
	if (!strstr(c.fault.reason, reason))
		fail_msg("no \"%s\" in \"%s\"", reason, c.fault.reason);
	assert_int_equal(c.entries, entries);
}

/* What a further append does to a broken journal: its entry is kept, and the break stays. */
static void
stays_broken(const struct fixture *f, uint64_t entries)
{
	struct arena a = {0};
	struct journal j;

	append(f, "later", 99);
	assert_int_equal(checked(f).fault.kind, ERR_FAILED);
	assert_int_equal(checked(f).entries, entries);
	ok(store_journal_read(&f->s, "later", &a, &j, E));
	assert_int_equal(j.n, 1);
	arena_done(&a);
}

static struct journal
read_all(const struct fixture *f, const char *name, struct arena *a)
{
	struct journal j;

	ok(store_journal_read(&f->s, name, a, &j, E));
	assert_int_equal(j.bad_line, 0);
	return j;
}

/* ---- what is written ---- */

static void
test_an_entry_reads_back_as_it_was_written(void **state)
{
	struct fixture *f = fixture(state);
	static const char *words[] = {"sh", "-c", "echo 'a\nb'\t\033[2J\x01\"\\", "", "\xe2\x80\xae\xc3\xa9", NULL};
	struct journal_entry in = {.action = "base edit",
		.base = "mroot",
		.command = {words, 5},
		.from = 3,
		.to = 4,
		.added = 1,
		.removed = 2,
		.changed = 3,
		.rights = INT64_MAX};
	struct arena a = {0};

	setenv("SUDO_USER", "al\nice", 1);
	memset(in.after, 'a', SHA256_HEX - 1);
	int64_t before = time(NULL);
	ok(store_journal_append(&f->s, &in, E));
	unsetenv("SUDO_USER");
	assert_int_equal(lines_get(f, &a).n, 1);
	struct journal j = read_all(f, NULL, &a);
	assert_int_equal(j.n, 1);
	const struct journal_entry *got = j.v;
	assert_int_equal(got->number, 1);
	assert_in_range(got->time, before, time(NULL));
	assert_int_equal(got->uid, getuid());
	assert_string_equal(got->sudo_user, "al\nice");
	assert_string_equal(got->previous, journal_zeros);
	assert_string_equal(got->action, "base edit");
	assert_null(got->jail);
	assert_string_equal(got->base, "mroot");
	assert_int_equal(got->command.n, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(got->command.v[i], words[i]);
	assert_true(got->from == 3 && got->to == 4);
	assert_string_equal(got->before, "");
	assert_string_equal(got->after, in.after);
	assert_true(got->added == 1 && got->removed == 2 && got->changed == 3 && got->rights == INT64_MAX);
	arena_done(&a);
}

static void
test_the_login_is_the_kernels(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	char text[32] = "";
	FILE *p = popen("cat /proc/self/loginuid 2> /dev/null || echo 4294967295", "r");

	assert_non_null(p);
	assert_non_null(fgets(text, sizeof(text), p));
	pclose(p);
	append(f, "ns", 1);
	assert_int_equal(read_all(f, NULL, &a).v[0].login_uid, strtoul(text, NULL, 10));
	assert_null(read_all(f, NULL, &a).v[0].sudo_user);
	arena_done(&a);
}

static void
test_each_entry_carries_the_hash_of_the_line_before(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	char hash[SHA256_HEX];

	holds(f, 0);
	append_many(f, 40);
	holds(f, 40);
	struct strv lines = lines_get(f, &a);
	struct journal j = read_all(f, NULL, &a);
	assert_int_equal(j.n, 40);
	for (size_t i = 1; i < j.n; i++) {
		sha256_of(lines.v[i - 1], strlen(lines.v[i - 1]), hash);
		assert_string_equal(j.v[i].previous, hash);
		assert_int_equal(j.v[i].number, i + 1);
	}
	sha256_of(lines.v[39], strlen(lines.v[39]), hash);
	assert_string_equal(checked(f).last, hash);
	assert_int_equal(fixture_stat(f->s.dotfd, "journal/journal").st_mode & 07777, 0600);
	arena_done(&a);
}

static void
test_entries_of_one_jail_or_base_can_be_read(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};

	append(f, "ns", 1);
	append(f, "ldap", 1);
	append(f, "ns", 2);
	struct journal_entry base = {.action = "base create", .base = "mroot", .to = 1};
	ok(store_journal_append(&f->s, &base, E));
	struct journal j = read_all(f, "ns", &a);
	assert_true(j.n == 2 && j.v[0].number == 1 && j.v[1].number == 3);
	assert_int_equal(read_all(f, "mroot", &a).n, 1);
	assert_int_equal(read_all(f, "n", &a).n, 0);
	arena_done(&a);
}

static void
test_a_command_of_any_length_makes_a_line_of_bounded_length(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	struct strv many = {0}, one = {0};
	char *word = arena_alloc(&a, 3 * JOURNAL_COMMAND_MAX);

	memset(word, 1, 3 * JOURNAL_COMMAND_MAX - 1);
	strv_add(&a, &one, word);
	for (size_t i = 0; i < 2 * JOURNAL_COMMAND_MAX; i++)
		strv_add(&a, &many, "");
	struct journal_entry j = {.action = "manage", .jail = "ns", .command = one};
	ok(store_journal_append(&f->s, &j, E));
	j.command = many;
	ok(store_journal_append(&f->s, &j, E));
	struct strv lines = lines_get(f, &a);
	assert_true(strlen(lines.v[0]) < JOURNAL_LINE_MAX && strlen(lines.v[1]) < JOURNAL_LINE_MAX);
	struct journal got = read_all(f, NULL, &a);
	assert_int_equal(strlen(got.v[0].command.v[0]), JOURNAL_COMMAND_MAX);
	assert_string_equal(got.v[0].command.v[1], "[131071 bytes more]");
	assert_int_equal(got.v[1].command.n, JOURNAL_COMMAND_MAX + 1);
	holds(f, 2);
	append(f, "ns", 2);
	holds(f, 3);
	arena_done(&a);
}

static void
test_two_writers_at_once_make_one_chain(void **state)
{
	struct fixture *f = fixture(state);
	enum { WRITERS = 4, EACH = 25 };
	pid_t pids[WRITERS];
	struct arena a = {0};
	int status;

	for (unsigned w = 0; w < WRITERS; w++) {
		if ((pids[w] = fork()) != 0)
			continue;
		struct err e;
		char name[8];
		snprintf(name, sizeof(name), "w%u", w);
		for (unsigned i = 1; i <= EACH; i++) {
			struct journal_entry j = entry_of(name, i);
			if (store_journal_append(&f->s, &j, &e) < 0)
				_exit(1);
		}
		_exit(0);
	}
	for (unsigned w = 0; w < WRITERS; w++) {
		assert_int_equal(waitpid(pids[w], &status, 0), pids[w]);
		assert_int_equal(status, 0);
	}
	holds(f, WRITERS * EACH);
	struct journal j = read_all(f, "w3", &a);
	assert_int_equal(j.n, EACH);
	for (unsigned i = 0; i < EACH; i++)
		assert_int_equal(j.v[i].to, i + 1);
	arena_done(&a);
}

/* ---- what was changed ---- */

static void
test_an_edited_entry_is_found(void **state)
{
	for (size_t at = 0; at < 5; at++) {
		struct fixture *f = fixture(state);
		struct arena a = {0};
		start_over(f);
		append_many(f, 5);
		struct strv lines = lines_get(f, &a);
		char *line = arena_strdup(&a, lines.v[at]), *place = strstr(line, "\"jail\":\"ns\"");
		assert_non_null(place);
		memcpy(place, "\"jail\":\"mx\"", 11);
		lines.v[at] = line;
		lines_put(f, &lines);
		is_broken(f, at == 4 ? 5 : at + 1,
			at == 4 ? "is not the one that was written last" : "does not carry the hash");
		stays_broken(f, at == 4 ? 5 : at + 1);
		arena_done(&a);
	}
}

/* Puts the lines of this order back: each digit one of five. */
static void
reorder(const struct fixture *f, const char *order)
{
	struct arena a = {0};
	struct strv lines = lines_get(f, &a), changed = {0};

	for (; *order; order++)
		strv_add(&a, &changed, lines.v[*order - '1']);
	lines_put(f, &changed);
	arena_done(&a);
}

static void
test_removed_inserted_reordered_and_truncated_entries_are_found(void **state)
{
	static const struct {
		const char *order;
		uint64_t fit;
		const char *reason;
	} rows[] = {
		{"2345", 0, "line 1 is entry 2, not 1"},
		{"1245", 2, "line 3 is entry 4, not 3"},
		{"1234", 4, "ends with entry 4, but 5 were written"},
		{"123", 3, "ends with entry 3, but 5 were written"},
		{"", 0, "ends with entry 0, but 5 were written"},
		{"12234", 2, "line 3 is entry 2, not 3"},
		{"123455", 5, "line 6 is entry 5, not 6"},
		{"12435", 2, "line 3 is entry 4, not 3"},
		{"54321", 0, "line 1 is entry 5, not 1"},
	};
	struct fixture *f = fixture(state);
	struct arena a = {0};
	char *head;
	size_t len;

	append_many(f, 5);
	struct strv lines = lines_get(f, &a);
	ok(file_read(f->s.dotfd, "journal/head", 4096, &a, &head, &len, E));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		lines_put(f, &lines);
		ok(file_write(f->s.dotfd, "journal/head", head, len, 0600, E));
		holds(f, 5);
		reorder(f, rows[i].order);
		is_broken(f, rows[i].fit, rows[i].reason);
		stays_broken(f, rows[i].fit);
	}
	arena_done(&a);
}

/* One that was made with care: numbered and chained, but what follows it was chained to the one before. */
static void
test_an_entry_put_in_with_the_right_hash_is_found(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	struct strv changed = {0};
	str_auto line = {0};

	append_many(f, 3);
	struct strv lines = lines_get(f, &a);
	struct journal_entry forged = read_all(f, NULL, &a).v[1];
	forged.jail = "forged";
	journal_line_print(&forged, &line);
	strv_add(&a, &changed, lines.v[0]);
	strv_add(&a, &changed, str_text(&line));
	strv_add(&a, &changed, lines.v[2]);
	lines_put(f, &changed);
	is_broken(f, 2, "entry 3 does not carry");
	arena_done(&a);
}

static void
test_a_line_that_is_no_entry_is_named_and_the_others_are_read(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	struct journal j;

	append_many(f, 4);
	struct strv lines = lines_get(f, &a);
	lines.v[1] = "garbage\n";
	lines_put(f, &lines);
	is_broken(f, 1, "line 2 is no entry");
	ok(store_journal_read(&f->s, NULL, &a, &j, E));
	assert_int_equal(j.bad_line, 2);
	assert_int_equal(j.n, 3);
	stays_broken(f, 1);
	arena_done(&a);
}

static void
test_a_head_that_is_gone_or_changed_is_found(void **state)
{
	static const char *const heads[] = {NULL, "", "5\n", "number 3\nhash x\n",
		"number 2\nhash 0000000000000000000000000000000000000000000000000000000000000000\n"};

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		struct fixture *f = fixture(state);
		start_over(f);
		append_many(f, 3);
		if (heads[i])
			fixture_file(f->s.dotfd, "journal/head", heads[i]);
		else
			assert_int_equal(unlinkat(f->s.dotfd, "journal/head", 0), 0);
		is_broken(f, 3,
			i == 0  ? "head is missing"
			: i < 4 ? "head is malformed"
				: "not the one that was written last");
		stays_broken(f, 3);
	}
}

static void
test_what_is_no_entry_is_not_parsed(void **state)
{
	struct arena a = {0};
	struct journal_entry j = entry_of("ns", 2), got;
	str_auto good = {0};

	j.number = 1;
	j.time = 1700000000;
	memcpy(j.previous, journal_zeros, SHA256_HEX);
	journal_line_print(&j, &good);
	assert_int_equal(journal_line_parse(good.s, good.len, &a, &got), 0);
	assert_int_equal(journal_line_parse(good.s, good.len - 1, &a, &got), 0);
	for (size_t n = 0; n < good.len - 1; n++)
		assert_int_equal(journal_line_parse(good.s, n, &a, &got), -1);
	static const struct {
		const char *from, *to;
	} rows[] = {{"\"number\":1", "\"number\":-1"}, {"\"number\":1", "\"number\":1.0"},
		{"\"number\":1", "\"numb\":1"}, {"\"time\":\"2023", "\"time\":\"1023"}, {"\"uid\":0", "\"uid\":null"},
		{"\"uid\":0", "\"uid\":4294967295"}, {"\"action\":\"manage\"", "\"action\":null"},
		{"\"jail\":\"ns\"", "\"jail\":\"n\\u0000s\""}, {"\"command\":[]", "\"command\":[1]"},
		{"\"command\":[]", "\"command\":null"}, {"\"from\":1", "\"from\":\"1\""},
		{"\"before\":null", "\"before\":\"ab\""}, {"\"previous\":\"0", "\"previous\":\"X"}, {"}", "}}"},
		{"{", "[{"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		str_auto bad = {0};
		const char *at = strstr(good.s, rows[i].from);
		assert_non_null(at);
		str_addn(&bad, good.s, (size_t)(at - good.s));
		str_addf(&bad, "%s%s", rows[i].to, at + strlen(rows[i].from));
		if (journal_line_parse(bad.s, bad.len, &a, &got) == 0)
			fail_msg("%s", bad.s);
	}
	str_addn(&good, "\0x", 2);
	assert_int_equal(journal_line_parse(good.s, good.len, &a, &got), -1);
	arena_done(&a);
}

/* ---- what a crash left ---- */

static unsigned
count_torn(const struct fixture *f)
{
	struct arena a = {0};
	struct strv names;
	unsigned n = 0;

	ok(store_names(f->s.dotfd, "journal", &a, &names, E));
	for (size_t i = 0; i < names.n; i++)
		n += str_has_prefix(names.v[i], "torn.");
	arena_done(&a);
	return n;
}

/* The last entry is in the file, the head still names the one before. */
static void
set_back_head(const struct fixture *f, unsigned n)
{
	struct arena a = {0};
	char *head;
	size_t len;

	append_many(f, n - 1);
	ok(file_read(f->s.dotfd, "journal/head", 4096, &a, &head, &len, E));
	append(f, "last", n);
	if (head)
		ok(file_write(f->s.dotfd, "journal/head", head, len, 0600, E));
	else
		assert_int_equal(unlinkat(f->s.dotfd, "journal/head", 0), 0);
	arena_done(&a);
}

static void
test_one_line_after_the_head_is_taken_by_check(void **state)
{
	struct fixture *f = fixture(state);

	set_back_head(f, 3);
	holds(f, 3);
	append(f, "ns", 4);
	holds(f, 4);
	start_over(f);
	set_back_head(f, 1);
	holds(f, 1);
}

static void
test_one_line_after_the_head_is_taken_by_append(void **state)
{
	struct fixture *f = fixture(state);

	set_back_head(f, 3);
	append(f, "ns", 4);
	holds(f, 4);
}

static void
test_a_first_line_without_head_is_taken(void **state)
{
	struct fixture *f = fixture(state);

	set_back_head(f, 1);
	append(f, "ns", 2);
	holds(f, 2);
}

static void
test_two_lines_after_the_head_are_not_taken(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	char *head;
	size_t len;

	append_many(f, 2);
	ok(file_read(f->s.dotfd, "journal/head", 4096, &a, &head, &len, E));
	append_many(f, 2);
	ok(file_write(f->s.dotfd, "journal/head", head, len, 0600, E));
	is_broken(f, 4, "not the one that was written last");
	stays_broken(f, 4);
	arena_done(&a);
}

static void
test_a_torn_line_is_set_aside_and_the_next_entry_takes_its_number(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} torn[] = {{"{\"number\":4,\"ti", 14}, {"\0\0\0\0", 4}, {"\0\0\0\0,\"previous\":\"0\"}\n", 21}, {"x", 1}};

	for (size_t i = 0; i < sizeof(torn) / sizeof(*torn); i++) {
		struct fixture *f = fixture(state);
		append_many(f, 3);
		uint64_t before = checked(f).entries;
		fd_auto fd = openat(f->s.dotfd, "journal/journal", O_WRONLY | O_APPEND | O_CLOEXEC);
		assert_int_equal(write(fd, torn[i].text, torn[i].len), torn[i].len);
		assert_true(checked(f).torn);
		holds(f, before);
		append(f, "ns", 4);
		assert_false(checked(f).torn);
		holds(f, before + 1);
		assert_int_equal(count_torn(f), i + 1);
	}
}

static void
test_an_entry_that_lacks_only_its_newline_is_kept(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};

	set_back_head(f, 3);
	struct strv lines = lines_get(f, &a);
	lines.v[2] = arena_strndup(&a, lines.v[2], strlen(lines.v[2]) - 1);
	lines_put(f, &lines);
	assert_true(checked(f).torn);
	append(f, "ns", 4);
	holds(f, 4);
	assert_int_equal(read_all(f, "last", &a).n, 1);
	assert_int_equal(count_torn(f), 0);
	arena_done(&a);
}

static void
test_an_end_longer_than_any_entry_is_an_error(void **state)
{
	struct fixture *f = fixture(state);
	struct journal_entry j = entry_of("ns", 2);

	append(f, "ns", 1);
	fd_auto fd = openat(f->s.dotfd, "journal/journal", O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, 3 * JOURNAL_LINE_MAX), 0);
	fails(store_journal_append(&f->s, &j, E), ERR_FAILED);
}

static int
run_append(const struct fixture *f)
{
	struct journal_entry j = entry_of("victim", 1);

	return store_journal_append(&f->s, &j, E);
}

static void
test_an_append_killed_at_any_call_breaks_nothing(void **state)
{
	struct fixture *f = fixture(state);
	uint64_t entries = 0;
	int n;

	for (n = 0; n < 1000; n++) {
		bool killed = killed_at(f, run_append, n);
		append(f, "after", 1);
		struct journal_check c = checked(f);
		assert_int_equal(c.fault.kind, ERR_NONE);
		/* the killed one's entry is there whole, or not at all */
		assert_in_range(c.entries, entries + 1 + !killed, entries + 2);
		entries = c.entries;
		if (!killed)
			break;
	}
	assert_in_range(n, 10, 999);
	assert_int_equal(count_torn(f), 0);
	struct arena a = {0};
	struct strv names;
	ok(store_names(f->s.dotfd, "journal", &a, &names, E));
	assert_int_equal(names.n, 2);
	arena_done(&a);
	print_message("%d system calls\n", n);
}

#define row(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		row(test_an_entry_reads_back_as_it_was_written),
		row(test_the_login_is_the_kernels),
		row(test_each_entry_carries_the_hash_of_the_line_before),
		row(test_entries_of_one_jail_or_base_can_be_read),
		row(test_a_command_of_any_length_makes_a_line_of_bounded_length),
		row(test_two_writers_at_once_make_one_chain),
		row(test_an_edited_entry_is_found),
		row(test_removed_inserted_reordered_and_truncated_entries_are_found),
		row(test_an_entry_put_in_with_the_right_hash_is_found),
		row(test_a_line_that_is_no_entry_is_named_and_the_others_are_read),
		row(test_a_head_that_is_gone_or_changed_is_found),
		cmocka_unit_test(test_what_is_no_entry_is_not_parsed),
		row(test_one_line_after_the_head_is_taken_by_check),
		row(test_one_line_after_the_head_is_taken_by_append),
		row(test_a_first_line_without_head_is_taken),
		row(test_two_lines_after_the_head_are_not_taken),
		row(test_a_torn_line_is_set_aside_and_the_next_entry_takes_its_number),
		row(test_an_entry_that_lacks_only_its_newline_is_kept),
		row(test_an_end_longer_than_any_entry_is_an_error),
		row(test_an_append_killed_at_any_call_breaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
