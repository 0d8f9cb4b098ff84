/*
 * Times in UTC, written and read.
 */
#include "unit.h"

#include "base/utc.h"

static void
a_time_reads_back_as_it_was_written(void **state)
{
	for (int64_t t = 0; t < INT64_C(253402300800); t = t * 65 / 64 + 86399) {
		char text[UTC_SIZE];
		int64_t got;
		utc_print(t, text);
		assert_int_equal(utc_parse(text, &got), 0);
		assert_int_equal(got, t);
	}
}

static void
every_day_of_four_centuries_has_its_own_date(void **state)
{
	char text[UTC_SIZE], last[UTC_SIZE] = "";
	for (int64_t day = 0; day < 146097; day++) {
		int64_t got;
		utc_print(day * 86400, text);
		assert_true(strcmp(text, last) > 0);
		strcpy(last, text);
		assert_int_equal(utc_parse(text, &got), 0);
		assert_int_equal(got, day * 86400);
	}
	assert_string_equal(last, "2369-12-31T00:00:00Z");
}

static void
any_number_of_seconds_has_room(void **state)
{
	char text[UTC_SIZE];
	utc_print(INT64_MAX, text);
	assert_string_equal(text, "292277026596-12-04T15:30:07Z");
	utc_print(INT64_MIN, text);
	assert_string_equal(text, "-292277022657-01-27T08:29:52Z");
}

static void
what_is_no_time_is_not_read_as_one(void **state)
{
	static const char *const bad[] = {"", "2024", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z", "2024-00-01T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-00T00:00:00Z",
		"2024-01-32T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z",
		"1969-12-31T23:59:59Z", "2024-01-01T00:00:00", "2024-01-01T00:00:00Zx", "2024-01-01 00:00:00Z",
		" 024-01-01T00:00:00Z", "+024-01-01T00:00:00Z", "0000-00-00T00:00:00Z"};
	int64_t got;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (utc_parse(bad[i], &got) == 0)
			fail_msg("\"%s\" was read as %lld", bad[i], (long long)got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_reads_back_as_it_was_written),
		cmocka_unit_test(every_day_of_four_centuries_has_its_own_date),
		cmocka_unit_test(any_number_of_seconds_has_room),
		cmocka_unit_test(what_is_no_time_is_not_read_as_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
