/* run/linux/stop: what a killed start left is cleared, whoever has not waited for it yet. */
#include "store_fixture.h"

#include <signal.h>
#include <sys/wait.h>

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_killed_start_is_cleared_while_its_starter_is_a_zombie, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
