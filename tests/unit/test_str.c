/* base/str, base/utf8: strings, escapes, strict numbers. */
#include "unit.h"

#include "base/str.h"
#include "base/utf8.h"

static void
a_string_grows_and_stays_terminated(void **state)
{
	str_auto b = {0};
	assert_string_equal(str_text(&b), "");
	for (int i = 0; i < 1000; i++)
		str_addc(&b, 'x');
	str_addf(&b, "%d", 42);
	str_addn(&b, "abc", 2);
	assert_int_equal(b.len, 1004);
	assert_string_equal(b.s + 1000, "42ab");
	b.len = 0;
	str_addu(&b, 0);
	str_addu(&b, UINT64_MAX);
	str_addu(&b, 10);
	assert_string_equal(str_text(&b), "01844674407370955161510");
}

static const struct {
	const char *in, *out;
} escapes[] = {
	{"plain", "plain"},
	{"a\nb\tc\\", "a\\nb\\tc\\\\"},
	{"\x1b[31m", "\\x1B[31m"},
	{"\x7f", "\\x7F"},
	{"\xc2\x85", "\\xC2\\x85"}, /* NEL */
	{"\xc2\x9b", "\\xC2\\x9B"}, /* CSI, a C1 control */
	{"\x9b", "\\x9B"},          /* the same as a bare byte */
	{"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
	{"\xe2\x80\xa8\xe2\x80\xa9", "\\xE2\\x80\\xA8\\xE2\\x80\\xA9"}, /* U+2028, U+2029 */
	{"\xe2\x80\xae", "\\xE2\\x80\\xAE"},                            /* U+202E */
	{"\xe2\x80\xaa", "\\xE2\\x80\\xAA"},                            /* U+202A */
	{"\xe2\x81\xa6\xe2\x81\xa9", "\\xE2\\x81\\xA6\\xE2\\x81\\xA9"}, /* U+2066, U+2069 */
	{"\xc0\xaf", "\\xC0\\xAF"},                                     /* overlong */
	{"\xe0\x80\xaf", "\\xE0\\x80\\xAF"},
	{"\xed\xa0\x80", "\\xED\\xA0\\x80"},          /* a surrogate */
	{"\xf4\x90\x80\x80", "\\xF4\\x90\\x80\\x80"}, /* over U+10FFFF */
	{"\xe2\x82", "\\xE2\\x82"},                   /* cut */
	{"\xff"
	 "a",
		"\\xFFa"},
};

static void
what_others_wrote_is_escaped(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(escapes); i++) {
		str_auto b = {0};
		str_add_escaped(&b, escapes[i].in, strlen(escapes[i].in));
		assert_string_equal(str_text(&b), escapes[i].out);
	}
	str_auto nul = {0};
	str_add_escaped(&nul, "a\0b", 3);
	assert_string_equal(str_text(&nul), "a\\x00b");
}

static void
no_code_point_is_cut_in_two(void **state)
{
	const char *s = "a\xe2\x82\xac"
			"b";
	const size_t want[] = {0, 1, 1, 1, 4, 5};
	for (size_t n = 0; n < ARRAY_LEN(want); n++)
		assert_int_equal(utf8_cut(s, n), want[n]);
	assert_int_equal(utf8_cut("\x80\x80\x80\x80\x80", 5), 5);
}

static void
sizes_are_for_people(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {{0, "0 B"}, {1023, "1023 B"}, {1024, "1 KiB"}, {524288, "512 KiB"}, {1610612736, "1.5 GiB"},
		{1048575, "1 MiB"}, {UINT64_MAX, "16 EiB"}};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		str_auto b = {0};
		str_add_size(&b, rows[i].bytes);
		assert_string_equal(str_text(&b), rows[i].text);
	}
}

static void
columns_are_code_points_without_marks(void **state)
{
	assert_int_equal(str_columns(""), 0);
	assert_int_equal(str_columns("abc"), 3);
	assert_int_equal(str_columns("\xc3\xa9"), 1);
	assert_int_equal(str_columns("e\xcc\x81"), 1);
	assert_int_equal(str_columns("\xff\xff"), 2);
}

static void
only_a_near_name_is_nearest(void **state)
{
	const char *const names[] = {"start", "stop", "restart", "status", "ip4.addr"};
	assert_string_equal(str_nearest("strat", names, ARRAY_LEN(names)), "start");
	assert_string_equal(str_nearest("statsu", names, ARRAY_LEN(names)), "status");
	assert_string_equal(str_nearest("ip4addr", names, ARRAY_LEN(names)), "ip4.addr");
	assert_null(str_nearest("frobnicate", names, ARRAY_LEN(names)));
	assert_null(str_nearest("", names, ARRAY_LEN(names)));
	const char *const two[] = {"xy", "ab"};
	assert_null(str_nearest("cd", two, 2)); /* all of it differs */
	char longer[400];
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_null(str_nearest(longer, names, ARRAY_LEN(names)));
}

static void
numbers_are_digits_only(void **state)
{
	static const char *const bad[] = {"", " 1", "1 ", "+1", "-1", "0x10", "1e3", "18446744073709551616",
		"99999999999999999999999", "1\n", "\xd9\xa1"};
	uint64_t n = 7;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(str_to_u64(bad[i], UINT64_MAX, &n), -1);
	assert_int_equal(n, 7);
	assert_int_equal(str_to_u64("18446744073709551615", UINT64_MAX, &n), 0);
	assert_true(n == UINT64_MAX);
	assert_int_equal(str_to_u64("100", 99, &n), -1);
	assert_int_equal(str_to_u64("99", 99, &n), 0);
	assert_int_equal(n, 99);
}

static void
modes_are_octal(void **state)
{
	uint32_t mode = 1;
	assert_int_equal(str_to_mode("0755", &mode), 0);
	assert_int_equal(mode, 0755);
	assert_int_equal(str_to_mode("8", &mode), -1);
	assert_int_equal(str_to_mode("10000", &mode), -1);
	assert_int_equal(str_to_mode("", &mode), -1);
}

static void
sizes_have_one_suffix(void **state)
{
	uint64_t n = 0;
	assert_int_equal(str_to_size("512M", &n), 0);
	assert_true(n == UINT64_C(512) << 20);
	assert_int_equal(str_to_size("1t", &n), 0);
	assert_true(n == UINT64_C(1) << 40);
	assert_int_equal(str_to_size("12", &n), 0);
	assert_int_equal(n, 12);
	static const char *const bad[] = {"", "M", "1MB", "1 M", "-1K", "1.5G", "16777216T", "1P"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(str_to_size(bad[i], &n), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_string_grows_and_stays_terminated),
		cmocka_unit_test(what_others_wrote_is_escaped),
		cmocka_unit_test(no_code_point_is_cut_in_two),
		cmocka_unit_test(sizes_are_for_people),
		cmocka_unit_test(columns_are_code_points_without_marks),
		cmocka_unit_test(only_a_near_name_is_nearest),
		cmocka_unit_test(numbers_are_digits_only),
		cmocka_unit_test(modes_are_octal),
		cmocka_unit_test(sizes_have_one_suffix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
