/* run/linux/userns: the process that waits in a new user namespace never outlives its starter. */
#include "unit.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "run/linux/mount.h"
#include "run/linux/userns.h"

enum { FIRST = 1U << 30, COUNT = 65536, SOON_MS = 3000 };

/* A starter that stops before it makes the namespace, and, traced, stops again with its helper just born. */
static pid_t
starter_begin(void)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct err e;

		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 || raise(SIGSTOP) != 0)
			_exit(1);
		_exit(userns_open(mount_proc_fd(&e), FIRST, COUNT, &e) < 0 ? 2 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACEFORK | PTRACE_O_TRACECLONE), 0);
	return pid;
}

/* The helper's pid, held before its first instruction. */
static pid_t
helper_of(pid_t starter)
{
	unsigned long helper = 0;
	int status;

	assert_int_equal(ptrace(PTRACE_CONT, starter, NULL, NULL), 0);
	assert_int_equal(waitpid(starter, &status, 0), starter);
	assert_int_equal(status >> 16, PTRACE_EVENT_FORK);
	assert_int_equal(ptrace(PTRACE_GETEVENTMSG, starter, NULL, &helper), 0);
	assert_int_equal(waitpid((pid_t)helper, &status, __WALL), (pid_t)helper);
	return (pid_t)helper;
}

static bool
ends_soon(pid_t pid)
{
	fd_auto pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd p = {.fd = pidfd, .events = POLLIN};
	bool ended;

	assert_true(pidfd >= 0);
	ended = poll(&p, 1, SOON_MS) == 1;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return ended;
}

static void
killed_between_clone_and_its_first_step_a_starter_leaves_no_helper(void **state)
{
	pid_t starter, helper;

	if (geteuid() != 0)
		skip();
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* the orphan becomes ours to wait for */
	starter = starter_begin();
	helper = helper_of(starter);
	kill(starter, SIGKILL);
	assert_int_equal(waitpid(starter, NULL, 0), starter);
	assert_int_equal(ptrace(PTRACE_DETACH, helper, NULL, NULL), 0);
	assert_true(ends_soon(helper));
}

static bool
has_descriptor(pid_t pid, int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
	return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A lock is held for as long as anybody has its descriptor. */
static void
the_helper_lets_go_of_its_starters_descriptors(void **state)
{
	pid_t starter, helper;
	int fd;
	bool had, has = true;

	if (geteuid() != 0)
		skip();
	fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	starter = starter_begin();
	helper = helper_of(starter);
	had = has_descriptor(helper, fd);
	assert_int_equal(ptrace(PTRACE_DETACH, helper, NULL, NULL), 0);
	for (int i = 0; i < SOON_MS / 10 && has; i++, usleep(10000))
		has = has_descriptor(helper, fd);
	/* The starter, still stopped, is alive: it was not its end that closed it. */
	kill(starter, SIGKILL);
	assert_int_equal(waitpid(starter, NULL, 0), starter);
	assert_true(ends_soon(helper));
	close(fd);
	assert_true(had);
	assert_false(has);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_between_clone_and_its_first_step_a_starter_leaves_no_helper),
		cmocka_unit_test(the_helper_lets_go_of_its_starters_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
