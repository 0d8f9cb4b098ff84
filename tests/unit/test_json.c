/* base/json: whatever goes in, valid JSON comes out.  Checked by an own strict reader of RFC 8259. */
#include "unit.h"

#include "base/json.h"
#include "base/utf8.h"

/* --- the reader: each returns what follows the value, NULL if it is malformed --- */

static const char *read_value(const char *p, unsigned depth);

static const char *
read_string(const char *p)
{
	if (*p++ != '"')
		return NULL;
	while (*p != '"') {
		uint32_t c = 0;
		size_t len = *p == '\0' ? 0 : utf8_decode(p, strlen(p), &c);
		if (len == 0 || c < 0x20)
			return NULL;
		p += len;
		if (c != '\\')
			continue;
		if (*p == 'u') {
			if (strspn(p + 1, "0123456789abcdefABCDEF") < 4)
				return NULL;
			p += 5;
		} else if (*p == '\0' || strchr("\"\\/bfnrt", *p++) == NULL)
			return NULL;
	}
	return p + 1;
}

static const char *
read_number(const char *p)
{
	p += *p == '-';
	size_t digits = strspn(p, "0123456789");
	return digits == 0 || (digits > 1 && *p == '0') ? NULL : p + digits;
}

static const char *
read_nest(const char *p, char end, unsigned depth)
{
	bool keyed = end == '}';
	if (*++p == end)
		return p + 1;
	for (;; p++) {
		if (keyed && ((p = read_string(p)) == NULL || *p++ != ':'))
			return NULL;
		p = read_value(p, depth + 1);
		if (p == NULL || (*p != ',' && *p != end))
			return NULL;
		if (*p == end)
			return p + 1;
	}
}

static const char *
read_value(const char *p, unsigned depth)
{
	static const char *const words[] = {"true", "false", "null"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strncmp(p, words[i], strlen(words[i])) == 0)
			return p + strlen(words[i]);
	if (depth < 100 && (*p == '{' || *p == '['))
		return read_nest(p, *p == '{' ? '}' : ']', depth);
	return *p == '"' ? read_string(p) : read_number(p);
}

static bool
is_json(const char *text)
{
	const char *end = read_value(text, 0);
	return end != NULL && *end == '\0';
}

static void
the_reader_is_strict(void **state)
{
	static const char *const bad[] = {"", "{", "[1,]", "{\"a\":1,}", "{a:1}", "[1 2]", "\"\n\"", "\"\xff\"",
		"\"\\x\"", "01", "[1]]", "{\"a\"}", "\"\\u12\""};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(is_json(bad[i]));
	assert_true(is_json("{\"a\":[1,-2,{}],\"b\":null,\"c\":\"\\u001f\"}"));
}

static void
everything_nests_with_its_commas(void **state)
{
	struct json j = {0};
	const char *words[] = {"x", "y", NULL};
	struct strv l = {words, 2}, none = {0};
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_array(&j, "jails");
	for (int i = 0; i < 2; i++) {
		json_object(&j, NULL);
		json_string(&j, "name", "a");
		json_int(&j, "n", -i);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_strings(&j, "l", &l);
	json_strings(&j, "none", &none);
	json_object(&j, "empty");
	json_object_end(&j);
	json_bool(&j, "t", true);
	json_null(&j, "z");
	json_string(&j, "s", NULL);
	json_object_end(&j);
	assert_string_equal(str_text(&j.out), "{\"version\":1,\"jails\":[{\"name\":\"a\",\"n\":0},{\"name\":\"a\","
					      "\"n\":-1}],\"l\":[\"x\",\"y\"],\"none\":[],"
					      "\"empty\":{},\"t\":true,\"z\":null,\"s\":null}");
	assert_int_equal(j.depth, 0);
	assert_true(is_json(str_text(&j.out)));
	json_done(&j);
}

static void
limits_of_numbers_are_kept(void **state)
{
	struct json j = {0};
	json_array(&j, NULL);
	json_uint(&j, NULL, UINT64_MAX);
	json_int(&j, NULL, INT64_MIN);
	json_array_end(&j);
	assert_string_equal(str_text(&j.out), "[18446744073709551615,-9223372036854775808]");
	json_done(&j);
}

static void
bad_bytes_and_controls_are_made_valid(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"\"\\\n\t\r\x01\x7f", "\"\\\"\\\\\\n\\t\\r\\u0001\\u007f\""},
		{"a\xff\xfe"
		 "b",
			"\"a\xef\xbf\xbd\xef\xbf\xbd"
			"b\""},
		{"\xc3", "\"\xef\xbf\xbd\""},
		{"\xc2\x9b", "\"\\u009b\""},
		{"\xe2\x80\xa8\xe2\x80\xae", "\"\\u2028\\u202e\""},
		{"\xc3\xa9", "\"\xc3\xa9\""},
		{"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json j = {0};
		json_string(&j, NULL, rows[i].in);
		assert_string_equal(str_text(&j.out), rows[i].out);
		json_done(&j);
	}
}

static void
any_bytes_give_valid_json(void **state)
{
	uint32_t seed = 12345;
	for (int round = 0; round < 20000; round++) {
		char text[24];
		struct json j = {0};
		for (size_t i = 0; i < sizeof(text) - 1; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = (char)(seed >> 24);
		}
		text[sizeof(text) - 1] = '\0';
		json_object(&j, NULL);
		json_string(&j, text, text);
		json_object_end(&j);
		assert_true(is_json(str_text(&j.out)));
		json_done(&j);
	}
}

static void
times_are_utc_to_the_second(void **state)
{
	static const struct {
		int64_t t;
		const char *text;
	} rows[] = {{0, "null"}, {1, "\"1970-01-01T00:00:01Z\""}, {951782400, "\"2000-02-29T00:00:00Z\""},
		{1709251199, "\"2024-02-29T23:59:59Z\""}, {4107542400, "\"2100-03-01T00:00:00Z\""},
		{-1, "\"1969-12-31T23:59:59Z\""}};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json j = {0};
		json_time(&j, NULL, rows[i].t);
		assert_string_equal(str_text(&j.out), rows[i].text);
		json_done(&j);
	}
	struct json extreme = {0};
	json_array(&extreme, NULL);
	json_time(&extreme, NULL, INT64_MAX);
	json_time(&extreme, NULL, INT64_MIN);
	json_array_end(&extreme);
	assert_true(is_json(str_text(&extreme.out)));
	json_done(&extreme);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reader_is_strict),
		cmocka_unit_test(everything_nests_with_its_commas),
		cmocka_unit_test(limits_of_numbers_are_kept),
		cmocka_unit_test(bad_bytes_and_controls_are_made_valid),
		cmocka_unit_test(any_bytes_give_valid_json),
		cmocka_unit_test(times_are_utc_to_the_second),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
