/*
 * Files: includes, their limits, who may write them; and that many jails take no more than their share of time.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/tree.h"
#include "config/config.h"

struct place {
	char dir[32];
	struct arena a;
	struct config c;
	struct err e;
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	if (!p)
		return -1;
	strcpy(p->dir, "/tmp/warder-config-XXXXXX");
	*state = p;
	return mkdtemp(p->dir) ? 0 : -1;
}

static int
teardown(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	fd_auto tmp = open("/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const int r = tree_remove(tmp, strrchr(p->dir, '/') + 1, &e);

	arena_done(&p->a);
	free(p);
	return r;
}

static const char *
path_in(struct place *p, const char *name)
{
	return arena_printf(&p->a, "%s/%s", p->dir, name);
}

static const char *
put(struct place *p, const char *name, const char *text)
{
	const char *path = path_in(p, name);
	fd_auto fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct err e = {0};

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text), path, &e), 0);
	return path;
}

static int
load(struct place *p, const char *path)
{
	return config_load(path, &p->a, &p->c, &p->e);
}

static void
includes_are_read_in_byte_order_where_they_stand(void **state)
{
	struct place *p = *state;

	assert_int_equal(mkdir(path_in(p, "d"), 0700), 0);
	put(p, "d/b.conf", "b { }");
	put(p, "d/a.conf", "a { }");
	put(p, "d/.hidden.conf", "hidden { }");
	put(p, "d/c.conf~", "c { }");
	assert_int_equal(load(p, put(p, "w.conf", "base = x; z { } .include \"d/*.conf\"; y { }")), 0);
	assert_int_equal(p->c.njails, 4);
	assert_string_equal(p->c.jails[0].name, "z");
	assert_string_equal(p->c.jails[1].name, "a");
	assert_string_equal(p->c.jails[2].name, "b");
	assert_string_equal(p->c.jails[3].name, "y");
	assert_string_equal(p->c.jails[1].loc.file, path_in(p, "d/a.conf"));
}

static void
an_include_is_relative_to_the_file_that_says_it(void **state)
{
	struct place *p = *state;

	assert_int_equal(mkdir(path_in(p, "d"), 0700), 0);
	put(p, "d/a.conf", ".include \"b.conf\";");
	put(p, "d/b.conf", "b { base = x; }");
	assert_int_equal(load(p, put(p, "w.conf", ".include \"d/a.conf\";")), 0);
	assert_int_equal(p->c.njails, 1);
}

static void
a_pattern_may_match_nothing_but_a_named_file_must_exist(void **state)
{
	struct place *p = *state;

	assert_int_equal(load(p, put(p, "w.conf", ".include \"none/*.conf\"; .include \"*.no\";")), 0);
	assert_int_equal(load(p, put(p, "w.conf", "\n.include \"none.conf\";")), -1);
	assert_int_equal(p->e.kind, ERR_CONFIG);
	assert_int_equal(p->e.line, 2);
}

static void
a_cycle_of_includes_is_named(void **state)
{
	struct place *p = *state;

	put(p, "b.conf", ".include \"w.conf\";");
	assert_int_equal(load(p, put(p, "w.conf", ".include \"b.conf\";")), -1);
	assert_string_equal(p->e.op, ".include");
	assert_non_null(strstr(p->e.reason, "cycle"));
	assert_non_null(strstr(p->e.file, "b.conf"));
}

static void
includes_end_at_a_depth(void **state)
{
	struct place *p = *state;

	for (unsigned i = 0; i < 20; i++)
		put(p, arena_printf(&p->a, "%u.conf", i), arena_printf(&p->a, ".include \"%u.conf\";", i + 1));
	assert_int_equal(load(p, path_in(p, "0.conf")), -1);
	assert_non_null(strstr(p->e.reason, "16 files deep"));
}

static void
a_second_declaration_in_another_file_is_refused_with_the_first_place(void **state)
{
	struct place *p = *state;

	put(p, "b.conf", "\n\na { }");
	assert_int_equal(load(p, put(p, "w.conf", "base = x;\na { }\n.include \"b.conf\";")), -1);
	assert_non_null(strstr(p->e.reason, "first on line 2"));
	assert_int_equal(p->e.line, 3);
}

static void
a_file_that_others_can_write_is_refused(void **state)
{
	static const mode_t modes[] = {0620, 0602, 0666};
	struct place *p = *state;
	const char *path = put(p, "w.conf", "");

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		assert_int_equal(chmod(path, modes[i]), 0);
		assert_int_equal(load(p, path), -1);
		assert_int_equal(p->e.kind, ERR_NOPERM);
	}
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(load(p, path), 0);
}

static void
an_included_file_that_others_can_write_is_refused(void **state)
{
	struct place *p = *state;

	assert_int_equal(chmod(put(p, "b.conf", ""), 0666), 0);
	assert_int_equal(load(p, put(p, "w.conf", ".include \"b.conf\";")), -1);
	assert_int_equal(p->e.kind, ERR_NOPERM);
	assert_int_equal(p->e.line, 1);
}

static void
a_file_of_another_user_is_refused(void **state)
{
	struct place *p = *state;
	const char *path = put(p, "w.conf", "");

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(path, 12345, 0), 0);
	assert_int_equal(load(p, path), -1);
	assert_int_equal(p->e.kind, ERR_NOPERM);
}

static void
a_file_in_a_directory_that_others_can_write_is_refused(void **state)
{
	struct place *p = *state;
	const char *path = put(p, "w.conf", "");

	assert_int_equal(chmod(p->dir, 0777), 0);
	assert_int_equal(load(p, path), -1);
	assert_int_equal(p->e.kind, ERR_NOPERM);
	assert_int_equal(chmod(p->dir, 01777), 0);
	assert_int_equal(load(p, path), 0);
}

static void
a_link_into_a_directory_that_others_can_write_is_refused(void **state)
{
	struct place *p = *state;
	const char *link = path_in(p, "w.conf");

	assert_int_equal(mkdir(path_in(p, "open"), 0755), 0);
	put(p, "open/real.conf", "");
	assert_int_equal(symlink("open/real.conf", link), 0);
	assert_int_equal(load(p, link), 0);
	assert_int_equal(chmod(path_in(p, "open"), 0777), 0);
	assert_int_equal(load(p, link), -1);
	assert_int_equal(p->e.kind, ERR_NOPERM);
	assert_non_null(strstr(p->e.subject, "open/real.conf"));
}

static void
what_is_no_regular_file_is_refused_without_blocking(void **state)
{
	struct place *p = *state;

	assert_int_equal(mkfifo(path_in(p, "w.conf"), 0600), 0);
	assert_int_equal(load(p, path_in(p, "w.conf")), -1);
	assert_int_equal(load(p, p->dir), -1);
	assert_int_equal(load(p, "/dev/null"), -1);
	assert_int_equal(p->e.kind, ERR_CONFIG);
}

static void
a_missing_file_is_an_error_that_names_it(void **state)
{
	struct place *p = *state;

	assert_int_equal(load(p, path_in(p, "none.conf")), -1);
	assert_int_equal(p->e.kind, ERR_CONFIG);
	assert_string_equal(p->e.subject, path_in(p, "none.conf"));
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
parse_jails(struct place *p, unsigned n)
{
	str_auto text = {0};

	str_add(&text, "base = x; memory = 64M; meta = \"jail $name\";\n");
	for (unsigned i = 0; i < n; i++)
		str_addf(&text, "j%u { ip4.addr = 10.%u.%u.%u/8; bridge.ip4 = 10.255.0.1/8; depend = %s; }\n", i,
			i / 62500, i / 250 % 250, i % 250 + 2, i ? arena_printf(&p->a, "j%u", i - 1) : "\"\"");
	return config_parse("t", str_text(&text), text.len, &p->a, &p->c, &p->e);
}

static void
sixty_five_thousand_jails_that_depend_on_each_other_are_ordinary(void **state)
{
	struct place *p = *state;
	const double start = seconds();

	assert_int_equal(parse_jails(p, 65000), 0);
	assert_int_equal(p->c.njails, 65000);
	assert_true(seconds() - start < 60);
}

static void
one_more_jail_is_refused(void **state)
{
	struct place *p = *state;

	assert_int_equal(parse_jails(p, 65001), -1);
	assert_string_equal(p->e.op, "jail");
}

static int
parse_empty_variables(struct place *p, unsigned njails)
{
	str_auto text = {0};

	str_add(&text, "base = x; $e = ''; meta = \"");
	for (unsigned i = 0; i < 50000; i++)
		str_add(&text, "$e");
	str_add(&text, "\";\n");
	for (unsigned i = 0; i < njails; i++)
		str_addf(&text, "j%u { }\n", i);
	return config_parse("t", str_text(&text), text.len, &p->a, &p->c, &p->e);
}

static void
work_is_bounded_also_where_it_comes_to_nothing(void **state)
{
	struct place *p = *state;

	assert_int_equal(parse_empty_variables(p, 10), 0);
	assert_int_equal(parse_empty_variables(p, 60000), -1);
	assert_non_null(strstr(p->e.reason, "too much"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(includes_are_read_in_byte_order_where_they_stand),
		TEST(an_include_is_relative_to_the_file_that_says_it),
		TEST(a_pattern_may_match_nothing_but_a_named_file_must_exist),
		TEST(a_cycle_of_includes_is_named),
		TEST(includes_end_at_a_depth),
		TEST(a_second_declaration_in_another_file_is_refused_with_the_first_place),
		TEST(a_file_that_others_can_write_is_refused),
		TEST(an_included_file_that_others_can_write_is_refused),
		TEST(a_file_of_another_user_is_refused),
		TEST(a_file_in_a_directory_that_others_can_write_is_refused),
		TEST(a_link_into_a_directory_that_others_can_write_is_refused),
		TEST(what_is_no_regular_file_is_refused_without_blocking),
		TEST(a_missing_file_is_an_error_that_names_it),
		TEST(sixty_five_thousand_jails_that_depend_on_each_other_are_ordinary),
		TEST(one_more_jail_is_refused),
		TEST(work_is_bounded_also_where_it_comes_to_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
