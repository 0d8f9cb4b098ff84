/* base/spawn: other programs get nothing of ours, and end. */
#include "unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/fd.h"
#include "base/spawn.h"
#include "base/str.h"

struct seen {
	struct str out, err;
	unsigned lines;
};

static void
keep_line(void *arg, const char *text, bool is_stderr)
{
	struct seen *s = arg;
	s->lines++;
	str_addf(is_stderr ? &s->err : &s->out, "%s|", text);
}

static int
run_shell(const char *command, struct spawn s, struct seen *seen, int *ret_status, struct err *e)
{
	const char *const argv[] = {"sh", "-c", command, NULL};
	s.argv = argv;
	s.line = keep_line;
	s.arg = seen;
	return spawn_run(&s, ret_status, e);
}

static void
seen_done(struct seen *s)
{
	str_done(&s->out);
	str_done(&s->err);
}

static void
output_comes_by_lines(void **state)
{
	struct seen seen = {0};
	struct err e;
	int status = -1;
	assert_int_equal(
		run_shell("echo a; echo b >&2; echo; printf end; exit 3", (struct spawn){0}, &seen, &status, &e), 0);
	assert_int_equal(status, 3);
	assert_string_equal(str_text(&seen.out), "a||end|");
	assert_string_equal(str_text(&seen.err), "b|");
	seen_done(&seen);
}

static void
an_overlong_line_is_cut_once(void **state)
{
	struct seen seen = {0};
	struct err e;
	int status = -1;
	assert_int_equal(run_shell("head -c 100000 /dev/zero | tr '\\0' x; echo; echo next", (struct spawn){0}, &seen,
				 &status, &e),
		0);
	assert_int_equal(seen.lines, 2);
	assert_int_equal(seen.out.len, 4095 + 1 + 5);
	seen_done(&seen);
}

static void
a_signal_is_128_and_its_number(void **state)
{
	struct seen seen = {0};
	struct err e;
	int status = -1;
	assert_int_equal(run_shell("kill -9 $$", (struct spawn){0}, &seen, &status, &e), 0);
	assert_int_equal(status, 128 + SIGKILL);
	seen_done(&seen);
}

static void
input_is_fed_or_empty(void **state)
{
	struct seen seen = {0};
	struct err e;
	int status = -1;
	assert_int_equal(run_shell("cat", (struct spawn){.input = "one\ntwo\n"}, &seen, &status, &e), 0);
	assert_string_equal(str_text(&seen.out), "one|two|");
	seen_done(&seen);
	struct seen none = {0};
	assert_int_equal(run_shell("cat", (struct spawn){0}, &none, &status, &e), 0);
	assert_int_equal(none.lines, 0);
	seen_done(&none);
}

static void
the_environment_is_built_from_nothing(void **state)
{
	static const char *const env[] = {"ONE=1", NULL};
	static const char *const argv[] = {"env", NULL};
	struct seen seen = {0}, own = {0};
	struct err e;
	int status = -1;
	setenv("LD_PRELOAD_TEST", "x", 1);
	struct spawn s = {.argv = argv, .line = keep_line, .arg = &seen};
	assert_int_equal(spawn_run(&s, &status, &e), 0);
	assert_string_equal(str_text(&seen.out), "PATH=/usr/sbin:/usr/bin:/sbin:/bin|LC_ALL=C.UTF-8|");
	s.env = env;
	s.arg = &own;
	assert_int_equal(spawn_run(&s, &status, &e), 0);
	assert_string_equal(str_text(&own.out), "ONE=1|");
	seen_done(&seen);
	seen_done(&own);
}

static void
only_the_kept_descriptors_are_open(void **state)
{
	struct seen seen = {0};
	struct err e;
	int status = -1;
	fd_auto leak = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
	fd_auto kept = fcntl(leak, F_DUPFD_CLOEXEC, 50);
	int keep[] = {kept, -1};
	assert_int_equal(run_shell("cd /proc/self/fd; for f in *; do [ -e /proc/$$/fd/$f ] && echo $f; done; true",
				 (struct spawn){.keep_fds = keep}, &seen, &status, &e),
		0);
	char want[32];
	snprintf(want, sizeof(want), "0|1|2|%d|", kept);
	assert_string_equal(str_text(&seen.out), want);
	assert_int_equal(fcntl(kept, F_GETFD), FD_CLOEXEC);
	seen_done(&seen);
}

static void
signals_umask_and_group_are_its_own(void **state)
{
	struct seen seen = {0};
	struct err e;
	int status = -1;
	sigset_t block, old;
	sigfillset(&block);
	mode_t mask = umask(077);
	signal(SIGINT, SIG_IGN);
	sigprocmask(SIG_SETMASK, &block, &old);
	int result = run_shell("umask; grep -E 'Sig(Blk|Ign)' /proc/self/status; read -r p c s pp g r </proc/$$/stat; "
			       "[ \"$g\" = $$ ] && echo own",
		(struct spawn){0}, &seen, &status, &e);
	sigprocmask(SIG_SETMASK, &old, NULL);
	signal(SIGINT, SIG_DFL);
	umask(mask);
	assert_int_equal(result, 0);
	assert_string_equal(str_text(&seen.out), "0022|SigBlk:\t0000000000000000|SigIgn:\t0000000000000000|own|");
	seen_done(&seen);
}

static void
a_missing_program_is_named(void **state)
{
	static const char *const argv[] = {"warder-no-such-program", NULL};
	static const char *const absolute[] = {"/warder/none", NULL};
	static const char *const directory[] = {"/tmp", NULL};
	struct err e;
	int status = 0;
	assert_int_equal(spawn_run(&(struct spawn){.argv = argv}, &status, &e), -1);
	assert_int_equal(e.kind, ERR_UNAVAILABLE);
	assert_string_equal(e.subject, "warder-no-such-program");
	assert_int_equal(spawn_run(&(struct spawn){.argv = absolute}, &status, &e), -1);
	assert_int_equal(e.kind, ERR_UNAVAILABLE);
	assert_string_equal(e.subject, "/warder/none");
	assert_int_equal(spawn_run(&(struct spawn){.argv = directory}, &status, &e), -1);
	assert_int_equal(e.err_no, EACCES);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left to reap */
}

static double
seconds_since(const struct timespec *then)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

/* A zombie does not run any more; when it is reaped is the business of this machine's pid 1. */
static bool
is_running(pid_t pid)
{
	char path[32], state = 'Z';
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return false;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	fclose(f);
	return state != 'Z';
}

static void
too_long_a_run_is_ended_with_its_group(void **state)
{
	struct seen seen = {0};
	struct timespec start;
	struct err e;
	int status = -1;
	clock_gettime(CLOCK_MONOTONIC, &start);
	assert_int_equal(run_shell("sleep 60 & echo $!; wait", (struct spawn){.timeout_s = 1}, &seen, &status, &e), -1);
	assert_int_equal(status, -1);
	assert_true(seconds_since(&start) < 4);
	pid_t grandchild = (pid_t)atoi(str_text(&seen.out));
	assert_true(grandchild > 1);
	for (int i = 0; i < 100 && is_running(grandchild); i++)
		usleep(10000);
	assert_false(is_running(grandchild));
	seen_done(&seen);
}

/* Its number comes by a pipe that the program has as a kept descriptor. */
static pid_t
background_of_a_killed_starter(bool guarded)
{
	int ends[2];
	pid_t background = 0;
	assert_int_equal(pipe(ends), 0);
	pid_t starter = fork();
	if (starter == 0) {
		char command[80];
		const int keep[] = {ends[1], -1};
		struct seen seen = {0};
		struct err e;
		int status;
		snprintf(command, sizeof(command), "sleep 77 & echo $! >&%d; wait", ends[1]);
		_exit(run_shell(command, (struct spawn){.guarded = guarded, .keep_fds = keep}, &seen, &status, &e) < 0);
	}
	close(ends[1]);
	char text[16] = "";
	assert_true(read(ends[0], text, sizeof(text) - 1) > 0);
	close(ends[0]);
	background = (pid_t)atoi(text);
	kill(starter, SIGKILL);
	assert_int_equal(waitpid(starter, NULL, 0), starter);
	for (int i = 0; i < 100 && is_running(background); i++)
		usleep(10000);
	return background;
}

static void
a_guarded_program_dies_with_us_and_what_it_put_into_the_background(void **state)
{
	pid_t background = background_of_a_killed_starter(false);
	assert_true(is_running(background));
	kill(background, SIGKILL);
	background = background_of_a_killed_starter(true);
	assert_true(background > 1);
	assert_false(is_running(background));
}

static void
a_guarded_program_ends_as_it_would_and_leaves_its_background(void **state)
{
	struct seen seen = {0};
	struct err e;
	int status = -1;
	assert_int_equal(
		run_shell("sleep 60 & echo $!; exit 3", (struct spawn){.guarded = true}, &seen, &status, &e), 0);
	assert_int_equal(status, 3);
	pid_t background = (pid_t)atoi(str_text(&seen.out));
	assert_true(is_running(background));
	kill(background, SIGKILL);
	assert_int_equal(run_shell("kill -TERM $$", (struct spawn){.guarded = true}, &seen, &status, &e), 0);
	assert_int_equal(status, 128 + SIGTERM);
	assert_int_equal(run_shell("trap '' TERM; sleep 60", (struct spawn){.guarded = true, .timeout_s = 1}, &seen,
				 &status, &e),
		-1);
	static const char *const none[] = {"/warder/none", NULL};
	assert_int_equal(spawn_run(&(struct spawn){.argv = none, .guarded = true}, &status, &e), -1);
	assert_int_equal(e.kind, ERR_UNAVAILABLE);
	seen_done(&seen);
}

static void
who_ignores_term_is_killed(void **state)
{
	struct seen seen = {0};
	struct timespec start;
	struct err e;
	int status = -1;
	clock_gettime(CLOCK_MONOTONIC, &start);
	assert_int_equal(run_shell("trap '' TERM; while :; do sleep 1; done", (struct spawn){.timeout_s = 1}, &seen,
				 &status, &e),
		-1);
	assert_true(seconds_since(&start) > 5 && seconds_since(&start) < 9);
	seen_done(&seen);
}

static void
a_daemon_that_keeps_the_pipe_is_not_waited_for(void **state)
{
	struct seen seen = {0};
	struct timespec start;
	struct err e;
	int status = -1;
	clock_gettime(CLOCK_MONOTONIC, &start);
	assert_int_equal(run_shell("sleep 3 & echo done", (struct spawn){0}, &seen, &status, &e), 0);
	assert_true(seconds_since(&start) < 2);
	assert_string_equal(str_text(&seen.out), "done|");
	seen_done(&seen);
}

static void
a_failed_check_quotes_the_last_line(void **state)
{
	static const char *const bad[] = {"sh", "-c", "echo out; echo first >&2; echo 'the reason' >&2; exit 4", NULL};
	static const char *const good[] = {"true", NULL};
	struct err e;
	assert_int_equal(spawn_check(&(struct spawn){.argv = bad}, &e), -1);
	assert_string_equal(e.reason, "exit status 4: the reason");
	assert_int_equal(e.kind, ERR_FAILED);
	assert_int_equal(spawn_check(&(struct spawn){.argv = good}, &e), 0);
}

static void
no_descriptor_leaks(void **state)
{
	static const char *const argv[] = {"true", NULL};
	static const char *const none[] = {"/warder/none", NULL};
	struct seen seen = {0};
	struct err e;
	int status;
	unsigned before = count_fds();
	assert_int_equal(spawn_run(&(struct spawn){.argv = argv, .line = keep_line, .arg = &seen}, &status, &e), 0);
	assert_int_equal(spawn_run(&(struct spawn){.argv = none, .line = keep_line, .arg = &seen}, &status, &e), -1);
	assert_int_equal(count_fds(), before);
}

static void
a_helper_is_found_beside_us_or_named(void **state)
{
	struct arena a = {0};
	const char *path = NULL;
	struct err e;
	assert_int_equal(spawn_find_helper("test_spawn", &a, &path, &e), 0);
	assert_int_equal(access(path, X_OK), 0);
	assert_int_equal(spawn_find_helper("warder-none", &a, &path, &e), -1);
	assert_int_equal(e.kind, ERR_UNAVAILABLE);
	assert_string_equal(e.subject, "warder-none");
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_comes_by_lines),
		cmocka_unit_test(an_overlong_line_is_cut_once),
		cmocka_unit_test(a_signal_is_128_and_its_number),
		cmocka_unit_test(input_is_fed_or_empty),
		cmocka_unit_test(the_environment_is_built_from_nothing),
		cmocka_unit_test(only_the_kept_descriptors_are_open),
		cmocka_unit_test(signals_umask_and_group_are_its_own),
		cmocka_unit_test(a_missing_program_is_named),
		cmocka_unit_test(too_long_a_run_is_ended_with_its_group),
		cmocka_unit_test(a_guarded_program_dies_with_us_and_what_it_put_into_the_background),
		cmocka_unit_test(a_guarded_program_ends_as_it_would_and_leaves_its_background),
		cmocka_unit_test(who_ignores_term_is_killed),
		cmocka_unit_test(a_daemon_that_keeps_the_pipe_is_not_waited_for),
		cmocka_unit_test(a_failed_check_quotes_the_last_line),
		cmocka_unit_test(no_descriptor_leaks),
		cmocka_unit_test(a_helper_is_found_beside_us_or_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
