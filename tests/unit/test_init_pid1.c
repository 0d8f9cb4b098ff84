/*
 * The jail's pid 1, run for real: commands, service, signals, restarts, the end, the log and the status page.
 */
#include <stdbool.h>

#include "init_jail.h"

static const char *const path_env[] = {"PATH=/usr/bin:/bin", "HOME=/", NULL};

#define SERVICE(script) ((const char *const[]){"/bin/sh", "-c", script, NULL})
#define COMMANDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void
start_with(struct jail_box *jail, struct brief_words w)
{
	static struct brief_block k;

	w.mode = BRIEF_INIT;
	w.caps = w.caps ? w.caps : DEFAULT_CAPS;
	w.caps_init = DEFAULT_CAPS;
	w.env = path_env;
	block_make(&k, &w);
	box_start(jail, k.bytes, k.size);
}

static void
nothing_runs_before_the_starter_says_go(void **state)
{
	struct jail_box jail = {0};

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail,
		(struct brief_words){.start = COMMANDS("echo early"), .argv = SERVICE("echo service; sleep 60")});
	assert_int_equal(box_report(&jail).ok, 1);
	pause_ms(200);
	assert_string_equal(file_text(jail.log), "");
	assert_non_null(strstr(file_text(jail.status), "starting 0 - 0\n"));
	assert_int_equal(send(jail.report, "g", 1, 0), 1);
	box_expect(jail.log, "service");
	box_done(&jail);
}

/* Whether the starter's socket has come to its end. */
static bool
has_told_the_starter(const struct jail_box *jail, int wait_ms)
{
	struct pollfd p = {jail->report, POLLIN, 0};
	char byte;

	return poll(&p, 1, wait_ms) == 1 && recv(jail->report, &byte, 1, 0) == 0;
}

static void
the_starter_is_told_once_the_outcome_of_the_start_is_on_the_page(void **state)
{
	const struct {
		const char *const *argv, *const *start;
		const char *page;
	} rows[] = {
		{SERVICE("sleep 60"), COMMANDS("sleep 0.3"), "running 0 - "},
		{SERVICE("sleep 60"), COMMANDS("sleep 0.3; exit 3"), "failed 0 - 0\n"},
		{NULL, COMMANDS("sleep 0.3"), "running 0 - 0\n"},
	};

	SKIP_WITHOUT_JAILS();
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jail_box jail = {0};

		start_with(&jail, (struct brief_words){.start = rows[i].start, .argv = rows[i].argv});
		box_go(&jail);
		assert_false(has_told_the_starter(&jail, 100));
		assert_true(has_told_the_starter(&jail, 10000));
		assert_non_null(strstr(file_text(jail.status), rows[i].page));
		box_done(&jail);
	}
}

static void
a_starter_that_died_takes_the_jail_with_it(void **state)
{
	struct jail_box jail = {0};

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail, (struct brief_words){.argv = SERVICE("echo ran")});
	assert_int_equal(box_report(&jail).ok, 1);
	shutdown(jail.report, SHUT_RDWR);
	assert_int_equal(box_wait(&jail), INIT_EXIT_FAILED);
	assert_string_equal(file_text(jail.log), "");
	box_done(&jail);
}

static void
start_commands_run_in_order_before_the_service_and_stop_commands_at_the_end(void **state)
{
	struct jail_box jail = {0};
	const char *log;

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail,
		(struct brief_words){.start = COMMANDS("sleep 0.2; echo one", "echo two"),
			.stop = COMMANDS("echo four; exit 7", "echo five"),
			.argv = SERVICE("trap 'echo six; exit 0' TERM; echo three; while :; do sleep 0.05; done"),
			.stop_timeout = 10});
	box_go(&jail);
	box_expect(jail.log, "three");
	assert_non_null(strstr(file_text(jail.status), "running 0 - "));
	assert_int_equal(box_stop(&jail), 0);
	log = file_text(jail.log);
	for (const char *const *word = COMMANDS("one", "two", "three", "four", "five", "six"); *word; word++) {
		log = strstr(log, *word);
		assert_non_null(log);
	}
	assert_non_null(strstr(file_text(jail.log), "Z* warder: exec.stop \"echo four; exit 7\" ended with status 7"));
	assert_non_null(strstr(file_text(jail.status), "stopped 0 0 0\n"));
	box_done(&jail);
}

enum { STAMP = sizeof("2026-01-01T00:00:00.000Z") - 1 };

static void
the_service_cannot_write_a_line_as_pid_1_does(void **state)
{
	struct jail_box jail = {0};
	unsigned own = 0, lines = 0;

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail, (struct brief_words){.stop = COMMANDS("exit 7"),
				  .argv = SERVICE("echo 'warder: forged'; echo '* warder: forged'; "
						  "echo '2026-01-01T00:00:00.000Z* warder: forged'")});
	box_go(&jail);
	assert_int_equal(box_wait(&jail), 0);
	for (const char *line = file_text(jail.log), *end; (end = strchr(line, '\n')); line = end + 1, lines++) {
		assert_true(end - line > STAMP);
		own += line[STAMP] == '*';
		assert_int_equal(line[STAMP] == '*', memmem(line, (size_t)(end - line), "forged", 6) == NULL);
	}
	assert_int_equal(lines - own, 3);
	assert_true(own > 0);
	box_done(&jail);
}

static void
a_failing_start_command_fails_the_jail(void **state)
{
	struct jail_box jail = {0};

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail, (struct brief_words){.start = COMMANDS("exit 3", "echo two"), .argv = SERVICE("echo ran")});
	box_go(&jail);
	assert_int_equal(box_wait(&jail), 1);
	assert_non_null(strstr(file_text(jail.log), "exec.start \"exit 3\" ended with status 3"));
	assert_null(strstr(file_text(jail.log), "ran"));
	assert_null(strstr(file_text(jail.log), "two"));
	assert_non_null(strstr(file_text(jail.status), "failed 0 - 0\n"));
	box_done(&jail);
}

static void
a_command_over_its_time_is_killed(void **state)
{
	struct jail_box jail = {0};

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail,
		(struct brief_words){.start = COMMANDS("sleep 50; :"), .argv = SERVICE("echo ran"), .exec_timeout = 1});
	box_go(&jail);
	assert_int_equal(box_wait(&jail), 1);
	assert_non_null(strstr(file_text(jail.log), "was killed after 1 s"));
	box_done(&jail);
}

static void
a_stop_during_a_start_command_ends_the_jail(void **state)
{
	struct jail_box jail = {0};

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail, (struct brief_words){.start = COMMANDS("echo slow; sleep 50; :"),
				  .stop = COMMANDS("echo bye"),
				  .argv = SERVICE("echo ran"),
				  .stop_timeout = 10});
	box_go(&jail);
	box_expect(jail.log, "slow");
	assert_int_equal(box_stop(&jail), 0);
	assert_non_null(strstr(file_text(jail.log), "bye"));
	assert_null(strstr(file_text(jail.log), "ran"));
	box_done(&jail);
}

/* Its signal is there before the command is: that has no session of its own yet when it is to be killed. */
static void
a_stop_that_comes_as_early_as_can_be_ends_the_jail(void **state)
{
	SKIP_WITHOUT_JAILS();
	(void)state;
	for (int i = 0; i < 20; i++) {
		struct jail_box jail = {0};
		struct report r;

		start_with(&jail, (struct brief_words){.start = COMMANDS("sleep 50; :"), .stop_timeout = 10});
		r = box_report(&jail);
		assert_int_equal(r.ok, 1);
		kill(jail.pid, SIGTERM);
		assert_int_equal(send(jail.report, "g", 1, 0), 1);
		assert_int_equal(box_wait(&jail), 0);
		box_done(&jail);
	}
}

static void
a_service_that_ends_sets_the_state_by_its_status(void **state)
{
	static const struct {
		const char *script, *page;
		int status;
	} rows[] = {
		{"exit 0", "stopped 0 0 0\n", 0},
		{"exit 4", "failed 0 4 0\n", 1},
		{"kill -9 $$", "failed 0 137 0\n", 1},
		{"exec /nonexistent", "failed 0 127 0\n", 1},
	};

	SKIP_WITHOUT_JAILS();
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jail_box jail = {0};

		start_with(&jail, (struct brief_words){.argv = SERVICE(rows[i].script)});
		box_go(&jail);
		assert_int_equal(box_wait(&jail), rows[i].status);
		assert_non_null(strstr(file_text(jail.status), rows[i].page));
		box_done(&jail);
	}
}

/* Restarts are for a service that ran: one that cannot be executed would only be tried again for ever. */
static void
a_service_that_cannot_be_executed_fails_the_jail(void **state)
{
	static const struct {
		const char *program, *page;
	} rows[] = {
		{"/nonexistent", "failed 0 127 0\n"},
		{"/dev/null", "failed 0 126 0\n"},
	};

	SKIP_WITHOUT_JAILS();
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jail_box jail = {0};

		start_with(&jail, (struct brief_words){.argv = (const char *const[]){rows[i].program, NULL},
					  .restart = 2,
					  .restart_delay = 1});
		box_go(&jail);
		assert_int_equal(box_wait(&jail), 1);
		assert_non_null(strstr(file_text(jail.status), rows[i].page));
		assert_non_null(strstr(file_text(jail.log), rows[i].program));
		box_done(&jail);
	}
}

static void
a_failing_service_is_restarted_after_its_delay(void **state)
{
	struct jail_box jail = {0};

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail, (struct brief_words){.argv = SERVICE("test -e /tmp/again && { echo second; exit 0; }; "
							       "echo first; touch /tmp/again; exit 5"),
				  .restart = 1,
				  .restart_delay = 1});
	box_go(&jail);
	box_expect(jail.status, "starting 0 5 0\n");
	assert_int_equal(box_wait(&jail), 0);
	assert_non_null(strstr(file_text(jail.log), "second"));
	assert_non_null(strstr(file_text(jail.status), "stopped 1 0 0\n"));
	box_done(&jail);
}

static void
a_service_that_ignores_its_signal_is_killed_in_time(void **state)
{
	struct jail_box jail = {0};
	time_t began;

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail, (struct brief_words){.argv = SERVICE("trap '' TERM INT; echo up; while :; do sleep 1; done"),
				  .stop_timeout = 1});
	box_go(&jail);
	box_expect(jail.log, "up");
	began = time(NULL);
	assert_int_equal(box_stop(&jail), 0);
	assert_in_range(time(NULL) - began, 1, 3);
	assert_non_null(strstr(file_text(jail.log), "not stopped within 1 s"));
	assert_non_null(strstr(file_text(jail.status), "stopped 0 137 0\n"));
	box_done(&jail);
}

static void
a_jail_without_a_service_stays_until_it_is_stopped(void **state)
{
	struct jail_box jail = {0};

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail, (struct brief_words){.stop_timeout = 10});
	box_go(&jail);
	box_expect(jail.status, "running 0 - 0\n");
	pause_ms(100);
	assert_int_equal(kill(jail.pid, 0), 0);
	assert_int_equal(box_stop(&jail), 0);
	assert_non_null(strstr(file_text(jail.status), "stopped 0 - 0\n"));
	box_done(&jail);
}

static void
orphans_are_reaped(void **state)
{
	struct jail_box jail = {0};

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(
		&jail, (struct brief_words){.argv = SERVICE("for i in 1 2 3 4 5; do (sleep 0.1 &) ; done; sleep 0.6; "
							    "echo zombies $(grep -l '^State:.Z' /proc/[0-9]*/status "
							    "2>/dev/null | wc -l) of $(ls -d /proc/[0-9]* | wc -l)")});
	box_go(&jail);
	assert_int_equal(box_wait(&jail), 0);
	assert_non_null(strstr(file_text(jail.log), "zombies 0 of"));
	box_done(&jail);
}

static void
signals_are_passed_to_the_service(void **state)
{
	struct jail_box jail = {0};

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail, (struct brief_words){.argv = SERVICE("trap 'echo hup' HUP; trap 'echo usr1' USR1; "
							       "trap 'echo usr2' USR2; trap 'echo winch' WINCH; "
							       "echo up; while :; do sleep 0.05; done"),
				  .stop_signal = SIGKILL,
				  .stop_timeout = 5});
	box_go(&jail);
	box_expect(jail.log, "up");
	kill(jail.pid, SIGHUP);
	box_expect(jail.log, "hup");
	kill(jail.pid, SIGUSR1);
	box_expect(jail.log, "usr1");
	kill(jail.pid, SIGUSR2);
	box_expect(jail.log, "usr2");
	kill(jail.pid, SIGWINCH);
	box_expect(jail.log, "winch");
	kill(jail.pid, SIGPWR);
	assert_int_equal(box_wait(&jail), 0);
	box_done(&jail);
}

static void
log_lines_carry_the_time_and_long_ones_are_cut(void **state)
{
	struct jail_box jail = {0};
	const char *line, *log;
	unsigned year, n = 0;
	int end = 0;

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail,
		(struct brief_words){.argv = SERVICE("echo out; echo err >&2; head -c 20000 /dev/zero | tr '\\0' x; "
						     "echo; printf 'tail\\033'")});
	box_go(&jail);
	assert_int_equal(box_wait(&jail), 0);
	log = file_text(jail.log);
	for (line = log; *line; line = strchr(line, '\n') + 1, n++) {
		assert_int_equal(sscanf(line, "%4u-%*2u-%*2uT%*2u:%*2u:%*2u.%*3u%n", &year, &end), 1);
		assert_int_equal(end, 23);
		assert_true(strncmp(line + end, "Z ", 2) == 0 || strncmp(line + end, "Z* ", 3) == 0);
		assert_in_range(year, 2025, 2100);
		assert_true(strchr(line, '\n') - line <= 25 + 8192);
	}
	assert_true(n >= 6);
	assert_non_null(strstr(log, "Z out\n"));
	assert_non_null(strstr(log, "Z err\n"));
	assert_non_null(strstr(log, "Z tail\033\n"));
	box_done(&jail);
}

static void
a_full_disk_under_the_log_does_not_stop_the_service(void **state)
{
	struct jail_box jail = {.log = open("/dev/full", O_WRONLY | O_APPEND | O_CLOEXEC)};

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail, (struct brief_words){
				  .argv = SERVICE("i=0; while [ $i -lt 9999 ]; do echo $i; i=$((i+1)); done; exit 0")});
	box_go(&jail);
	assert_int_equal(box_wait(&jail), 0);
	assert_non_null(strstr(file_text(jail.status), "stopped 0 0 0\n"));
	box_done(&jail);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(nothing_runs_before_the_starter_says_go, box_teardown),
		cmocka_unit_test_teardown(
			the_starter_is_told_once_the_outcome_of_the_start_is_on_the_page, box_teardown),
		cmocka_unit_test_teardown(a_starter_that_died_takes_the_jail_with_it, box_teardown),
		cmocka_unit_test_teardown(
			start_commands_run_in_order_before_the_service_and_stop_commands_at_the_end, box_teardown),
		cmocka_unit_test_teardown(the_service_cannot_write_a_line_as_pid_1_does, box_teardown),
		cmocka_unit_test_teardown(a_failing_start_command_fails_the_jail, box_teardown),
		cmocka_unit_test_teardown(a_command_over_its_time_is_killed, box_teardown),
		cmocka_unit_test_teardown(a_stop_during_a_start_command_ends_the_jail, box_teardown),
		cmocka_unit_test_teardown(a_stop_that_comes_as_early_as_can_be_ends_the_jail, box_teardown),
		cmocka_unit_test_teardown(a_service_that_ends_sets_the_state_by_its_status, box_teardown),
		cmocka_unit_test_teardown(a_service_that_cannot_be_executed_fails_the_jail, box_teardown),
		cmocka_unit_test_teardown(a_failing_service_is_restarted_after_its_delay, box_teardown),
		cmocka_unit_test_teardown(a_service_that_ignores_its_signal_is_killed_in_time, box_teardown),
		cmocka_unit_test_teardown(a_jail_without_a_service_stays_until_it_is_stopped, box_teardown),
		cmocka_unit_test_teardown(orphans_are_reaped, box_teardown),
		cmocka_unit_test_teardown(signals_are_passed_to_the_service, box_teardown),
		cmocka_unit_test_teardown(log_lines_carry_the_time_and_long_ones_are_cut, box_teardown),
		cmocka_unit_test_teardown(a_full_disk_under_the_log_does_not_stop_the_service, box_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
