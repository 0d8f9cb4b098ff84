/* base/file: whole files, old or new, never half. */
#include "unit.h"

#include <dirent.h>

#include "base/fd.h"
#include "base/file.h"

static unsigned
count_entries(int dirfd)
{
	unsigned n = 0;
	DIR *d = fdopendir(openat(dirfd, ".", O_RDONLY | O_DIRECTORY));
	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

static void
a_file_is_read_up_to_its_cap(void **state)
{
	struct scratch *s = *state;
	struct arena a = {0};
	char *text = NULL;
	size_t len = 0;
	struct err e;
	put_file(s->fd, "f", "hello");
	assert_int_equal(file_read(s->fd, "f", 5, &a, &text, &len, &e), 0);
	assert_string_equal(text, "hello");
	assert_int_equal(len, 5);
	assert_int_equal(file_read(s->fd, "f", 4, &a, &text, NULL, &e), -1);
	assert_string_equal(e.subject, "f");
	put_file(s->fd, "empty", "");
	assert_int_equal(file_read(s->fd, "empty", 0, &a, &text, &len, &e), 0);
	assert_int_equal(len, 0);
	arena_done(&a);
}

static void
a_missing_file_is_null_and_no_error(void **state)
{
	struct scratch *s = *state;
	struct arena a = {0};
	char *text = (char *)s;
	struct err e = {0};
	assert_int_equal(file_read(s->fd, "none", 10, &a, &text, NULL, &e), 0);
	assert_null(text);
	assert_int_equal(e.kind, ERR_NONE);
	arena_done(&a);
}

static void
what_says_no_size_is_read_and_capped(void **state)
{
	struct arena a = {0};
	char *text = NULL;
	size_t len = 0;
	struct err e;
	fd_auto fd = open("/proc/self/status", O_RDONLY);
	assert_int_equal(file_read_fd(fd, 1 << 20, &a, "status", &text, &len, &e), 0);
	assert_non_null(strstr(text, "Pid:"));
	fd_auto capped = open("/proc/self/status", O_RDONLY);
	assert_int_equal(file_read_fd(capped, 100, &a, "status", &text, &len, &e), -1);
	arena_done(&a);
}

static void
nothing_but_a_regular_file_is_read(void **state)
{
	struct scratch *s = *state;
	struct arena a = {0};
	char *text = NULL;
	struct err e;
	mkfifoat(s->fd, "fifo", 0600);
	mkdirat(s->fd, "dir", 0700);
	symlinkat("/etc/passwd", s->fd, "link");
	symlinkat("nowhere", s->fd, "dangling");
	static const char *const bad[] = {"fifo", "dir", "link", "dangling"};
	alarm(5);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(file_read(s->fd, bad[i], 1 << 20, &a, &text, NULL, &e), -1);
		assert_string_equal(e.subject, bad[i]);
	}
	alarm(0);
	arena_done(&a);
}

static void
a_file_is_replaced_whole_with_its_mode(void **state)
{
	struct scratch *s = *state;
	struct arena a = {0};
	char *text = NULL;
	struct stat st;
	struct err e;
	mode_t old = umask(077);
	assert_int_equal(file_write(s->fd, "f", "one", 3, 0644, &e), 0);
	assert_int_equal(file_write(s->fd, "f", "two\0x", 5, 0640, &e), 0);
	umask(old);
	size_t len = 0;
	assert_int_equal(file_read(s->fd, "f", 100, &a, &text, &len, &e), 0);
	assert_int_equal(len, 5);
	assert_memory_equal(text, "two\0x", 5);
	assert_int_equal(fstatat(s->fd, "f", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(count_entries(s->fd), 1);
	arena_done(&a);
}

static void
a_link_is_replaced_and_not_written_through(void **state)
{
	struct scratch *s = *state;
	struct stat st;
	struct err e;
	put_file(s->fd, "victim", "old");
	symlinkat("victim", s->fd, "f");
	assert_int_equal(file_write(s->fd, "f", "newer", 5, 0600, &e), 0);
	assert_int_equal(fstatat(s->fd, "f", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(fstatat(s->fd, "victim", &st, 0), 0);
	assert_int_equal(st.st_size, 3);
	symlinkat("/tmp", s->fd, "dirlink");
	assert_int_equal(file_write(s->fd, "dirlink/warder-unit-never", "x", 1, 0600, &e), -1);
	assert_int_equal(access("/tmp/warder-unit-never", F_OK), -1);
}

static void
a_failed_write_leaves_nothing(void **state)
{
	struct scratch *s = *state;
	struct err e;
	mkdirat(s->fd, "dir", 0700);
	put_file(s->fd, "dir/in", "x");
	assert_int_equal(file_write(s->fd, "dir", "x", 1, 0600, &e), -1);
	assert_int_equal(e.err_no, EISDIR);
	assert_int_equal(count_entries(s->fd), 1);
	static const char *const bad[] = {"", ".", "..", "x/", "none/x"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(file_write(s->fd, bad[i], "x", 1, 0600, &e), -1);
	assert_int_equal(count_entries(s->fd), 1);
	fd_auto full = open("/dev/full", O_WRONLY);
	assert_int_equal(fd_write_all(full, "x", 1, "full", &e), -1);
	assert_int_equal(e.kind, ERR_CANTCREATE);
}

static void
a_link_is_switched_over_a_link_only(void **state)
{
	struct scratch *s = *state;
	char target[16] = "";
	struct err e;
	assert_int_equal(file_switch_link(s->fd, "current", "gen/1", &e), 0);
	assert_int_equal(file_switch_link(s->fd, "current", "gen/2", &e), 0);
	assert_int_equal(readlinkat(s->fd, "current", target, sizeof(target)), 5);
	assert_memory_equal(target, "gen/2", 5);
	put_file(s->fd, "file", "keep");
	assert_int_equal(file_switch_link(s->fd, "file", "gen/2", &e), -1);
	assert_int_equal(e.kind, ERR_CANTCREATE);
	mkdirat(s->fd, "dir", 0700);
	assert_int_equal(file_switch_link(s->fd, "dir", "gen/2", &e), -1);
	assert_int_equal(count_entries(s->fd), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_is_read_up_to_its_cap, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(a_missing_file_is_null_and_no_error, scratch_open, scratch_close),
		cmocka_unit_test(what_says_no_size_is_read_and_capped),
		cmocka_unit_test_setup_teardown(nothing_but_a_regular_file_is_read, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(a_file_is_replaced_whole_with_its_mode, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(
			a_link_is_replaced_and_not_written_through, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(a_failed_write_leaves_nothing, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(a_link_is_switched_over_a_link_only, scratch_open, scratch_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
