/*
 * warder-image after confine(): what a bug in a decompressor could do then.  Each attempt is made first without, where
 * it must work.
 */
#include "unit.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "image/confine.h"

enum { WORKED = 0, BROKEN = 255 };

/* All run in the target; "../outside" is a file beside it. */
static int
opens(const char *path, int flags)
{
	return open(path, flags | O_CLOEXEC, 0644) < 0 ? -1 : 0;
}

static int
starts_a_process(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : 0;
}

static int
executes(void)
{
	char *const argv[] = {(char *)(uintptr_t) "true", NULL};

	return execve("/bin/true", argv, argv + 1); /* which ends with status 0: it worked */
}

static int
makes_memory_executable(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static int
changes_mode(const char *path, mode_t mode)
{
	return opens(path, O_CREAT | O_WRONLY) < 0 ? -1 : chmod(path, mode);
}

#define ACT(name, call)                                                                                                \
	static int name(void)                                                                                          \
	{                                                                                                              \
		return (int)(call);                                                                                    \
	}
ACT(reads_outside, opens("../outside", O_RDONLY))
ACT(lists_outside, opens("..", O_RDONLY | O_DIRECTORY))
ACT(reads_passwd, opens("/etc/passwd", O_RDONLY))
ACT(writes_outside, opens("../outside", O_WRONLY))
ACT(creates_outside, opens("../new", O_CREAT | O_WRONLY))
ACT(makes_a_device, mknod("null", S_IFCHR | 0600, makedev(1, 3)))
ACT(opens_a_socket, socket(AF_INET, SOCK_STREAM, 0) < 0 ? -1 : 0)
ACT(opens_a_unix_socket, socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? -1 : 0)
ACT(signals_another, kill(getppid(), 0))
ACT(traces_another, ptrace(PTRACE_SEIZE, getppid(), NULL, NULL))
ACT(makes_namespaces, unshare(CLONE_NEWNS))
ACT(creates, opens("new", O_CREAT | O_WRONLY))
ACT(creates_set_id, changes_mode("su", 04755))
ACT(makes_a_fifo, mkfifo("fifo", 0644))
ACT(makes_links, symlink("x", "l") < 0 ? -1 : opens("a", O_CREAT | O_WRONLY) < 0 ? -1 : link("a", "b"))
ACT(gives_away, opens("a", O_CREAT | O_WRONLY) < 0 ? -1 : lchown("a", 100000, 100000))

static const struct attempt {
	const char *name;
	int (*act)(void);
	int err_no; /* when confined; 0: goes on working */
} attempts[] = {
#define ROW(act, err_no)                                                                                               \
	{                                                                                                              \
#act, act, err_no                                                                                      \
	}
	ROW(reads_outside, EACCES),
	ROW(lists_outside, EACCES),
	ROW(reads_passwd, EACCES),
	ROW(writes_outside, EACCES),
	ROW(creates_outside, EACCES),
	ROW(makes_a_device, EACCES),
	ROW(opens_a_socket, ENOSYS),
	ROW(opens_a_unix_socket, ENOSYS),
	ROW(signals_another, ENOSYS),
	ROW(traces_another, ENOSYS),
	ROW(makes_namespaces, ENOSYS),
	ROW(starts_a_process, ENOSYS),
	ROW(executes, ENOSYS),
	ROW(makes_memory_executable, ENOSYS),
	ROW(creates, 0),
	ROW(creates_set_id, 0),
	ROW(makes_a_fifo, 0),
	ROW(makes_links, 0),
	ROW(gives_away, 0),
#undef ROW
};

/* WORKED, or the errno. */
static int
attempt(const struct scratch *s, const struct attempt *t, bool confined)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct err e;
		int target = mkdirat(s->fd, "target", 0755) < 0
				     ? -1
				     : openat(s->fd, "target", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (target < 0 || fchdir(target) < 0 || (confined && confine(target, &e) < 0))
			_exit(BROKEN);
		/* Not _exit: before that the sanitizers ask for the signal stack, which the filter refuses. */
		syscall(SYS_exit_group, t->act() < 0 ? errno : WORKED);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	char command[160];
	snprintf(command, sizeof(command), "rm -rf -- %s/target %s/new", s->path, s->path);
	assert_int_equal(system(command), 0);
	return WEXITSTATUS(status);
}

static void
a_confined_process_has_the_target_and_nothing_else(void **state)
{
	const struct scratch *s = *state;

	if (geteuid() != 0)
		skip();
	put_file(s->fd, "outside", "secret");
	for (size_t i = 0; i < ARRAY_LEN(attempts); i++) {
		int before = attempt(s, &attempts[i], false), after = attempt(s, &attempts[i], true);

		if (before != WORKED)
			fail_msg("%s: %s when not confined", attempts[i].name, strerror(before));
		if (after != attempts[i].err_no)
			fail_msg("%s: %s when confined", attempts[i].name, strerror(after));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_confined_process_has_the_target_and_nothing_else, scratch_open, scratch_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
