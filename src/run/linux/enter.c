/*
 * Running a command in a jail that runs (SECURITY.md R12).
 *
 * Four processes: we stay on the host and relay; so does the waiter (waiter.h), which only waits; a child of it joins
 * the jail's control group and, by one setns, all of its namespaces; the last, which that one begins as the waiter's
 * child (CLONE_PARENT), is in the jail's pid namespace and executes warder-init, which takes the same rights as at the
 * start and executes the command.  Until then a lock keeps the jail's record and groups where they are.
 *
 * The probe that measures a jail (src/probe) goes the same way.  Only its ends differ: it is executed from memory, its
 * output is kept, and all of it has a bound in time, because other processes of the jail may stop or end it.
 */
#include "run/linux/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/signals.h"
#include "run/brief.h"
#include "run/enter_lock.h"
#include "run/linux/capture.h"
#include "run/linux/cgroup.h"
#include "run/linux/child.h"
#include "run/linux/init_image.h"
#include "run/linux/landlock.h"
#include "run/linux/process.h"
#include "run/linux/rights.h"
#include "run/linux/sys.h"
#include "run/linux/userns.h"
#include "run/linux/waiter.h"
#include "run/messages.h"
#include "run/relay.h"
#include "run/user.h"

enum {
	ALL_NAMESPACES = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET |
			 CLONE_NEWCGROUP,
	ENDING_MS = 1000, /* between SIGKILL and the end of a jail */
	PROBE_MS = 10000, /* all of a measurement; it takes a tenth of a second, and more on a large base */
	PROBE_MAX = 8 << 20,
	NFDS = BRIEF_FD_PROGRAM + 1,
};

struct enter {
	const char *name;
	struct plan plan; /* the rights that the jail was started with, and no other step */
	const char *skel; /* that it was started with (struct tree_paths) */
	const struct enter_request *request;
	struct user user;
	struct relay relay;
	struct capture capture; /* of the probe, in place of the relay */
	struct cgroup cgroup;
	int lock, pidfd, image, brief, program;
	int ours, theirs;
	int command; /* its pid on the host, once it is begun */
};

/* ---- in the jail ---- */

/* R9: a descriptor or directory of the host must not be where we stand. */
static int
check_inside(struct err *e)
{
	char cwd[64];

	if (chdir("/") < 0)
		return err_sys(e, "chdir", "/");
	if (syscall(SYS_getcwd, cwd, sizeof(cwd)) < 0 || strcmp(cwd, "/") != 0)
		return err_set(e, ERR_FAILED, "setns", "/", "the working directory is outside the jail");
	return 0;
}

static int
make_tty(const struct enter *en, int fds[], struct err *e)
{
	int master, slave;

	if (relay_make_pty(en->user.uid, &master, &slave, e) < 0 || messages_send_master(en->theirs, master, e) < 0)
		return -1;
	fds[0] = fds[1] = fds[2] = slave;
	return 0;
}

static int
run_inside(const struct enter *en, struct err *e)
{
	const int *theirs = en->request->probe ? en->capture.theirs : en->relay.theirs;
	int fds[NFDS] = {0, 1, 2, en->brief, en->theirs, -1, en->program};

	signals_reset();
	for (int i = 0; i < RELAY_NFDS; i++)
		if (theirs[i] >= 0)
			fds[i] = theirs[i];
	if (en->request->tty && make_tty(en, fds, e) < 0)
		return -1;
	if ((fds[BRIEF_FD_LANDLOCK] = landlock_ruleset(&en->plan, e)) < 0)
		return -1;
	return child_exec_image(en->image, fds, NFDS, e);
}

/* ---- the way in ---- */

static int
join(const struct enter *en, bool is_inside, struct err *e)
{
	int self = getpid();

	umask(077);
	if (child_rlimits(&en->plan, e) < 0 || process_plain_priority(e) < 0)
		return -1;
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return err_sys(e, "prctl", "before the jail");
	if ((is_inside ? cgroup_attach(&en->cgroup, self, e) : cgroup_join(&en->cgroup, self, e)) < 0)
		return -1;
	if (setns(en->pidfd, ALL_NAMESPACES) < 0)
		return err_sys(e, "setns", en->name);
	if (userns_become_root(e) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0)
		return -1;
	return check_inside(e);
}

/* It ends with the command begun, whose pid, as the host sees it, it tells its parent and us. */
static void
way_in(void *arg, int told, bool is_inside)
{
	struct enter *en = arg;
	struct sys_clone_args args = {.flags = CLONE_PARENT};
	struct err e = {0};
	int pid = -1;

	fd_close(&en->ours);
	if (join(en, is_inside, &e) == 0 && (pid = sys_clone3(&args)) < 0)
		err_sys(&e, "clone3", "command");
	if (pid > 0)
		_exit(fd_write_all(told, &pid, sizeof(pid), "pid", &e) == 0 &&
					send(en->theirs, &pid, sizeof(pid), MSG_NOSIGNAL) == sizeof(pid)
				? 0
				: INIT_EXIT_FAILED);
	if (pid == 0)
		(void)!run_inside(en, &e);
	child_report(en->theirs, &e, 0);
	_exit(INIT_EXIT_FAILED);
}

/* ---- on the host ---- */

/* What comes from the way in: the pid; at any time beside it the pty's master if one was asked for, and a report if a
 * step failed; and the end of the socket when the command is executed. */
static int
await_command(struct enter *en, struct err *e)
{
	struct news n = {-1, -1, false};
	struct err ignored;
	int r;

	do
		r = messages_receive(en->ours, &n, e);
	while (r == 0);
	/* The command may have been quicker with its report than the way in with its pid. */
	while (r < 0 && n.pid < 0 && messages_receive(en->ours, &n, &ignored) == 0)
		continue;
	en->command = n.pid;
	if (r > 0 && n.pid < 0)
		r = err_set(e, ERR_FAILED, "enter", en->name, "the way into the jail ended without a word");
	if (r < 0 && n.pid < 0 && process_wait_end(en->pidfd, ENDING_MS))
		err_set(e, ERR_FAILED, "enter", en->name, "it has just ended");
	if (r < 0) {
		fd_close(&n.master);
		return -1;
	}
	fd_close(&en->lock);
	if (en->request->probe)
		capture_started(&en->capture);
	else
		relay_started(&en->relay, n.master);
	return 0;
}

static int
exit_status(int wait)
{
	return WIFSIGNALED(wait) ? 128 + WTERMSIG(wait) : WEXITSTATUS(wait);
}

static int
build_brief(struct enter *en, struct err *e)
{
	str_auto block = {0};

	if (brief_for_command(&en->plan, en->request, &en->user, user_terminal(en->request->tty), &block, e) < 0)
		return -1;
	en->brief = brief_open(block.s, block.len, e);
	return en->brief < 0 ? -1 : 0;
}

static int
read_rights(const struct store *s, struct enter *en, struct arena *a, struct err *e)
{
	char *text;
	size_t len;

	if (store_rights_read(s, en->name, a, &text, &len, e) < 0)
		return -1;
	return rights_parse(text, len, en->name, a, &en->plan, e);
}

static int
find_jail(const struct store *s, struct enter *en, struct arena *a, struct err *e)
{
	struct run_record r;
	bool found;

	if (store_run_read(s, en->name, &r, &found, e) < 0)
		return -1;
	if (!found) {
		err_set(e, ERR_FAILED, "enter", en->name, "is not running");
		return err_hint(e, "warder start %s", en->name);
	}
	if ((en->pidfd = process_open_recorded(&r, en->name, e)) < 0 || read_rights(s, en, a, e) < 0)
		return -1;
	en->skel = arena_printf(a, ".warder/skel/%s/%u", en->name, r.skel_generation);
	return r.cgroup[0] != '\0' ? cgroup_open(r.cgroup, &en->cgroup, e) : 0;
}

/* What it would say of its failures on the way is bounded, too. */
static int
prepare_probe(struct enter *en, struct err *e)
{
	const struct timeval t = {.tv_sec = PROBE_MS / 1000};

	if ((en->program = probe_image_open(e)) < 0)
		return -1;
	if (setsockopt(en->ours, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) < 0)
		return err_sys(e, "setsockopt", "probe");
	return capture_open(&en->capture, PROBE_MS, e);
}

static int
prepare(const struct store *s, struct enter *en, struct arena *a, struct err *e)
{
	int pair[2];

	if (run_enter_lock(s, en->name, false, &en->lock, e) < 0 || find_jail(s, en, a, e) < 0 ||
		user_find(s, en->skel, en->request->user, a, &en->user, e) < 0 || build_brief(en, e) < 0)
		return -1;
	if ((en->image = init_image_open(e)) < 0)
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, "socketpair", "enter");
	en->ours = pair[0];
	en->theirs = pair[1];
	return en->request->probe ? prepare_probe(en, e) : relay_open(&en->relay, en->request->tty, e);
}

static int
run(struct enter *en, int *ret_status, struct err *e)
{
	pid_t waiter = waiter_begin(way_in, en, en->cgroup.v2, e);
	int wait;

	fd_close(&en->theirs);
	if (waiter < 0)
		return -1;
	if (await_command(en, e) < 0) {
		/* Not found and not executable have statuses of their own (DESIGN.md section 7). */
		if (waitpid(waiter, &wait, 0) == waiter && WIFEXITED(wait) && WEXITSTATUS(wait) > INIT_EXIT_FAILED)
			*ret_status = WEXITSTATUS(wait);
		return -1;
	}
	if (relay_run(&en->relay, waiter, &wait, e) < 0)
		return -1;
	*ret_status = exit_status(wait);
	return 0;
}

/* Both of them, so that nothing of ours stays: the probe is the waiter's child, and no pid is believed that is not. */
static void
end_probe(const struct enter *en, pid_t waiter)
{
	fd_auto fd = en->command > 0 ? pidfd_open(en->command, 0) : -1;
	int wait;

	if (fd >= 0 && process_parent(en->command) == waiter)
		process_kill(fd, SIGKILL);
	if (fd >= 0)
		process_wait_end(fd, ENDING_MS);
	kill(waiter, SIGKILL);
	while (waitpid(waiter, &wait, 0) < 0 && errno == EINTR)
		;
}

/* Who stops it may do so on its way. */
static int
await_probe(struct enter *en, struct err *e)
{
	if (await_command(en, e) == 0)
		return 0;
	if (e->err_no == EAGAIN)
		err_set(e, ERR_FAILED, "measure", NULL, "the probe does not come to its begin");
	return -1;
}

static int
run_probe(struct enter *en, struct str *ret, struct err *e)
{
	pid_t waiter = waiter_begin(way_in, en, en->cgroup.v2, e);
	int wait;

	fd_close(&en->theirs);
	if (waiter < 0)
		return -1;
	if (await_probe(en, e) < 0 || capture_read(&en->capture, PROBE_MAX, ret, e) < 0 ||
		capture_wait(&en->capture, waiter, &wait, e) < 0) {
		end_probe(en, waiter);
		return -1;
	}
	if (wait == 0)
		return 0;
	return err_set(e, ERR_FAILED, "measure", en->name, "the probe did not come to its end: %s %d",
		WIFSIGNALED(wait) ? "signal" : "status", WIFSIGNALED(wait) ? WTERMSIG(wait) : WEXITSTATUS(wait));
}

static void
release(struct enter *en)
{
	int *const fds[] = {&en->lock, &en->pidfd, &en->image, &en->brief, &en->program, &en->ours, &en->theirs};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		fd_close(fds[i]);
	cgroup_close(&en->cgroup);
	relay_done(&en->relay);
	capture_done(&en->capture);
}

/* A command (text NULL), or the probe (ret_status NULL). */
static int
enter(const struct store *s, const char *name, const struct enter_request *r, int *ret_status, struct str *text,
	struct err *e)
{
	struct enter en = {
		.name = name,
		.request = r,
		.relay = RELAY_NONE,
		.capture = CAPTURE_NONE,
		.lock = -1,
		.pidfd = -1,
		.image = -1,
		.brief = -1,
		.program = -1,
		.ours = -1,
		.theirs = -1,
		.command = -1,
	};
	struct arena a = {0};
	int result;

	cgroup_init(&en.cgroup);
	result = prepare(s, &en, &a, e);
	if (result == 0)
		result = r->probe ? run_probe(&en, text, e) : run(&en, ret_status, e);
	release(&en);
	arena_done(&a);
	return result;
}

int
linux_enter(const struct store *s, const char *name, const struct enter_request *r, int *ret_status, struct err *e)
{
	return enter(s, name, r, ret_status, NULL, e);
}

int
linux_probe(const struct store *s, const char *name, struct str *ret, struct err *e)
{
	const char *const argv[] = {"warder-probe", NULL};
	const struct enter_request r = {.argv = argv, .probe = true};

	return enter(s, name, &r, NULL, ret, e);
}
