/*
 * Owns the last steps before a program of the jail runs: session, output, lockdown, working directory, search, exec.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "init/lockdown.h"
#include "init/service.h"
#include "init/system.h"
#include "init/text.h"

static const char *argv_buf[BRIEF_MAX_STRINGS + 1], *env_buf[BRIEF_MAX_STRINGS + 1];

static const char *
env_find(const char *name)
{
	size_t n = strlen(name);

	for (const char **e = env_buf; *e; e++)
		if (strncmp(*e, name, n) == 0 && (*e)[n] == '=')
			return *e + n + 1;
	return NULL;
}

static int
program_exec(const char *path, const char *const *argv)
{
	return execve(path, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)env_buf);
}

/* The outcome of a search: a program that is there but cannot be run is remembered over one that is not there. */
static int
path_exec(const char *dirs, const char *const *argv)
{
	char path[4096];
	int found = ENOENT;

	for (const char *end; dirs; dirs = *end ? end + 1 : NULL) {
		struct text t = text_on(path);

		end = strchrnul(dirs, ':');
		if ((size_t)(end - dirs) + 1 + strlen(argv[0]) >= sizeof(path))
			continue;
		memcpy(path, dirs, (size_t)(end - dirs));
		path[t.len = (size_t)(end - dirs)] = 0;
		text_add(&t, t.len ? "/" : "./");
		text_add(&t, argv[0]);
		program_exec(path, argv);
		if (errno != ENOENT && errno != ENOTDIR)
			found = errno;
		if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
			break;
	}
	errno = found;
	return -1;
}

/* A home that is not there is no reason not to log in; a directory that was asked for is where the command belongs. */
static int
cwd_enter(const struct brief *b, struct report *r)
{
	const char *cwd = brief_string(b, b->cwd);

	if (chdir(cwd) == 0 || (!(b->flags & BRIEF_CWD) && chdir("/") == 0))
		return 0;
	return report_sys(r, "chdir", cwd);
}

int
service_exec(const struct brief *b, const char *const *argv, struct report *r)
{
	const char *dirs;

	brief_strings(b, b->env, env_buf);
	dirs = env_find("PATH");
	if (cwd_enter(b, r) < 0)
		return INIT_EXIT_FAILED;
	if (b->flags & BRIEF_PROGRAM)
		system_exec_program(argv, env_buf);
	else if (strchr(argv[0], '/'))
		program_exec(argv[0], argv);
	else if (dirs)
		path_exec(dirs, argv);
	else
		errno = ENOENT;
	report_sys(r, "exec", argv[0]);
	return r->err_no == ENOENT || r->err_no == ENOTDIR ? INIT_EXIT_NOTFOUND : INIT_EXIT_NOEXEC;
}

static void
failure_print(const struct report *r)
{
	char line[512];
	struct text t = text_on(line);
	ssize_t n;

	text_add(&t, "warder: ");
	text_add(&t, r->op);
	text_add(&t, " ");
	text_add_plain(&t, r->subject);
	text_add(&t, ": ");
	text_add(&t, r->err_no ? strerror(r->err_no) : r->reason);
	text_add(&t, "\n");
	n = write(STDERR_FILENO, line, t.len);
	(void)n; /* the exit status says it, too */
}

/* A session of its own; output to outfd, or to where pid 1's own goes. */
static bool
session_begin(const struct brief *b, int outfd)
{
	if (setsid() < 0 || ((b->flags & BRIEF_CTTY) && ioctl(STDIN_FILENO, TIOCSCTTY, 0) < 0))
		return false;
	return outfd < 0 || (dup2(outfd, STDOUT_FILENO) >= 0 && dup2(outfd, STDERR_FILENO) >= 0);
}

static int
child_run(const struct brief *b, const char *const *argv, int outfd)
{
	struct report r;

	if (!session_begin(b, outfd))
		return INIT_EXIT_FAILED;
	lockdown_signals(false);
	if (lockdown_child(b, &r) < 0) {
		failure_print(&r);
		return INIT_EXIT_FAILED;
	}
	int status = service_exec(b, argv, &r);

	failure_print(&r);
	return status;
}

static pid_t
child_start(const struct brief *b, const char *const *argv, int outfd)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(child_run(b, argv, outfd));
	return pid;
}

/* The word's place is that of the report, of which this process needs none: lockdown leaves it open until exec. */
static _Noreturn void
service_run(const struct brief *b, int outfd, int word)
{
	int status = INIT_EXIT_FAILED;
	ssize_t n;

	if (word == BRIEF_FD_REPORT || dup3(word, BRIEF_FD_REPORT, O_CLOEXEC) >= 0)
		status = child_run(b, argv_buf, outfd);
	n = write(BRIEF_FD_REPORT, "f", 1);
	(void)n; /* who waits for it is gone, then */
	_exit(status);
}

pid_t
service_start(const struct brief *b, int outfd, int *ret_word)
{
	int word[2];
	pid_t pid;

	if (pipe2(word, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	brief_strings(b, b->argv, argv_buf);
	pid = fork();
	if (pid == 0)
		service_run(b, outfd, word[1]);
	close(word[1]);
	if (pid < 0)
		close(word[0]);
	else
		*ret_word = word[0];
	return pid;
}

pid_t
service_command(const struct brief *b, const char *command, int outfd)
{
	const char *const argv[] = {"/bin/sh", "-c", command, NULL};

	return child_start(b, argv, outfd);
}

pid_t
service_view(const struct brief *b)
{
	brief_strings(b, b->argv, argv_buf);
	return child_start(b, argv_buf, -1);
}
