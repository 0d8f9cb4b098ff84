/*
 * Reading JSON: what is taken, what is refused, and that no input leads over its end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/json_read.h"

#define ARRAY_LEN(v) (sizeof(v) / sizeof((v)[0]))

/* In memory of exactly that size, so that a build with sanitizers sees a byte read behind it. */
static const struct json_value *
read_exact(const char *text, size_t len, struct arena *a)
{
	const char *why = NULL;
	char *copy = malloc(len > 0 ? len : 1);
	assert_non_null(copy);
	memcpy(copy, text, len);
	const struct json_value *v = json_read(copy, len, 4, a, &why);
	assert_true(v != NULL || why != NULL);
	free(copy);
	return v;
}

static bool
is_taken(const char *text, size_t len)
{
	struct arena a = {0};
	bool taken = read_exact(text, len, &a) != NULL;
	arena_done(&a);
	return taken;
}

static void
what_the_grammar_has_not_is_refused(void **state)
{
	static const char *const bad[] = {"", " ", "nul", "nulll", "truefalse", "01", "-", "+1", "1.", ".5", "1e",
		"1e+", "0x1", "NaN", "Infinity", "'a'", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
		"\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "\"\x01\"", "\"\xff\"", "\"\xc0\x80\"",
		"[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
		"{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{}{}", "1 2", "[[[[[]]]]]", "// c\n1", "/* c */ 1",
		"\xef\xbb\xbf"
		"1"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (is_taken(bad[i], strlen(bad[i])))
			fail_msg("taken: %s", bad[i]);
	assert_false(is_taken("1\0", 2));
	assert_true(is_taken(" \t\r\n[[[[]]]] ", 13));
}

static void
values_come_as_they_are_written(void **state)
{
	static const char text[] =
		"{\"s\":\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20ac\\ud83d\\ude00\",\"n\":[0,-0,1.5,1e2,"
		"9223372036854775807,9223372036854775808],\"t\":true,\"f\":false,\"z\":null,\"o\":{\"k\":7},"
		"\"nul\":\"a\\u0000b\",\"o\":{\"k\":8}}";
	static const bool natural[] = {true, false, false, false, true, false};
	struct arena a = {0};
	const char *why;
	const struct json_value *v = json_read(text, strlen(text), 4, &a, &why);
	size_t i = 0;

	assert_non_null(v);
	assert_int_equal(v->len, 8);
	assert_int_equal(v->raw_len, strlen(text));
	assert_string_equal(json_text(json_member(v, "s")), "a\"\\/\b\f\n\r\t\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	for (const struct json_value *n = json_member(v, "n")->first; n != NULL; n = n->next)
		assert_int_equal(n->is_natural, natural[i++]);
	assert_int_equal(i, ARRAY_LEN(natural));
	assert_true(json_member(v, "n")->first->next->next->next->next->number == INT64_MAX);
	assert_true(json_member(v, "t")->truth);
	assert_int_equal(json_member(v, "f")->type, JSON_BOOL);
	assert_int_equal(json_member(v, "z")->type, JSON_NULL);
	assert_int_equal(json_member(json_member(v, "o"), "k")->number, 8);
	assert_memory_equal(json_member(v, "n")->raw, "[0,-0", 5);
	assert_int_equal(json_member(v, "nul")->len, 3);
	assert_null(json_text(json_member(v, "nul")));
	assert_null(json_member(v, "absent"));
	assert_null(json_member(json_member(v, "n"), "s"));
	assert_null(json_text(NULL));
	arena_done(&a);
}

/* A whole document, of which every beginning is none, and every change of a byte is read or refused. */
static void
no_change_of_a_byte_leads_over_the_end(void **state)
{
	static const char text[] = "{\"a\":[1,{\"b\":\"\\u00e9\xc3\xa9\\n\"},true,null,-1.5e-3],\"c\":{}}";
	char changed[sizeof(text)];

	for (size_t len = 0; len < strlen(text); len++)
		assert_false(is_taken(text, len));
	assert_true(is_taken(text, strlen(text)));
	for (size_t at = 0; at < strlen(text); at++)
		for (int byte = 0; byte < 256; byte++) {
			memcpy(changed, text, sizeof(text));
			changed[at] = (char)byte;
			(void)is_taken(changed, strlen(text));
		}
}

static void
what_is_written_is_read_again(void **state)
{
	uint32_t seed = 4711;

	for (int round = 0; round < 5000; round++) {
		char bytes[24];
		struct json j = {0};
		struct arena a = {0};
		for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[i] = (char)(1 + (seed >> 24) % 127);
		}
		bytes[sizeof(bytes) - 1] = '\0';
		json_object(&j, NULL);
		json_string(&j, bytes, bytes);
		json_object_end(&j);
		const struct json_value *v = read_exact(str_text(&j.out), j.out.len, &a);
		assert_non_null(v);
		assert_string_equal(json_text(json_member(v, bytes)), bytes);
		arena_done(&a);
		json_done(&j);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_grammar_has_not_is_refused),
		cmocka_unit_test(values_come_as_they_are_written),
		cmocka_unit_test(no_change_of_a_byte_leads_over_the_end),
		cmocka_unit_test(what_is_written_is_read_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
