/* base/table and base/progress: what people see. */
#include "unit.h"

#include <pty.h>

#include "base/progress.h"
#include "base/table.h"

static const char *
printed(const struct table *t, bool color)
{
	static char text[4096];
	FILE *f = fmemopen(text, sizeof(text), "w");
	assert_non_null(f);
	table_print(t, f, color);
	fclose(f);
	return text;
}

static const char *const heads[] = {"NAME", ">PID", "STATE"};

static void
columns_are_aligned_without_trailing_blanks(void **state)
{
	struct arena a = {0};
	struct table t;
	table_init(&t, &a, heads, 3);
	table_add(&t, "a-long-name");
	table_addf(&t, "%d", 7);
	table_add(&t, "running");
	table_add(&t, "\xc3\xa9");
	table_add(&t, NULL);
	table_add(&t, "");
	assert_string_equal(printed(&t, false), "NAME         PID  STATE\n"
						"a-long-name    7  running\n"
						"\xc3\xa9              -  -\n");
	assert_non_null(strstr(printed(&t, true), "\033[1mNAME"));
	arena_done(&a);
}

static void
a_table_without_rows_is_its_heading(void **state)
{
	struct arena a = {0};
	struct table t;
	table_init(&t, &a, heads, 3);
	assert_string_equal(printed(&t, false), "NAME  PID  STATE\n");
	arena_done(&a);
}

static void
cells_are_escaped(void **state)
{
	struct arena a = {0};
	struct table t;
	table_init(&t, &a, heads, 1);
	table_add(&t, "x\n\x1b[2J");
	assert_string_equal(printed(&t, false), "NAME\nx\\n\\x1B[2J\n");
	arena_done(&a);
}

static void
progress_in_a_pipe_is_silent(void **state)
{
	int pipe_fds[2];
	char text[16];
	struct progress p;
	assert_int_equal(pipe(pipe_fds), 0);
	FILE *out = fdopen(pipe_fds[1], "w");
	progress_init(&p, out, false);
	progress_phase(&p, "copying base", 10);
	progress_add(&p, 3);
	progress_note(&p, "x");
	progress_done(&p, true);
	progress_phase(NULL, "x", 0);
	progress_add(NULL, 1);
	fclose(out);
	assert_int_equal(read(pipe_fds[0], text, sizeof(text)), 0);
	close(pipe_fds[0]);
}

static void
progress_on_a_terminal_is_one_line_then_a_sum(void **state)
{
	int master, slave;
	char text[65536];
	struct progress p;
	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	FILE *f = fdopen(slave, "w");
	progress_init(&p, f, true);
	assert_null(p.out);
	progress_init(&p, f, false);
	progress_phase(&p, "copying base\n", 40000);
	for (int i = 0; i < 12310; i++)
		progress_add(&p, 1);
	progress_done(&p, true);
	fclose(f);
	size_t n = 0;
	for (ssize_t got = 1; got > 0; n += got > 0 ? (size_t)got : 0) /* ends in EIO: the other end is closed */
		got = read(master, text + n, sizeof(text) - 1 - n);
	assert_true(n > 0 && n < 4000); /* ten times a second, not once for each file */
	text[n] = '\0';
	assert_non_null(strstr(text, "\rcopying base\\n  [...................."));
	assert_non_null(strstr(text, "copying base\\n: 12,310 files, "));
	close(master);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_aligned_without_trailing_blanks),
		cmocka_unit_test(a_table_without_rows_is_its_heading),
		cmocka_unit_test(cells_are_escaped),
		cmocka_unit_test(progress_in_a_pipe_is_silent),
		cmocka_unit_test(progress_on_a_terminal_is_one_line_then_a_sum),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
