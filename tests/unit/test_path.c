/* base/path, base/fd: nothing leaves its tree, nothing blocks. */
#include "opens.h"
#include "unit.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/path.h"

static void
a_closed_descriptor_is_unset_and_errno_stays(void **state)
{
	int fd = open("/dev/null", O_RDONLY), copy = fd;
	errno = EXDEV;
	fd_close(&fd);
	assert_int_equal(fd, -1);
	assert_int_equal(errno, EXDEV);
	assert_int_equal(fcntl(copy, F_GETFD), -1);
	fd_close(&fd);
	fd = 7;
	assert_int_equal(fd_take(&fd), 7);
	assert_int_equal(fd, -1);
}

static void
what_is_there_is_seen_and_not_followed(void **state)
{
	struct scratch *s = *state;
	put_file(s->fd, "file", "x");
	symlinkat("nowhere", s->fd, "link");
	assert_int_equal(path_look(s->fd, "file"), 0);
	assert_int_equal(path_look(s->fd, "link"), 0);
	assert_int_equal(path_look(s->fd, "none"), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(path_look(s->fd, "file/none"), -1);
	assert_int_equal(errno, ENOTDIR);
}

static void
whole_reads_stop_at_the_end(void **state)
{
	int p[2];
	char buf[10];
	struct err e;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(fd_write_all(p[1], "abc", 3, "pipe", &e), 0);
	assert_int_equal(fd_write_all(p[1], "def", 3, "pipe", &e), 0);
	close(p[1]);
	assert_int_equal(fd_read_full(p[0], buf, sizeof(buf), "pipe", &e), 6);
	assert_memory_equal(buf, "abcdef", 6);
	close(p[0]);
	assert_int_equal(fd_read_full(p[0], buf, 1, "pipe", &e), -1);
	assert_int_equal(e.err_no, EBADF);
}

static void
beneath_follows_no_link_and_leaves_no_root(void **state)
{
	struct scratch *s = *state;
	struct err e;
	mkdirat(s->fd, "d", 0700);
	put_file(s->fd, "d/f", "x");
	symlinkat("f", s->fd, "d/same");
	symlinkat("/etc", s->fd, "out");
	symlinkat("d", s->fd, "in");
	fd_auto good = path_open_beneath(s->fd, "d/f", O_RDONLY, 0, &e);
	assert_true(good >= 0);
	assert_int_equal(fcntl(good, F_GETFD), FD_CLOEXEC);
	fd_auto self = path_open_beneath(s->fd, "", O_RDONLY | O_DIRECTORY, 0, &e);
	assert_true(self >= 0);
	static const char *const bad[] = {"d/same", "out/passwd", "in/f", "../x", "/etc/passwd", "d/../../x"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(path_open_beneath(s->fd, bad[i], O_RDONLY, 0, &e), -1);
		assert_true(e.err_no == ELOOP || e.err_no == EXDEV);
	}
	fd_auto root = open("/", O_PATH | O_DIRECTORY);
	assert_int_equal(path_open_beneath(root, "proc/self/fd", O_RDONLY, 0, &e), -1);
}

static void
in_root_links_stay_inside(void **state)
{
	struct scratch *s = *state;
	char text[4] = "";
	struct err e;
	mkdirat(s->fd, "etc", 0700);
	put_file(s->fd, "etc/passwd", "me");
	symlinkat("/etc/passwd", s->fd, "absolute");
	symlinkat("../../../../etc/passwd", s->fd, "climbing");
	static const char *const ways[] = {"absolute", "climbing", "/etc/passwd", "../../etc/passwd"};
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		fd_auto fd = path_open_in_root(s->fd, ways[i], O_RDONLY, 0, &e);
		assert_true(fd >= 0);
		assert_int_equal(read(fd, text, sizeof(text)), 2);
		assert_memory_equal(text, "me", 2);
	}
}

static void
directories_are_made_with_their_mode(void **state)
{
	struct scratch *s = *state;
	struct stat st;
	struct err e;
	mode_t old = umask(077);
	fd_auto fd = path_make_dirs(s->fd, "a//b/./c/", 0755, &e);
	umask(old);
	assert_true(fd >= 0);
	static const char *const made[] = {"a", "a/b", "a/b/c"};
	for (size_t i = 0; i < ARRAY_LEN(made); i++) {
		assert_int_equal(fstatat(s->fd, made[i], &st, 0), 0);
		assert_int_equal(st.st_mode & 07777, 0755);
	}
	struct stat of_fd;
	assert_int_equal(fstat(fd, &of_fd), 0);
	assert_true(of_fd.st_ino == st.st_ino);
	fd_auto again = path_make_dirs(s->fd, "a/b", 0700, &e);
	assert_true(again >= 0);
	assert_int_equal(fstatat(s->fd, "a/b", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
}

static void
directories_are_not_made_through_links_or_files(void **state)
{
	struct scratch *s = *state;
	struct err e;
	symlinkat("/tmp", s->fd, "link");
	put_file(s->fd, "file", "");
	assert_int_equal(path_make_dirs(s->fd, "link/x", 0700, &e), -1);
	assert_int_equal(e.err_no, ELOOP);
	assert_int_equal(path_make_dirs(s->fd, "file/x", 0700, &e), -1);
	assert_int_equal(e.err_no, ENOTDIR);
	assert_int_equal(path_make_dirs(s->fd, "../warder-unit-never", 0700, &e), -1);
	assert_int_equal(access("/tmp/warder-unit-never", F_OK), -1);
}

static void
only_regular_files_are_opened(void **state)
{
	struct scratch *s = *state;
	struct err e;
	mkfifoat(s->fd, "fifo", 0600);
	mkdirat(s->fd, "dir", 0700);
	symlinkat("file", s->fd, "link");
	put_file(s->fd, "file", "x");
	fd_auto fd = path_open_regular(s->fd, "file", &e);
	assert_true(fd >= 0);
	static const char *const bad[] = {"fifo", "dir", "link"};
	alarm(5); /* a FIFO that blocks ends the test */
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(path_open_regular(s->fd, bad[i], &e), -1);
	alarm(0);
	assert_int_equal(path_open_regular(s->fd, "absent", &e), -1);
	assert_int_equal(e.err_no, ENOENT);
}

static void
what_is_no_regular_file_is_looked_at_and_not_opened(void **state)
{
	struct scratch *s = *state;
	struct err e;
	mkfifoat(s->fd, "fifo", 0600);
	put_file(s->fd, "file", "x");
	symlinkat("/fifo", s->fd, "link");
	symlinkat("/file", s->fd, "good");
	int watch = watch_opens(s->fd, "fifo");
	assert_int_equal(path_open_regular(s->fd, "fifo", &e), -1);
	assert_int_equal(path_open_regular_in_root(s->fd, "link", &e), -1);
	assert_string_equal(e.reason, "not a regular file");
	assert_false(was_opened(watch));
	fd_auto fd = path_open_regular_in_root(s->fd, "good", &e);
	assert_true(fd >= 0);
	symlinkat("/etc/passwd", s->fd, "outside");
	assert_int_equal(path_open_regular_in_root(s->fd, "outside", &e), -1);
	assert_int_equal(e.err_no, ENOENT);
}

static void
an_open_directory_knows_its_path(void **state)
{
	struct scratch *s = *state;
	struct arena a = {0};
	const char *path = NULL;
	struct err e;
	assert_int_equal(path_of_fd(s->fd, &a, &path, &e), 0);
	assert_string_equal(path, s->path);
	mkdirat(s->fd, "gone", 0700);
	fd_auto fd = openat(s->fd, "gone", O_PATH | O_DIRECTORY);
	unlinkat(s->fd, "gone", AT_REMOVEDIR);
	assert_int_equal(path_of_fd(fd, &a, &path, &e), -1);
	arena_done(&a);
}

static void
overlap_goes_by_whole_components(void **state)
{
	assert_true(path_contains("/var/lib", "/var/lib/x"));
	assert_true(path_contains("/var/lib", "/var/lib"));
	assert_true(path_contains("/", "/var"));
	assert_false(path_contains("/var/lib", "/var/library"));
	assert_false(path_contains("/var/lib", "/var"));
	assert_true(path_overlaps("/a/b", "/a"));
	assert_true(path_overlaps("/a", "/a/b"));
	assert_false(path_overlaps("/a/b", "/a/c"));
	assert_false(path_overlaps("/a", "/ab"));
}

static void
a_clean_path_has_nothing_to_resolve(void **state)
{
	static const char *const good[] = {"/a", "/a/b.c", "/a/...", "/\xc3\xa9", "/a b", "/a/\xff"};
	static const char *const bad[] = {"", "a", "/", "/a/", "//a", "/a//b", "/./a", "/a/.", "/..", "/a/../b", "/a\n",
		"/a\x7f", "/a\xc2\x85", "/a\x1b"};
	char longer[4200];
	memset(longer, 'a', sizeof(longer));
	longer[0] = '/';
	longer[4095] = '\0';
	assert_true(path_is_clean_absolute(longer));
	longer[4095] = 'a';
	longer[4096] = '\0';
	assert_false(path_is_clean_absolute(longer));
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(path_is_clean_absolute(good[i]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(path_is_clean_absolute(bad[i]));
}

static void
names_are_plain_words(void **state)
{
	static const char *const good[] = {"a", "_x", "0", "ldap-1", "A_b-C"};
	static const char *const bad[] = {"", "..", ".", "-f", "a/b", "a b", "a.b", "a\n", "\xc3\xa9", "a*"};
	char longer[301];
	memset(longer, 'a', 300);
	longer[300] = '\0';
	assert_false(name_is_valid(longer));
	longer[64] = '\0';
	assert_false(name_is_valid(longer));
	longer[63] = '\0';
	assert_true(name_is_valid(longer));
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(name_is_valid(good[i]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(name_is_valid(bad[i]));
}

enum { STORMS = 2, STORM_MOUNTS = 300, OPENS = 30000 };

/* Until it is ended: mount namespaces come and go, and names change, which the kernel tells whoever follows "..". */
static pid_t
storm(int dirfd, int n)
{
	char one[16], two[16];
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	snprintf(one, sizeof(one), "one%d", n);
	snprintf(two, sizeof(two), "two%d", n);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (mkdirat(dirfd, one, 0700) < 0 || mkdirat(dirfd, two, 0700) < 0)
		_exit(1);
	bool mounts = unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
	for (int i = 0; i < STORM_MOUNTS && mounts; i++)
		mounts = mount("storm", "/proc", "tmpfs", 0, "size=4k") == 0;
	for (;;)
		if ((mounts && unshare(CLONE_NEWNS) < 0) || renameat2(dirfd, one, dirfd, two, RENAME_EXCHANGE) < 0)
			_exit(1);
}

static void
what_moves_elsewhere_is_no_error(void **state)
{
	struct scratch *s = *state;
	struct err e;
	pid_t pids[STORMS];
	int failed = 0;

	mkdirat(s->fd, "at", 0700);
	symlinkat("../at/../at/../at", s->fd, "way");
	for (int i = 0; i < STORMS; i++)
		pids[i] = storm(s->fd, i);
	for (int i = 0; i < OPENS; i++) {
		fd_auto fd = path_open_in_root(s->fd, "way", O_RDONLY | O_DIRECTORY, 0, &e);
		failed += fd < 0;
	}
	for (int i = 0; i < STORMS; i++) {
		int status;
		kill(pids[i], SIGKILL);
		waitpid(pids[i], &status, 0);
		assert_true(WIFSIGNALED(status)); /* it went on until then */
	}
	assert_int_equal(failed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_closed_descriptor_is_unset_and_errno_stays),
		cmocka_unit_test(whole_reads_stop_at_the_end),
		cmocka_unit_test_setup_teardown(what_is_there_is_seen_and_not_followed, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(
			beneath_follows_no_link_and_leaves_no_root, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(in_root_links_stay_inside, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(directories_are_made_with_their_mode, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(
			directories_are_not_made_through_links_or_files, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(only_regular_files_are_opened, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(
			what_is_no_regular_file_is_looked_at_and_not_opened, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(an_open_directory_knows_its_path, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(what_moves_elsewhere_is_no_error, scratch_open, scratch_close),
		cmocka_unit_test(overlap_goes_by_whole_components),
		cmocka_unit_test(a_clean_path_has_nothing_to_resolve),
		cmocka_unit_test(names_are_plain_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
