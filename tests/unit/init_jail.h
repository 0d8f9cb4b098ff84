/*
 * A small jail around a real warder-init, for its tests: namespaces, a view with the host's /usr, a state on tmpfs.
 * Everything dies with the jail's pid 1; nothing is mounted outside its own mount namespace.
 */
#ifndef TESTS_INIT_JAIL_H
#define TESTS_INIT_JAIL_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "init_brief.h"

enum { JAIL_ID = 100000 };
#define DEFAULT_CAPS (UINT64_C(1) << 0 | UINT64_C(1) << 1 | UINT64_C(1) << 3 | UINT64_C(1) << 5 | UINT64_C(3) << 6)

struct jail_box {
	pid_t pid;
	int report, log, status;
	const char *prepare; /* a shell command run in the view, as root of the jail, before warder-init */
};

/* The one jail that runs now: a test that is ended early takes it along. */
static volatile pid_t box_now;

static void
box_kill(int signo)
{
	if (box_now > 0)
		kill(box_now, SIGKILL);
	if (signo)
		_exit(128 + signo);
}

static int
box_teardown(void **state)
{
	(void)state;
	if (box_now > 0) {
		kill(box_now, SIGKILL);
		waitpid(box_now, NULL, 0);
		box_now = 0;
	}
	return 0;
}

static void
must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "jail: %s: %s\n", what, strerror(errno));
	_exit(99);
}

static int
program_open(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 32);
	char *slash;

	assert_true(n > 0);
	path[n] = 0;
	for (int i = 0; i < 3; i++) {
		slash = strrchr(path, '/');
		assert_non_null(slash);
		*slash = 0;
	}
	strcat(path, "/src/warder-init");
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int
memory_file(const void *data, size_t n)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, n), n);
	return fd;
}

static void
view_make(void)
{
	static const char *const dirs[] = {"usr", "proc", "dev", "t", "t/var", "t/var/run", "t/var/lib", "t/tmp"};
	static const char *const links[][2] = {{"usr/bin", "bin"}, {"usr/lib", "lib"}, {"usr/lib64", "lib64"},
		{"t/var", "var"}, {"t/tmp", "tmp"}, {"t/var/run", "run"}};

	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private");
	must(mount("view", "/mnt", "tmpfs", 0, "mode=755") == 0, "tmpfs");
	must(chdir("/mnt") == 0, "chdir");
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		must(mkdir(dirs[i], 0755) == 0, dirs[i]);
		if (dirs[i][0] == 't')
			must(chown(dirs[i], JAIL_ID, JAIL_ID) == 0, dirs[i]);
	}
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		must(symlink(links[i][0], links[i][1]) == 0, links[i][1]);
	must(mknod("dev/null", S_IFREG | 0666, 0) == 0, "dev/null"); /* a file will do */
	must(mount("/usr", "usr", NULL, MS_BIND, NULL) == 0, "usr");
	must(mount("proc", "proc", "proc", 0, NULL) == 0, "proc");
	must(syscall(SYS_pivot_root, ".", ".") == 0, "pivot_root");
	must(umount2(".", MNT_DETACH) == 0, "umount");
	must(chdir("/") == 0, "chdir /");
}

/* A user namespace whose maps a helper process, still outside it, writes. */
static void
user_namespace_enter(void)
{
	int go[2];
	char byte;
	pid_t helper;

	must(pipe2(go, O_CLOEXEC) == 0, "pipe");
	helper = fork();
	if (helper == 0) {
		char path[64];

		must(read(go[0], &byte, 1) == 1, "go");
		for (int i = 0; i < 2; i++) {
			snprintf(path, sizeof(path), "/proc/1/%cid_map", "ug"[i]);
			int fd = open(path, O_WRONLY);

			must(write(fd, "0 100000 65536", 14) == 14, path);
		}
		_exit(0);
	}
	must(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0, "unshare");
	must(write(go[1], "g", 1) == 1, "go");
	int status;

	must(waitpid(helper, &status, 0) == helper && status == 0, "maps");
	must(setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0, "ids");
}

static void
prepare_run(const char *command)
{
	int status;
	pid_t pid = command ? fork() : 0;

	if (!command)
		return;
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(98);
	}
	must(waitpid(pid, &status, 0) == pid && status == 0, "prepare");
}

/* Puts the n descriptors on 3, 4, ... and execs the program; -1 leaves a number free. */
static void
program_exec(int program, const int *fds, int n)
{
	int high[8];
	char *argv[] = {(char *)(uintptr_t) "warder-init", NULL};

	program = fcntl(program, F_DUPFD_CLOEXEC, 100);
	for (int i = 0; i < n; i++)
		high[i] = fds[i] < 0 ? -1 : fcntl(fds[i], F_DUPFD_CLOEXEC, 50);
	syscall(SYS_close_range, 3, 49, 0);
	for (int i = 0; i < n; i++)
		must(high[i] < 0 || dup2(high[i], 3 + i) >= 0, "dup2");
	syscall(SYS_execveat, program, "", argv, argv + 1, AT_EMPTY_PATH);
	must(0, "execveat");
}

static void
standard_fds(void)
{
	int fd = open("/dev/null", O_RDWR);

	must(dup2(fd, 0) == 0, "null");
}

/* Starts warder-init on block; jail->report, log and status are ours to read. */
static void
box_start(struct jail_box *jail, const void *block, size_t size)
{
	int pair[2], brief = memory_file(block, size), program = program_open();
	char page[STATUS_SIZE];

	assert_true(program >= 0);
	memset(page, '\n', sizeof(page));
	jail->status = memory_file(page, sizeof(page));
	if (jail->log <= 0)
		jail->log = memory_file("", 0);
	assert_int_equal(fcntl(jail->log, F_SETFL, O_APPEND), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	signal(SIGTERM, box_kill);
	signal(SIGINT, box_kill);
	jail->pid = (pid_t)syscall(SYS_clone,
		CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET | SIGCHLD, 0, 0, 0, 0);
	assert_true(jail->pid >= 0);
	box_now = jail->pid;
	if (jail->pid == 0) {
		box_now = 0;
		const int fds[] = {brief, pair[1], -1, jail->log, jail->status};

		standard_fds();
		view_make();
		user_namespace_enter();
		prepare_run(jail->prepare);
		program_exec(program, fds, 5);
	}
	close(pair[1]);
	close(brief);
	close(program);
	jail->report = pair[0];
}

static struct report
box_report(const struct jail_box *jail)
{
	struct report r = {0};
	struct pollfd p = {jail->report, POLLIN, 0};

	assert_int_equal(poll(&p, 1, 60000), 1);
	assert_int_equal(recv(jail->report, &r, sizeof(r), 0), sizeof(r));
	return r;
}

static void
box_go(const struct jail_box *jail)
{
	struct report r = box_report(jail);

	if (!r.ok)
		print_error("%s %s: %s (%d)\n", r.op, r.subject, r.reason, r.err_no);
	assert_int_equal(r.ok, 1);
	assert_int_equal(send(jail->report, "g", 1, 0), 1);
}

static void
pause_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static const char *
file_text(int fd)
{
	static char buf[1 << 18];
	ssize_t n = pread(fd, buf, sizeof(buf) - 1, 0);

	assert_true(n >= 0);
	buf[n] = 0;
	return buf;
}

/* Waits up to ten seconds for a text in the log or on the page. */
static void
box_expect(int fd, const char *text)
{
	for (int i = 0; i < 500; i++) {
		if (strstr(file_text(fd), text))
			return;
		pause_ms(20);
	}
	print_error("waited for \"%s\" in:\n%s\n", text, file_text(fd));
	assert_non_null(strstr(file_text(fd), text));
}

/* Waits for the end; its exit status. */
static int
box_wait(struct jail_box *jail)
{
	int status = 0;

	for (int i = 0; i < 1000; i++, pause_ms(20))
		if (waitpid(jail->pid, &status, WNOHANG) == jail->pid) {
			jail->pid = box_now = 0;
			close(jail->report);
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		}
	fail_msg("pid 1 did not end");
	return -1;
}

static __attribute__((unused)) int
box_stop(struct jail_box *jail)
{
	kill(jail->pid, SIGTERM);
	return box_wait(jail);
}

static void
box_done(struct jail_box *jail)
{
	if (jail->pid > 0) {
		kill(jail->pid, SIGKILL);
		waitpid(jail->pid, NULL, 0);
		box_now = 0;
		close(jail->report);
	}
	close(jail->log);
	close(jail->status);
}

/* Why no jail can be made here, or NULL. */
static const char *
box_missing(void)
{
	pid_t pid;
	int status;

	if (geteuid() != 0)
		return "not root";
	pid = fork();
	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET) != 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status ? "no user, mount, pid and network namespaces" : NULL;
}

#define SKIP_WITHOUT_JAILS()                                                                                           \
	do {                                                                                                           \
		const char *missing = box_missing();                                                                   \
		if (missing) {                                                                                         \
			print_message("skipped: %s\n", missing);                                                       \
			skip();                                                                                        \
		}                                                                                                      \
	} while (0)

#endif
