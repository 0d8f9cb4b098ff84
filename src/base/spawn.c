/*
 * Owns the running of other programs on the host: fork, a clean environment and descriptor table, exec, reading of its
 * output by lines, a time limit.  Between fork and exec nothing is allocated.
 */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/guard.h"
#include "base/signals.h"
#include "base/str.h"
#include "base/system.h"

enum { LINE_SIZE = 4096, KILL_AFTER_S = 5, STREAMS = 2, DRAIN_READS = 1024 };

static const char *const program_dirs[] = {"/usr/sbin", "/usr/bin", "/sbin", "/bin"};
static const char *const clean_env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", NULL};

struct stream {
	int fd;
	bool is_stderr, cut; /* cut: the rest of an overlong line is dropped */
	size_t len;
	char line[LINE_SIZE];
};
struct child {
	const struct spawn *s;
	pid_t pid;
	int ended; /* system_exit_fd */
	struct stream streams[STREAMS];
	struct timespec started;
	int timeouts; /* signals sent */
};

static bool
is_program(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static int
find_program(const char *name, struct str *ret, struct err *e)
{
	if (strchr(name, '/') != NULL) {
		str_add(ret, name);
		return 0;
	}
	for (size_t i = 0; i < sizeof(program_dirs) / sizeof(program_dirs[0]); i++) {
		ret->len = 0;
		str_addf(ret, "%s/%s", program_dirs[i], name);
		if (is_program(str_text(ret)))
			return 0;
	}
	return err_set(e, ERR_UNAVAILABLE, "run", name, "there is no such program");
}

/* Pipes: standard output, standard error, and one that tells of a failed exec.  [0] is ours. */
struct pipes {
	int out[2], err[2], failed[2];
};

/* --- in the child --- */

static int
place_standard(int in, int out, int err, struct err *e)
{
	if (dup2(in, 0) < 0 || (out >= 0 && dup2(out, 1) < 0) || (err >= 0 && dup2(err, 2) < 0))
		return err_sys(e, "dup2", NULL);
	return 0;
}

static int
enter_program(const struct spawn *s, const char *path, pid_t parent, int in, const struct pipes *p, struct err *e)
{
	if (s->guarded)
		guard_enter(&parent);
	else
		setpgid(0, 0);
	if (!signals_die_with(parent))
		_exit(128 + SIGKILL);
	umask(022);
	if (place_standard(in, p->out[1], p->err[1], e) < 0 || system_close_on_exec(s->keep_fds, p->failed[1], e) < 0)
		return -1;
	signals_reset();
	execve(path, (char *const *)(uintptr_t)s->argv,
		(char *const *)(uintptr_t)(s->env == NULL ? clean_env : s->env));
	int why = errno;
	if (why == ENOENT)
		return err_set(e, ERR_UNAVAILABLE, "run", path, "there is no such program");
	return err_sys(e, "run", path);
}

/* --- in the parent --- */

static int
open_input(const char *text, struct err *e)
{
	if (text == NULL) {
		int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
		return null < 0 ? err_sys(e, "open", "/dev/null") : null;
	}
	fd_auto fd = system_anonymous_file("input");
	if (fd < 0)
		return err_sys(e, "make a file for", "input");
	if (fd_write_all(fd, text, strlen(text), "input", e) < 0)
		return -1;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, "lseek", "input");
	return fd_take(&fd);
}

static void
hand_on(struct child *c, struct stream *st)
{
	st->line[st->len] = '\0';
	c->s->line(c->s->arg, st->line, st->is_stderr);
	st->len = 0;
}

static void
take_bytes(struct child *c, struct stream *st, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n') {
			if (!st->cut)
				hand_on(c, st);
			st->cut = false;
		} else if (!st->cut) {
			st->line[st->len++] = bytes[i];
			if (st->len == LINE_SIZE - 1) {
				hand_on(c, st);
				st->cut = true;
			}
		}
	}
}

/* Reads what is there; closes the stream at its end. */
static void
read_stream(struct child *c, struct stream *st)
{
	char buf[LINE_SIZE];
	ssize_t n = read(st->fd, buf, sizeof(buf));
	if (n > 0)
		take_bytes(c, st, buf, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		fd_close(&st->fd);
}

/* The program is gone: what it wrote is in the pipe; who else still holds the other end is not waited for. */
static void
drain(struct child *c, struct stream *st)
{
	struct pollfd p = {.fd = st->fd, .events = POLLIN};
	for (int i = 0; i < DRAIN_READS && st->fd >= 0 && poll(&p, 1, 0) > 0; i++)
		read_stream(c, st);
	if (st->len > 0)
		hand_on(c, st);
	fd_close(&st->fd);
}

static int64_t
elapsed_ms(const struct timespec *since)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)(now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000;
}

/* Sends the signal that is due; returns how long to wait for the next one, -1 for ever. */
static int
keep_time(struct child *c)
{
	static const int signals[] = {SIGTERM, SIGKILL};
	static const unsigned after_s[] = {0, KILL_AFTER_S};
	if (c->s->timeout_s == 0)
		return -1;
	int64_t passed = elapsed_ms(&c->started);
	while (c->timeouts < 2) {
		int64_t due = ((int64_t)c->s->timeout_s + after_s[c->timeouts]) * 1000;
		if (passed < due)
			return due - passed < INT_MAX ? (int)(due - passed) : INT_MAX;
		kill(-c->pid, signals[c->timeouts++]);
	}
	return -1;
}

static void
watch(struct child *c)
{
	for (;;) {
		struct pollfd p[STREAMS + 1] = {{.fd = c->ended, .events = POLLIN}};
		for (size_t i = 0; i < STREAMS; i++)
			p[i + 1] = (struct pollfd){.fd = c->streams[i].fd, .events = POLLIN};
		if (poll(p, STREAMS + 1, keep_time(c)) < 0)
			continue;
		for (size_t i = 0; i < STREAMS; i++)
			if (p[i + 1].revents != 0)
				read_stream(c, &c->streams[i]);
		if (p[0].revents != 0)
			break;
	}
	for (size_t i = 0; i < STREAMS; i++)
		if (c->s->line != NULL)
			drain(c, &c->streams[i]);
}

/* The group is killed before its leader is reaped: until then nobody else can have its number. */
static int
reap(struct child *c, int *ret_status, struct err *e)
{
	int status = 0;
	if (c->timeouts > 0)
		kill(-c->pid, SIGKILL);
	while (waitpid(c->pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "wait for", c->s->argv[0]);
	if (c->timeouts > 0)
		return err_set(e, ERR_FAILED, "run", c->s->argv[0], "not done after %u s", c->s->timeout_s);
	*ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return 0;
}

static void
pipes_done(struct pipes *p)
{
	for (int i = 0; i < 2; i++) {
		fd_close(&p->out[i]);
		fd_close(&p->err[i]);
		fd_close(&p->failed[i]);
	}
}
#define pipes_auto __attribute__((cleanup(pipes_done))) struct pipes

static int
pipes_open(struct pipes *p, bool lines, struct err *e)
{
	if (pipe2(p->failed, O_CLOEXEC) < 0 ||
		(lines && (pipe2(p->out, O_CLOEXEC) < 0 || pipe2(p->err, O_CLOEXEC) < 0)))
		return err_sys(e, "pipe", NULL);
	return 0;
}

static pid_t
fork_program(const struct spawn *s, const char *path, int in, const struct pipes *p, struct err *e)
{
	pid_t parent = getpid();
	pid_t pid = fork();
	if (pid < 0)
		return err_sys(e, "fork", path);
	if (pid == 0) {
		struct err why = {0};
		enter_program(s, path, parent, in, p, &why);
		ssize_t ignored = write(p->failed[1], &why, sizeof(why));
		(void)ignored;
		_exit(127);
	}
	setpgid(pid, pid);
	return pid;
}

/* -1 if the child says that it could not become the program; it is reaped then. */
static int
check_entered(pid_t pid, struct pipes *p, struct err *e)
{
	struct err why;
	fd_close(&p->failed[1]);
	fd_close(&p->out[1]);
	fd_close(&p->err[1]);
	ssize_t n = fd_read_full(p->failed[0], &why, sizeof(why), "the program", e);
	if (n == 0)
		return 0;
	waitpid(pid, NULL, 0);
	if (n == (ssize_t)sizeof(why))
		*e = why;
	return -1;
}

static void
child_init(struct child *c, const struct spawn *s, struct pipes *p)
{
	c->s = s;
	c->timeouts = 0;
	c->streams[0] = (struct stream){.fd = fd_take(&p->out[0])};
	c->streams[1] = (struct stream){.fd = fd_take(&p->err[0]), .is_stderr = true};
	clock_gettime(CLOCK_MONOTONIC, &c->started);
}

int
spawn_run(const struct spawn *s, int *ret_status, struct err *e)
{
	struct child c;
	str_auto path = {0};
	pipes_auto p = {{-1, -1}, {-1, -1}, {-1, -1}};
	if (find_program(s->argv[0], &path, e) < 0)
		return -1;
	fd_auto in = open_input(s->input, e);
	if (in < 0 || pipes_open(&p, s->line != NULL, e) < 0)
		return -1;
	c.pid = fork_program(s, str_text(&path), in, &p, e);
	if (c.pid < 0 || check_entered(c.pid, &p, e) < 0)
		return -1;
	fd_auto ended = system_exit_fd(c.pid);
	if (ended < 0) {
		err_sys(e, "watch", s->argv[0]);
		kill(-c.pid, SIGKILL);
		waitpid(c.pid, NULL, 0);
		return -1;
	}
	c.ended = ended;
	child_init(&c, s, &p);
	watch(&c);
	return reap(&c, ret_status, e);
}

struct quote {
	const struct spawn *s;
	struct str last;
};

static void
quote_line(void *arg, const char *text, bool is_stderr)
{
	struct quote *q = arg;
	if (is_stderr && *text != '\0') {
		q->last.len = 0;
		str_add(&q->last, text);
	}
	if (q->s->line != NULL)
		q->s->line(q->s->arg, text, is_stderr);
}

int
spawn_check(const struct spawn *s, struct err *e)
{
	struct quote q = {.s = s};
	struct spawn quoting = *s;
	int status = 0;
	quoting.line = quote_line;
	quoting.arg = &q;
	int result = spawn_run(&quoting, &status, e);
	if (result == 0 && status != 0)
		result = err_set(e, ERR_FAILED, "run", s->argv[0], "exit status %d%s%s", status,
			q.last.len > 0 ? ": " : "", str_text(&q.last));
	str_done(&q.last);
	return result;
}

static int
own_dir(struct arena *a, const char **ret, struct err *e)
{
	char path[PATH_MAX];
	if (system_program_path(path, sizeof(path), e) < 0)
		return -1;
	const char *slash = strrchr(path, '/');
	*ret = arena_strndup(a, path, slash == NULL ? 0 : (size_t)(slash - path));
	return 0;
}

int
spawn_find_helper(const char *name, struct arena *a, const char **ret, struct err *e)
{
	const char *dir = NULL;
	if (own_dir(a, &dir, e) < 0)
		return -1;
	const char *const candidates[] = {
		arena_printf(a, "%s/%s", dir, name),
		arena_printf(a, "%s/../libexec/warder/%s", dir, name),
		arena_printf(a, "%s/%s", WARDER_LIBEXECDIR, name),
	};
	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++)
		if (is_program(candidates[i])) {
			*ret = candidates[i];
			return 0;
		}
	err_set(e, ERR_UNAVAILABLE, "find", name, "it is neither beside warder nor in %s", WARDER_LIBEXECDIR);
	return err_hint(e, "run `make install`, or run warder from its build folder");
}
