/*
 * YAML: no text can be anything but a text, and structure is where it was said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "emit/yaml.h"

static void
every_text_stays_a_text(void **state)
{
	static const char *const rows[][2] = {
		{"", "\"\""},
		{"no", "\"no\""},
		{"1e3", "\"1e3\""},
		{"~", "\"~\""},
		{"a: b # c", "\"a: b # c\""},
		{"- {x: [y]}", "\"- {x: [y]}\""},
		{"\"\\", "\"\\\"\\\\\""},
		{"a\nb\t\x7f\x1b", "\"a\\u000ab\\u0009\\u007f\\u001b\""},
		{"\xc3\xa9 \xc2\x85 \xe2\x80\xa8", "\"\\u00e9 \\u0085 \\u2028\""},
		{"\xf0\x9f\x98\x80", "\"\\U0001f600\""},
		{"\xff\xc3", "\"\\ufffd\\ufffd\""},
		{"--- !!x &y *z %", "\"--- !!x &y *z %\""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		str_auto out = {0};

		yaml_quote(&out, rows[i][0]);
		assert_string_equal(str_text(&out), rows[i][1]);
	}
}

static void
maps_lists_and_items_nest(void **state)
{
	static const char *words[] = {"x", "y", NULL};
	struct yaml y = {0};

	yaml_document(&y);
	yaml_open(&y, "a");
	yaml_item(&y);
	yaml_text(&y, "b", "c");
	yaml_texts(&y, "d", &(struct strv){words, 2});
	yaml_open(&y, "e");
	yaml_bool(&y, "f", true);
	yaml_end(&y);
	yaml_end(&y);
	yaml_item(&y);
	yaml_open(&y, "g");
	yaml_number_item(&y, 7);
	yaml_end(&y);
	yaml_end(&y);
	yaml_end(&y);
	yaml_texts(&y, "h", &(struct strv){0});
	yaml_number(&y, "i", 1);
	assert_string_equal(str_text(&y.out), "---\na:\n  - b: \"c\"\n    d:\n      - \"x\"\n      - \"y\"\n    e:\n"
					      "      f: true\n  - g:\n      - 7\nh: []\ni: 1\n");
	str_done(&y.out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_stays_a_text),
		cmocka_unit_test(maps_lists_and_items_nest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
