/*
 * A management view: mounts and a jail of its own, "manage@NAME", for one command.
 *
 * A process of ours keeps it, the keeper: it makes the view, waits for the command, and takes all of it away, also when
 * we are gone, which it learns from a pipe.  A keeper that is killed itself leaves a view that the next one at that
 * place clears first.
 */
#include <sys/types.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/signals.h"
#include "init/lockdown.h"
#include "init/system.h"
#include "init/way_freebsd.h"
#include "run/brief.h"
#include "run/freebsd/freebsd.h"
#include "run/messages.h"
#include "run/relay.h"
#include "run/user.h"

enum { FD_ALIVE = BRIEF_FD_REPORT + 1, NFDS };

struct opening {
	const struct plan *plan;
	const struct enter_request *request;
	struct fbsd_plan steps;
	struct fbsd_keep keep;
	struct str text, brief;
	const char *view;
	struct relay relay;
	int ours, theirs; /* the socket */
	int alive[2];
	pid_t keeper;
};

/* ---- the keeper ---- */

static int
fail(const struct err *e, struct report *r)
{
	report_set(r, e->kind, e->op, e->subject, e->reason);
	r->err_no = e->err_no;
	return -1;
}

static int
place(const struct opening *o, struct report *r)
{
	int fds[NFDS] = {0, 1, 2, -1, o->theirs, o->alive[0]};

	for (int i = 0; i < RELAY_NFDS; i++)
		if (o->relay.theirs[i] >= 0 || o->request->tty)
			fds[i] = o->relay.theirs[i];
	lockdown_signals(true);
	umask(077);
	if (fbsd_place_fds(fds, NFDS, r) < 0)
		return -1;
	return setsid() < 0 || chdir("/") < 0 ? report_sys(r, "setsid", "view") : 0;
}

static int
make(const struct opening *o, const struct brief *b, struct report *r)
{
	struct err e = {0};
	char lacking[FBSD_LACKING];
	int jid;

	if (fbsd_tear_down(&o->keep, &e) < 0 || fbsd_establish(&o->steps, &o->keep, &jid, lacking, &e) < 0)
		return fail(&e, r);
	way_set(jid, o->view);
	return fbsd_prepare_inside(b, fbsd_has_loopback(&o->steps), r);
}

/* True when the starter says go; false when it is gone. */
static bool
starter_waits(void)
{
	char word;
	ssize_t n;

	do
		n = read(BRIEF_FD_REPORT, &word, 1);
	while (n < 0 && errno == EINTR);
	return n == 1 && word == 'g';
}

static int
keep(const struct opening *o, const struct brief *b, struct report *r)
{
	const struct report ready = {.ok = 1};
	pid_t command;
	int wait;

	if (place(o, r) < 0 || make(o, b, r) < 0) {
		(void)report_send(r);
		return INIT_EXIT_FAILED << 8;
	}
	if (report_send(&ready) < 0 || !starter_waits())
		return INIT_EXIT_FAILED << 8;
	command = fork();
	if (command == 0)
		fbsd_command_run(b, o->request->tty);
	for (int fd = 0; fd < FD_ALIVE; fd++)
		close(fd);
	wait = command < 0 ? INIT_EXIT_FAILED << 8 : fbsd_command_wait(command, FD_ALIVE);
	way_kill();
	return wait;
}

static _Noreturn void
keeper(const struct opening *o)
{
	struct report r = {0};
	struct err e = {0};
	int wait = keep(o, (const struct brief *)(const void *)o->brief.s, &r);

	/* What could not be taken away now is cleared by the next view of this place. */
	(void)!fbsd_tear_down(&o->keep, &e);
	signals_end_as(wait);
}

/* ---- the starter ---- */

static int
build_brief(const struct store *s, struct opening *o, struct arena *a, struct err *e)
{
	struct user user;
	struct err ignored;
	const char *fault;

	/* Root needs no entry: a draft whose passwd cannot be read is mended in a view, too. */
	if (user_find(s, o->plan->facts->trees.skel, o->request->user, a, &user, &ignored) < 0)
		user = (struct user){.name = "root", .home = "/root", .shell = "/bin/sh"};
	if (brief_for_view(o->plan, o->request, &user, user_terminal(o->request->tty), &o->brief, e) < 0)
		return -1;
	fault = brief_fault(o->brief.s, o->brief.len);
	return fault != NULL ? err_set(e, ERR_FAILED, "check", "brief", "%s", fault) : 0;
}

static int
gather(const struct store *s, struct opening *o, struct arena *a, struct err *e)
{
	int pair[2];

	if (fbsd_prepare(o->plan, a, &o->steps, &o->text, &o->keep, e) < 0)
		return -1;
	/* A base has no place for views of its own: one is made where those of jails are, and stays. */
	if (mkdir(o->keep.view, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "mkdir", o->keep.view);
	if (fbsd_view_path(o->keep.view, a, &o->view, e) < 0 || build_brief(s, o, a, e) < 0)
		return -1;
	if (pipe2(o->alive, O_CLOEXEC) < 0)
		return err_sys(e, "pipe", "view");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, "socketpair", "view");
	o->ours = pair[0];
	o->theirs = pair[1];
	return relay_open(&o->relay, o->request->tty, e);
}

static int
await_ready(struct opening *o, struct err *e)
{
	struct news n = {-1, -1, false};
	int r = messages_receive(o->ours, &n, e);

	fd_close(&n.master);
	return r > 0 ? err_set(e, ERR_FAILED, "open", "view", "its keeper ended before it was ready") : r;
}

/* The command waits for this word: it begins when it is written down whose view this is. */
static int
let_go(struct opening *o, struct err *e)
{
	if (o->request->opened(o->request->arg, o->keeper, e) < 0)
		return -1;
	return send(o->ours, "g", 1, MSG_NOSIGNAL) == 1 ? 0 : err_sys(e, "send", "view");
}

static int
attend(struct opening *o, int *ret_status, struct err *e)
{
	int wait, master;

	if (await_ready(o, e) < 0 || let_go(o, e) < 0)
		return -1;
	if (fbsd_command_await(o->ours, &master, e) < 0)
		return -1;
	relay_started(&o->relay, master);
	if (relay_run(&o->relay, o->keeper, &wait, e) < 0)
		return -1;
	o->keeper = 0;
	*ret_status = WIFSIGNALED(wait) ? 128 + WTERMSIG(wait) : WEXITSTATUS(wait);
	return 0;
}

/* Its end of the socket and of the pipe are closed with ours: it takes the view away, and that is waited for.  As on
 * Linux, a command that cannot be executed has ended with its status. */
static void
end_keeper(struct opening *o, int *ret_status)
{
	int wait;

	fd_close(&o->ours);
	fd_close(&o->alive[1]);
	while (waitpid(o->keeper, &wait, 0) < 0)
		if (errno != EINTR)
			return;
	if (WIFEXITED(wait) && WEXITSTATUS(wait) > INIT_EXIT_FAILED)
		*ret_status = WEXITSTATUS(wait);
}

static int
run(struct opening *o, int *ret_status, struct err *e)
{
	int r;

	o->keeper = fork();
	if (o->keeper == 0) {
		fd_close(&o->ours);
		fd_close(&o->alive[1]);
		keeper(o);
	}
	if (o->keeper < 0)
		return err_sys(e, "fork", "view");
	fd_close(&o->theirs);
	fd_close(&o->alive[0]);
	r = attend(o, ret_status, e);
	if (r < 0 && o->keeper > 0)
		end_keeper(o, ret_status);
	return r;
}

static void
release(struct opening *o)
{
	int *const fds[] = {&o->ours, &o->theirs, &o->alive[0], &o->alive[1]};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		fd_close(fds[i]);
	relay_done(&o->relay);
	str_done(&o->text);
	str_done(&o->brief);
}

int
fbsd_manage(const struct store *s, const struct plan *p, const struct enter_request *r, int *ret_status, struct err *e)
{
	struct opening o = {.plan = p, .request = r, .relay = RELAY_NONE, .ours = -1, .theirs = -1, .alive = {-1, -1}};
	struct arena a = {0};
	int result = gather(s, &o, &a, e);

	if (result == 0)
		result = run(&o, ret_status, e);
	release(&o);
	arena_done(&a);
	return result;
}
