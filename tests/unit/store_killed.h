/*
 * A victim that is traced and killed at the entry of its nth system call.
 */
#ifndef WARDER_TESTS_STORE_KILLED_H
#define WARDER_TESTS_STORE_KILLED_H

#include <sys/ptrace.h>
#include <sys/wait.h>

#include "store_fixture.h"

/* True if it was killed at its nth stop; false if it ended before. */
static inline bool
killed_at(const struct fixture *f, int (*victim)(const struct fixture *), int n)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(3);
		raise(SIGSTOP);
		_exit(victim(f) < 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFSTOPPED(status))
		skip();
	ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)PTRACE_O_EXITKILL);
	/* Entry and exit are a stop each. */
	for (int stop = 0; stop < 2 * n + 1; stop++) {
		ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WIFEXITED(status)) {
			assert_int_equal(WEXITSTATUS(status), 0);
			return false;
		}
	}
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return true;
}

#endif
