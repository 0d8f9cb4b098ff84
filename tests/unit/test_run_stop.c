/* run/linux/stop: what a killed start left is cleared, whoever has not waited for it yet. */
#include "store_fixture.h"

#include <signal.h>
#include <sys/wait.h>

#include "run/bound.h"
#include "run/linux/linux.h"
#include "run/linux/process.h"

/* A process that has ended and that nobody has waited for: a supervisor that is busy. */
static pid_t
zombie_make(uint64_t *ret_ticks)
{
	pid_t pid = fork();
	siginfo_t info;

	if (pid == 0)
		pause();
	*ret_ticks = process_start_ticks(pid);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	return pid;
}

static void
a_killed_start_is_cleared_while_its_starter_is_a_zombie(void **state)
{
	struct fixture *f = fixture(state);
	struct run_record r = {.starter_pid = -1};
	bool found = true;

	r.starter_pid = zombie_make(&r.starter_ticks);
	ok(process_boot_id(r.boot_id, E));
	ok(store_run_write(&f->s, "j", &r, E));
	ok(linux_clear(&f->s, "j", E));
	ok(store_run_read(&f->s, "j", &r, &found, E));
	assert_false(found);
	waitpid(r.starter_pid, NULL, 0);
}

static void
a_stop_waits_as_long_as_the_declaration_says_and_no_less(void **state)
{
	static const char *commands[] = {"a", "b", NULL};
	static const struct {
		uint32_t ncommands, exec_timeout, stop_timeout;
		bool kill;
		int bound_ms;
	} rows[] = {
		{0, 0, 10, false, 15000},
		{0, 30, 10, false, 15000},
		{2, 30, 10, false, 75000},
		{2, 0, 10, false, -1}, /* exec.timeout 0 is without end */
		{2, 0, 10, true, 0},
		{2, 86400, 86400, false, (3 * 86400 + 5) * 1000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jail j = {.stop = {commands, rows[i].ncommands},
			.exec_timeout = rows[i].exec_timeout,
			.stop_timeout = rows[i].stop_timeout};

		assert_int_equal(run_stop_bound_ms(&j, rows[i].kill), rows[i].bound_ms);
	}
	assert_int_equal(run_stop_bound_ms(NULL, false), 75000);
	assert_int_equal(run_stop_bound_ms(NULL, true), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stop_waits_as_long_as_the_declaration_says_and_no_less),
		cmocka_unit_test_setup_teardown(
			a_killed_start_is_cleared_while_its_starter_is_a_zombie, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
