/* base/html: whatever a text is, in a page it is a text. */
#include "unit.h"

#include "base/html.h"

static void
becomes(const char *text, const char *want)
{
	str_auto out = {0};

	html_add(&out, text);
	assert_string_equal(str_text(&out), want);
}

static void
markup_quotes_and_references_are_text(void **state)
{
	becomes("plain", "plain");
	becomes("", "");
	becomes(NULL, "");
	becomes("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
	becomes("\" onclick='x' a=\"", "&quot; onclick=&#39;x&#39; a=&quot;");
	becomes("&lt;", "&amp;lt;");
	becomes("<!--", "&lt;!--");
}

static void
what_steers_terminals_or_reading_order_is_shown_and_not_done(void **state)
{
	becomes("a\033[31mb", "a\\x1B[31mb");
	becomes("a\nb\tc", "a\\nb\\tc");
	becomes("a\342\200\256b", "a\\xE2\\x80\\xAEb");
	becomes("\377\300<", "\\xFF\\xC0&lt;");
	becomes("caf\303\251", "caf\303\251");
}

static void
every_byte_leaves_no_markup(void **state)
{
	for (int c = 1; c < 256; c++) {
		char text[4] = {'a', (char)c, 'b', '\0'};
		str_auto out = {0};

		html_add(&out, text);
		assert_null(strpbrk(str_text(&out), "<>\"'"));
		for (size_t i = 0; i < out.len; i++)
			assert_true((unsigned char)out.s[i] >= 0x20);
	}
}

static void
what_is_formatted_is_escaped_as_a_whole(void **state)
{
	str_auto out = {0};

	html_addf(&out, "<%s %d>", "&", 7);
	assert_string_equal(str_text(&out), "&lt;&amp; 7&gt;");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_quotes_and_references_are_text),
		cmocka_unit_test(what_steers_terminals_or_reading_order_is_shown_and_not_done),
		cmocka_unit_test(every_byte_leaves_no_markup),
		cmocka_unit_test(what_is_formatted_is_escaped_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
