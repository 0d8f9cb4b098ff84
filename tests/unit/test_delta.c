/* cli/delta: each change is one line that says what matters of it, and nothing of a tree steers a terminal. */
#include "unit.h"

#include <sys/sysmacros.h>

#include "cli/delta.h"

static struct seal_entry
file(const char *path)
{
	return (struct seal_entry){.path = path, .type = SEAL_FILE, .mode = 0644, .nlink = 1};
}

static struct seal_entry
link_to(const char *path, const char *target)
{
	return (struct seal_entry){.path = path, .type = SEAL_LINK, .mode = 0777, .link = target};
}

static struct seal_entry
other(const char *path, enum seal_type type, uint64_t device)
{
	return (struct seal_entry){.path = path, .type = type, .mode = 0755, .device = device};
}

static void
check(enum change_kind kind, const struct seal_entry *before, const struct seal_entry *after, const char *want)
{
	struct change ch = {kind, before, after};
	str_auto line = {0};
	delta_line(&ch, &line);
	assert_string_equal(str_text(&line), want);
}

static void
what_came_says_where_it_leads_and_what_rights_it_gives(void **state)
{
	struct seal_entry plain = file("etc/new"), dir = other("etc/d", SEAL_DIR, 0), sym = link_to("l", "../a\nb"),
			  null = other("null", SEAL_CHAR, makedev(1, 3)), fifo = other("f", SEAL_FIFO, 0),
			  su = file("bin/su"), ping = file("bin/ping"), both = file("bin/both");
	su.mode = 04755;
	su.gid = 7;
	ping.has_xattrs = both.has_xattrs = true;
	both.mode = 02755;
	check(CHANGE_ADDED, NULL, &plain, "+ etc/new");
	check(CHANGE_REMOVED, &plain, NULL, "- etc/new");
	check(CHANGE_ADDED, NULL, &dir, "+ etc/d/");
	check(CHANGE_REMOVED, &dir, NULL, "- etc/d/");
	check(CHANGE_ADDED, NULL, &sym, "+ l -> ../a\\nb");
	check(CHANGE_REMOVED, &sym, NULL, "- l");
	check(CHANGE_ADDED, NULL, &null, "+ null  character device 1,3");
	check(CHANGE_ADDED, NULL, &fifo, "+ f  fifo");
	check(CHANGE_ADDED, NULL, &su, "+ bin/su  04755, 0:7");
	check(CHANGE_ADDED, NULL, &ping, "+ bin/ping  attributes");
	check(CHANGE_ADDED, NULL, &both, "+ bin/both  02755, 0:0, attributes");
}

static void
what_changed_says_from_what_to_what(void **state)
{
	struct seal_entry a = file("x"), b = file("x"), l = link_to("x", "one"), m = link_to("x", "two\x1b["),
			  c = other("x", SEAL_CHAR, makedev(1, 3)), d = other("x", SEAL_CHAR, makedev(1, 5));
	check(CHANGE_CONTENT, &a, &b, "~ x");
	b.mode = 04755;
	check(CHANGE_CONTENT, &a, &b, "~ x  0644 -> 04755");
	check(CHANGE_CONTENT, &l, &m, "~ x  one -> two\\x1B[");
	check(CHANGE_CONTENT, &a, &m, "~ x  file -> link to two\\x1B[");
	check(CHANGE_CONTENT, &l, &a, "~ x  link -> file");
	check(CHANGE_CONTENT, &c, &d, "~ x  character device 1,3 -> character device 1,5");
}

static void
rights_say_each_that_differs(void **state)
{
	struct seal_entry a = file("etc/mode"), b = a, l = link_to("l", "x"), m = l;
	b.mode = 0600;
	check(CHANGE_RIGHTS, &a, &b, "m etc/mode  0644 -> 0600");
	b.uid = 5;
	check(CHANGE_RIGHTS, &a, &b, "m etc/mode  0644 -> 0600, 0:0 -> 5:0");
	b.has_xattrs = true;
	b.nlink = 2;
	check(CHANGE_RIGHTS, &a, &b, "m etc/mode  0644 -> 0600, 0:0 -> 5:0, attributes, 1 -> 2 names");
	a = b;
	b.xattrs[0] = 1;
	check(CHANGE_RIGHTS, &a, &b, "m etc/mode  attributes");
	m.gid = 4294967294;
	check(CHANGE_RIGHTS, &l, &m, "m l  0:0 -> 0:4294967294");
}

static void
nothing_of_a_tree_steers_a_terminal(void **state)
{
	static const char *const names[] = {"\x1b[31m", "a\nb", "\r", "\x9b", "\xff", "\xe2\x80\xae", "\x07", "\x7f"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct seal_entry v = link_to(names[i], names[i]);
		struct change ch = {CHANGE_ADDED, NULL, &v};
		str_auto line = {0};
		delta_line(&ch, &line);
		str_addc(&line, '|');
		delta_add_content(&line, names[i]);
		for (size_t k = 0; k < line.len; k++)
			assert_true(line.s[k] >= ' ' && line.s[k] < 0x7f);
	}
}

static void
tabs_and_backslashes_of_a_file_stay(void **state)
{
	str_auto line = {0};
	delta_add_content(&line, "+a\t\\n\x1b\xc3\xa9");
	assert_string_equal(str_text(&line), "+a\t\\n\\x1B\xc3\xa9");
}

static void
counts_name_only_what_there_is(void **state)
{
	struct delta d = {.count = {1234, 1, 0, 2}};
	struct delta none = {0};
	str_auto text = {0}, empty = {0};
	delta_counts(&d, &text);
	assert_string_equal(str_text(&text), "1,234 added, 1 removed, 2 with other rights");
	delta_counts(&none, &empty);
	assert_string_equal(str_text(&empty), "no difference");
}

static void
json_has_both_sides_and_the_counts(void **state)
{
	struct seal_entry a = file("x"), b = link_to("x", "y\x1b");
	struct change v[] = {{CHANGE_CONTENT, &a, &b}, {CHANGE_REMOVED, &b, NULL}};
	struct delta d = {.v = v, .n = 2, .count = {0, 1, 1, 0}};
	struct json j = {0};
	json_object(&j, NULL);
	delta_json(&j, "changes", &d);
	json_object_end(&j);
	assert_string_equal(str_text(&j.out),
		"{\"changes\":[{\"kind\":\"changed\",\"path\":\"x\",\"before\":{\"type\":\"file\",\"mode\":\"0644\","
		"\"uid\":0,\"gid\":0,\"links\":1,\"size\":0,"
		"\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\"},"
		"\"after\":{\"type\":\"link\",\"mode\":\"0777\",\"uid\":0,\"gid\":0,\"target\":\"y\\u001b\"}},"
		"{\"kind\":\"removed\",\"path\":\"x\",\"before\":{\"type\":\"link\",\"mode\":\"0777\",\"uid\":0,"
		"\"gid\":0,"
		"\"target\":\"y\\u001b\"},\"after\":null}],\"added\":0,\"removed\":1,\"changed\":1,\"rights\":0}");
	json_done(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_came_says_where_it_leads_and_what_rights_it_gives),
		cmocka_unit_test(what_changed_says_from_what_to_what),
		cmocka_unit_test(rights_say_each_that_differs),
		cmocka_unit_test(nothing_of_a_tree_steers_a_terminal),
		cmocka_unit_test(tabs_and_backslashes_of_a_file_stay),
		cmocka_unit_test(counts_name_only_what_there_is),
		cmocka_unit_test(json_has_both_sides_and_the_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
