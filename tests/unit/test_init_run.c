/* init/run: emptying /run while another does the same: the pid 1 of a start that was killed. */
#include "unit.h"

#include <sys/wait.h>

#include "init/run.h"

enum { DIRS = 40, FILES = 200 };

static void
fill(int dirfd)
{
	char name[40];

	for (int d = 0; d < DIRS; d++) {
		snprintf(name, sizeof(name), "%d", d);
		assert_int_equal(mkdirat(dirfd, name, 0755), 0);
		for (int f = 0; f < FILES; f++) {
			snprintf(name, sizeof(name), "%d/%d", d, f);
			put_file(dirfd, name, "");
		}
	}
}

static void
what_another_removed_first_is_no_error(void **state)
{
	const struct scratch *s = *state;
	struct report r;
	int status;
	pid_t pid;

	for (int i = 0; i < 5; i++) {
		fill(s->fd);
		pid = fork();
		int fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		int result = run_empty(fd, &r);

		if (pid == 0)
			_exit(result < 0 ? 1 : 0);
		close(fd);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (result < 0)
			fail_msg("%s %s: %s", r.op, r.subject, strerror(r.err_no));
		assert_int_equal(status, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_another_removed_first_is_no_error, scratch_open, scratch_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
