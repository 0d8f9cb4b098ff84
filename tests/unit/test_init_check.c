/*
 * Whether pid 1 refuses every brief that is not one; and its small pure parts: time, status page, restarts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "init/check.h"
#include "init/restart.h"
#include "init/status.h"
#include "init/text.h"
#include "init_brief.h"
#include "model/jail.h"

enum { MUTATIONS = 200000 };

static void
block_good(struct brief_block *k)
{
	static const char *const words[] = {"/bin/sh", "-c", "echo", NULL};
	static const struct brief_words_rundir dirs[] = {{"named", 0, 1, 0775}};
	static const uint32_t groups[] = {1, 2, 3};

	block_make(k, &(struct brief_words){.mode = BRIEF_INIT,
			      .argv = words,
			      .env = words,
			      .start = words,
			      .stop = words,
			      .groups = groups,
			      .ngroups = 3,
			      .rundirs = dirs,
			      .nrundirs = 1,
			      .nofile = 10});
}

static void
a_whole_brief_is_accepted(void **state)
{
	static struct brief_block k;
	const char *argv[4];
	struct brief *b = (struct brief *)k.bytes;

	(void)state;
	block_good(&k);
	assert_null(brief_fault(k.bytes, k.size));
	brief_strings(b, b->argv, argv);
	assert_string_equal(argv[2], "echo");
	assert_null(argv[3]);
	assert_string_equal(brief_string_at(b, b->start, 1), "-c");
}

static void
each_wrong_field_is_named(void **state)
{
	static struct brief_block k;
	struct brief *b = (struct brief *)k.bytes;
	const struct {
		uint32_t *field, value;
		const char *fault;
	} rows[] = {
		{&b->magic, 1, "magic"},
		{&b->size, 1, "size"},
		{&b->mode, 4, "mode"},
		{&b->flags, 1 << 9, "flags"},
		{&b->uid, UINT32_MAX, "uid, gid"},
		{&b->gid, UINT32_MAX, "uid, gid"},
		{&b->groups.n, UINT32_MAX, "groups"},
		{&b->groups.off, 0xfffffffc, "groups"},
		{&b->groups.off, 0, "groups"},
		{&b->argv.off, UINT32_MAX, "argv"},
		{&b->argv.n, BRIEF_MAX_STRINGS + 1, "argv"},
		{&b->env.n, 0x10000, "env"},
		{&b->cwd, 0, "cwd"},
		{&b->umask, 01000, "umask"},
		{&b->seccomp.len, 0, "seccomp"},
		{&b->seccomp.len, 12, "seccomp"},
		{&b->seccomp.off, 4, "seccomp"},
		{&b->rlimits.n, 0x10000000, "rlimits"},
		{&b->rundirs.off, 2, "rundirs"},
		{&b->stop.off, UINT32_MAX, "start, stop"},
		{&b->stop_signal, 65, "stop_signal, restart"},
		{&b->stop_signal, 0, "stop_signal, restart"},
		{&b->restart, 3, "stop_signal, restart"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		block_good(&k);
		*rows[i].field = rows[i].value;
		const char *fault = brief_fault(k.bytes, k.size);

		assert_non_null(fault);
		assert_string_equal(fault, rows[i].fault);
	}
}

static void
a_run_directory_is_a_plain_name(void **state)
{
	static const char *const bad[] = {"", ".", "..", "a/b", "/"};
	static struct brief_block k;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct brief_words_rundir dir = {bad[i], 0, 0, 0755};

		block_make(&k, &(struct brief_words){.mode = BRIEF_INIT, .rundirs = &dir, .nrundirs = 1});
		assert_string_equal(brief_fault(k.bytes, k.size), "rundirs");
	}
}

/* Reads all that an accepted brief points at: a sanitizer build fails if anything of it lies outside. */
static size_t
brief_touch(const struct brief *b)
{
	static const char *v[BRIEF_MAX_STRINGS + 1];
	const struct brief_list lists[] = {b->argv, b->env, b->start, b->stop};
	size_t sum = strlen(brief_string(b, b->cwd));

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		brief_strings(b, lists[i], v);
		for (size_t n = 0; v[n]; n++)
			sum += strlen(v[n]);
	}
	for (uint32_t i = 0; i < b->seccomp.len; i++)
		sum += (unsigned char)brief_string(b, b->seccomp.off)[i];
	for (uint32_t i = 0; i < b->groups.n * 4; i++)
		sum += (unsigned char)brief_string(b, b->groups.off)[i];
	return sum;
}

static void
mutated_briefs_are_refused_or_harmless(void **state)
{
	static struct brief_block good;
	static const uint32_t telling[] = {0, 1, 3, 4, 8, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff, 4096, 65536};
	size_t refused = 0, sum = 0;

	(void)state;
	srand(1);
	block_good(&good);
	for (int i = 0; i < MUTATIONS; i++) {
		size_t size = rand() % 8 ? good.size : (size_t)rand() % good.size;
		char *copy = malloc(size + !size); /* its end is the block's: a read beyond it is seen */

		memcpy(copy, good.bytes, size);
		for (int n = 1 + rand() % 3; n > 0 && size >= sizeof(struct brief); n--) {
			size_t at = (size_t)rand() % (rand() % 4 ? sizeof(struct brief) / 4 : size / 4) * 4;
			uint32_t value = rand() % 2 ? telling[(size_t)rand() % 11] : (uint32_t)rand();

			memcpy(copy + at, &value, 4);
		}
		if (size >= sizeof(struct brief) && rand() % 2)
			((struct brief *)(void *)copy)->size = (uint32_t)size;
		if (brief_fault(copy, size))
			refused++;
		else
			sum += brief_touch((const struct brief *)(const void *)copy);
		free(copy);
	}
	assert_in_range(refused, MUTATIONS / 4, MUTATIONS - 100);
	assert_true(sum > 0);
}

static void
times_are_iso_8601_in_utc(void **state)
{
	static const struct {
		int64_t seconds;
		unsigned ms;
		const char *want;
	} rows[] = {
		{0, 0, "1970-01-01T00:00:00.000Z"},
		{951782399, 999, "2000-02-28T23:59:59.999Z"},
		{951782400, 5, "2000-02-29T00:00:00.005Z"},
		{1795476660, 123, "2026-11-23T23:31:00.123Z"},
		{4107542400, 0, "2100-03-01T00:00:00.000Z"},
		{253402300799, 0, "9999-12-31T23:59:59.000Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char buf[40];
		struct text t = text_on(buf);

		text_add_time(&t, rows[i].seconds, rows[i].ms);
		assert_string_equal(buf, rows[i].want);
	}
}

static void
texts_are_cut_to_their_buffer(void **state)
{
	char buf[8];
	struct text t = text_on(buf);

	(void)state;
	text_add(&t, "abcde");
	text_add_number(&t, 12345);
	assert_string_equal(buf, "abcde12");
	text_add(&t, "x");
	assert_string_equal(buf, "abcde12");
}

static void
the_status_page_is_one_line_and_newlines(void **state)
{
	char page[STATUS_SIZE];
	const struct status s = {"running", 4000000000U, 137, 4194304};

	(void)state;
	status_format(&s, page);
	assert_memory_equal(page, "running 4000000000 137 4194304\n\n", 32);
	assert_int_equal(page[STATUS_SIZE - 1], '\n');
}

static void
delays_double_up_to_a_minute_while_it_dies_young(void **state)
{
	(void)state;
	assert_int_equal(restart_delay(1, 0, 5), 1);
	assert_int_equal(restart_delay(1, 1, 5), 2);
	assert_int_equal(restart_delay(1, 2, 9999), 4);
	assert_int_equal(restart_delay(1, 32, 5), 60);
	assert_int_equal(restart_delay(1, 60, 5), 60);
	assert_int_equal(restart_delay(1, 32, 10000), 1);
	assert_int_equal(restart_delay(0, 0, 5), 1);
	assert_int_equal(restart_delay(300, 300, 5), 300);
}

static void
restarts_follow_the_policy(void **state)
{
	(void)state;
	assert_false(restart_is_due(RESTART_NO, 1));
	assert_false(restart_is_due(RESTART_ON_FAILURE, 0));
	assert_true(restart_is_due(RESTART_ON_FAILURE, 137));
	assert_true(restart_is_due(RESTART_ALWAYS, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_brief_is_accepted),
		cmocka_unit_test(each_wrong_field_is_named),
		cmocka_unit_test(a_run_directory_is_a_plain_name),
		cmocka_unit_test(mutated_briefs_are_refused_or_harmless),
		cmocka_unit_test(times_are_iso_8601_in_utc),
		cmocka_unit_test(texts_are_cut_to_their_buffer),
		cmocka_unit_test(the_status_page_is_one_line_and_newlines),
		cmocka_unit_test(delays_double_up_to_a_minute_while_it_dies_young),
		cmocka_unit_test(restarts_follow_the_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
