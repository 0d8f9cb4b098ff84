/*
 * A management view: the host's half.
 *
 * As a start, without what outlives it: no record, no control group, no bridge.  The child assembles the view from
 * drafts (child.c); pid 1 of it (init/view.c) runs the command and dies with us, so there is nothing to clear after a
 * crash.  Between the administrator's terminal and the command stands a pty of the view's own (SECURITY.md R13).
 */
#include "run/linux/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "run/brief.h"
#include "run/linux/child.h"
#include "run/linux/init_image.h"
#include "run/linux/process.h"
#include "run/linux/sys.h"
#include "run/messages.h"
#include "run/relay.h"
#include "run/user.h"

enum { FD_HIGH = 200 };

struct opening {
	const struct plan *plan;
	const struct enter_request *request;
	struct relay relay;
	int image, brief;
	int ours, theirs; /* the two ends of the report socket */
	int pid, pidfd;
};

static void
release(struct opening *o)
{
	int *const fds[] = {&o->image, &o->brief, &o->ours, &o->theirs, &o->pidfd};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		fd_close(fds[i]);
	relay_done(&o->relay);
}

static int
build_brief(const struct store *s, struct opening *o, struct arena *a, struct err *e)
{
	str_auto block = {0};
	struct user user;
	struct err ignored;

	/* Root needs no entry: a draft whose passwd cannot be read is mended in a view, too. */
	if (user_find(s, o->plan->facts->trees.skel, o->request->user, a, &user, &ignored) < 0)
		user = (struct user){.name = "root", .home = "/root", .shell = "/bin/sh"};
	if (brief_for_view(o->plan, o->request, &user, user_terminal(o->request->tty), &block, e) < 0)
		return -1;
	return (o->brief = brief_open(block.s, block.len, e)) < 0 ? -1 : 0;
}

static int
gather(const struct store *s, struct opening *o, struct arena *a, struct err *e)
{
	int pair[2];

	if (build_brief(s, o, a, e) < 0 || (o->image = init_image_open(e)) < 0)
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, "socketpair", "view");
	o->ours = pair[0];
	o->theirs = pair[1];
	return relay_open(&o->relay, o->request->tty, e);
}

/* Whatever else is open here, the locks of the session above all, must not outlive a starter that is killed by the time
 * that a child takes to notice. */
static void
keep_only(struct child *c)
{
	int *const kept[] = {
		&c->view.userns, &c->image, &c->brief, &c->report, &c->stdio[0], &c->stdio[1], &c->stdio[2]};

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (*kept[i] > STDERR_FILENO)
			*kept[i] = fcntl(*kept[i], F_DUPFD_CLOEXEC, FD_HIGH);
	close_range(STDERR_FILENO + 1, FD_HIGH - 1, 0);
}

static _Noreturn void
child(struct opening *o)
{
	struct child c = {
		.plan = o->plan,
		.view = {.userns = -1, .root = -1},
		.image = o->image,
		.brief = o->brief,
		.report = o->theirs,
		.log = -1,
		.status = -1,
		.pty = o->request->tty,
		.has_memfd_noexec = linux_has_memfd_noexec(),
		.proc = -1,
	};

	for (int i = 0; i < RELAY_NFDS; i++)
		c.stdio[i] = o->relay.theirs[i] >= 0 ? o->relay.theirs[i] : i;
	keep_only(&c);
	child_run(&c);
}

static uint64_t
namespaces_of(const struct plan *p)
{
	uint64_t all = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_NEWNET;

	for (size_t i = 0; i < p->nops; i++)
		if (p->ops[i].kind == OP_NAMESPACES && p->ops[i].u.namespaces.host_network)
			all &= ~(uint64_t)CLONE_NEWNET;
	return all;
}

static int
clone_child(struct opening *o, struct err *e)
{
	struct sys_clone_args args = {
		.flags = namespaces_of(o->plan) | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&o->pidfd,
		.exit_signal = SIGCHLD,
	};

	o->pid = sys_clone3(&args);
	if (o->pid < 0)
		return err_sys(e, "clone3", "namespaces of the view");
	if (o->pid == 0)
		child(o);
	fd_close(&o->theirs);
	return 0;
}

static int
await_ready(struct opening *o, struct err *e)
{
	struct news n = {-1, -1, false};
	int r;

	do
		r = messages_receive(o->ours, &n, e);
	while (r == 0 && !n.ready);
	if (r > 0)
		r = err_set(e, ERR_FAILED, "open", "view", "its pid 1 ended before it was ready");
	if (r < 0) {
		fd_close(&n.master);
		return -1;
	}
	relay_started(&o->relay, n.master);
	return 0;
}

static void
end_child(struct opening *o)
{
	process_kill(o->pidfd, SIGKILL);
	while (waitpid(o->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* The command waits for this word: it begins when it is written down whose view this is. */
static int
let_go(struct opening *o, struct err *e)
{
	if (o->request->opened(o->request->arg, o->pid, e) < 0)
		return -1;
	return send(o->ours, "g", 1, MSG_NOSIGNAL) == 1 ? 0 : err_sys(e, "send", "view");
}

static int
run(struct opening *o, int *ret_status, struct err *e)
{
	int wait;

	if (clone_child(o, e) < 0)
		return -1;
	if (await_ready(o, e) < 0 || let_go(o, e) < 0 || relay_run(&o->relay, o->pid, &wait, e) < 0) {
		end_child(o);
		return -1;
	}
	*ret_status = WIFSIGNALED(wait) ? 128 + WTERMSIG(wait) : WEXITSTATUS(wait);
	return 0;
}

int
linux_manage(const struct store *s, const struct plan *p, const struct enter_request *r, int *ret_status, struct err *e)
{
	struct opening o = {
		.plan = p,
		.request = r,
		.relay = RELAY_NONE,
		.image = -1,
		.brief = -1,
		.ours = -1,
		.theirs = -1,
		.pidfd = -1,
	};
	struct arena a = {0};
	int result = gather(s, &o, &a, e);

	if (result == 0)
		result = run(&o, ret_status, e);
	release(&o);
	arena_done(&a);
	return result;
}
