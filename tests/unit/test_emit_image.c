/*
 * What an image is made of, as far as it needs no files: where the parts of a jail lie in it, and headers of tar.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "emit/flat.h"
#include "emit/tar.h"

static struct arena a;

static struct flat
debian(void)
{
	static const char *const links[][2] = {
		{"etc", "s/etc"},
		{"usr/local", "../s/usr-local"},
		{"usr/ports/distfiles", "../../s/distfiles"},
		{"var", "t/var"},
		{"tmp", "t/tmp"},
		{"run", "t/var/run"},
	};
	struct flat f = {0};

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		assert_true(flat_add(&f, &a, links[i][0], links[i][1]));
	assert_false(flat_add(&f, &a, "sys", "usr/src/sys"));
	assert_false(flat_add(&f, &a, "bin", "usr/bin"));
	assert_false(flat_add(&f, &a, "usr/x", "s/x"));
	assert_false(flat_add(&f, &a, "x", "../s/x"));
	assert_false(flat_add(&f, &a, "x", "/s/x"));
	assert_false(flat_add(&f, &a, "x", "s/"));
	assert_false(flat_add(&f, &a, "usr/etc", "../s/etc"));
	flat_add_skel_link(&f, &a, "usr", "../usr");
	flat_add_skel_link(&f, &a, "other", "../bin");
	return f;
}

static void
a_part_lies_where_its_link_was(void **state)
{
	static const struct {
		enum flat_side side;
		const char *rel, *path, *link;
	} rows[] = {
		{FLAT_S, "etc", "etc", "s/etc"},
		{FLAT_S, "etc/passwd", "etc/passwd", NULL},
		{FLAT_S, "etcetera", "s/etcetera", NULL},
		{FLAT_S, "usr-local/bin/x", "usr/local/bin/x", NULL},
		{FLAT_S, "spool/cron", "s/spool/cron", NULL},
		{FLAT_T, "var", "var", "t/var"},
		{FLAT_T, "var/lib", "var/lib", NULL},
		{FLAT_T, "var/run", "run", "var/run"},
		{FLAT_T, "var/run/x", "run/x", NULL},
		{FLAT_T, "var/running", "var/running", NULL},
		{FLAT_T, "etc", "t/etc", NULL},
	};
	struct flat f = debian();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct flat_place p = flat_place(&f, rows[i].side, rows[i].rel, &a);

		assert_string_equal(p.path, rows[i].path);
		assert_int_equal(p.link == NULL, rows[i].link == NULL);
		if (p.link != NULL)
			assert_string_equal(p.link, rows[i].link);
	}
	assert_true(flat_is_part(&f, "usr/local"));
	assert_false(flat_is_part(&f, "usr"));
	assert_false(flat_is_part(&f, "usr/etc"));
	assert_string_equal(flat_relative("s/usr-local", "usr/local", &a), "../usr/local");
	assert_string_equal(flat_relative("x", "y", &a), "y");
	arena_done(&a);
}

static void
a_link_leads_where_it_led_in_the_jail(void **state)
{
	static const struct {
		enum flat_side side;
		const char *rel, *text, *expected;
	} rows[] = {
		{FLAT_S, "etc/x", "/s/etc/y", "/s/etc/y"},
		{FLAT_S, "etc/x", "y", "y"},
		{FLAT_S, "etc/a/b/x", "../../y", "../../y"},
		/* to what "/NAME" is as well: stays as packages have it */
		{FLAT_S, "etc/os-release", "../usr/lib/os-release", "../usr/lib/os-release"},
		{FLAT_S, "etc/x", "../other/y", "/s/other/y"},
		{FLAT_S, "etc/x", "../../bin/y", "../../bin/y"},
		{FLAT_S, "etc/x", "../../../bin/y", "../../../bin/y"},
		{FLAT_S, "etc/x", "../usr-local/y", "/s/usr-local/y"},
		{FLAT_S, "etc/x", "..", "/s/"},
		/* a level deeper in the image than in the jail */
		{FLAT_S, "usr-local/x", "../etc/y", "/s/etc/y"},
		{FLAT_S, "usr-local/x", "../../etc/y", "../../etc/y"},
		{FLAT_S, "usr-local/lib/x", "../y", "../y"},
		{FLAT_S, "usr-local/lib/x", "../../etc/y", "/s/etc/y"},
		{FLAT_S, "distfiles/x", "../../bin/y", "/bin/y"},
		{FLAT_S, "spool/x", "../etc/y", "../etc/y"},
		{FLAT_T, "var/x", "../tmp/y", "../tmp/y"},
		{FLAT_T, "var/x", "../run/y", "/t/run/y"},
	};
	struct flat f = debian();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct flat_place p = flat_place(&f, rows[i].side, rows[i].rel, &a);

		assert_string_equal(
			flat_link(&f, rows[i].side, rows[i].rel, p.path, rows[i].text, &a), rows[i].expected);
	}
	arena_done(&a);
}

/* The records of an entry's extended header; "" where it has none. */
static const char *
records_of(const struct str *out)
{
	unsigned long size;

	if (out->s[156] != 'x')
		return "";
	size = strtoul(out->s + 124, NULL, 8);
	return arena_strndup(&a, out->s + TAR_BLOCK, size);
}

static void
what_a_header_has_no_room_for_is_a_record_that_counts_its_own_length(void **state)
{
	char path[200];

	for (size_t len = 80; len < sizeof(path); len++) {
		str_auto out = {0};
		struct tar_entry v = {.type = TAR_FILE, .path = path, .mode = 0644};

		memset(path, 'n', len);
		path[len] = '\0';
		tar_add_header(&out, &v);
		assert_int_equal(out.len % TAR_BLOCK, 0);
		if (len <= 100) {
			assert_string_equal(records_of(&out), "");
			continue;
		}
		const char *text = records_of(&out);
		assert_int_equal(strtoul(text, NULL, 10), strlen(text));
		assert_string_equal(text, arena_printf(&a, "%zu path=%s\n", strlen(text), path));
	}
	arena_done(&a);
}

static void
large_numbers_and_attributes_are_records(void **state)
{
	static const char value[] = {1, 0, '\n', 2};
	const struct tar_xattr x = {"security.capability", value, sizeof(value)};
	const struct tar_entry v = {.type = TAR_FILE,
		.path = "x",
		.uid = 07777777,
		.gid = 010000000,
		.size = 8ULL << 30,
		.mtime = 1,
		.xattrs = &x,
		.nxattrs = 1};
	str_auto out = {0};

	tar_add_header(&out, &v);
	assert_int_equal(out.len, 3 * TAR_BLOCK);
	assert_memory_equal(out.s + TAR_BLOCK,
		"15 gid=2097152\n19 size=8589934592\n41 SCHILY.xattr.security.capability=\001\000\n\002\n", 75);
	assert_int_equal(strtoul(out.s + 2 * TAR_BLOCK + 108, NULL, 8), 07777777);
	arena_done(&a);
}

static void
a_header_is_the_one_that_the_standard_describes(void **state)
{
	str_auto out = {0};
	unsigned sum = 0;

	tar_add_header(&out, &(struct tar_entry){.type = TAR_DIR, .path = "a/b", .mode = 01777, .uid = 8, .mtime = 9});
	assert_int_equal(out.len, TAR_BLOCK);
	assert_string_equal(out.s, "a/b/");
	assert_string_equal(out.s + 100, "0001777");
	assert_string_equal(out.s + 108, "0000010");
	assert_string_equal(out.s + 124, "00000000000");
	assert_string_equal(out.s + 136, "00000000011");
	assert_memory_equal(out.s + 156, "5", 2);
	assert_memory_equal(out.s + 257, "ustar\00000", 8);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned char)out.s[i];
	assert_int_equal(strtoul(out.s + 148, NULL, 8), sum);
	assert_memory_equal(out.s + 154, "\0 ", 2);
	tar_add_padding(&out, 512);
	assert_int_equal(out.len, TAR_BLOCK);
	tar_add_padding(&out, 513);
	assert_int_equal(out.len, TAR_BLOCK + 511);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_part_lies_where_its_link_was),
		cmocka_unit_test(a_link_leads_where_it_led_in_the_jail),
		cmocka_unit_test(what_a_header_has_no_room_for_is_a_record_that_counts_its_own_length),
		cmocka_unit_test(large_numbers_and_attributes_are_records),
		cmocka_unit_test(a_header_is_the_one_that_the_standard_describes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
