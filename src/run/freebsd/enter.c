/*
 * Running a command in a jail that runs (SECURITY.md R12).
 *
 * Three processes: we stay and relay; the waiter, which only waits, so that nothing that happens to us keeps the jail
 * from ending (a process that nobody has waited for is one of its jail's); the command, its child, which enters the
 * jail and is executed.
 */
#include <sys/types.h>

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/signals.h"
#include "init/lockdown.h"
#include "init/way_freebsd.h"
#include "run/brief.h"
#include "run/enter_lock.h"
#include "run/freebsd/call_probe.h"
#include "run/freebsd/freebsd.h"
#include "run/relay.h"
#include "run/user.h"

enum { NFDS = BRIEF_FD_REPORT + 1 };

struct enter {
	const char *name, *view;
	const struct enter_request *request;
	struct fbsd_keep keep;
	struct user user;
	struct str brief;
	struct relay relay;
	int jid, lock;
	int ours, theirs; /* the socket of the way in */
};

/* ---- in processes of their own ---- */

static void
report_failure(const struct report *r)
{
	(void)report_send(r);
	_exit(INIT_EXIT_FAILED);
}

static _Noreturn void
waiter(const struct enter *en)
{
	const struct brief *b = (const struct brief *)(const void *)en->brief.s;
	int fds[NFDS] = {0, 1, 2, -1, en->theirs};
	struct report r = {0};
	pid_t command = -1;
	int wait;

	/* A terminal of the host's is not what the command has for its own, not even on its way. */
	for (int i = 0; i < RELAY_NFDS; i++)
		if (en->relay.theirs[i] >= 0 || en->request->tty)
			fds[i] = en->relay.theirs[i];
	lockdown_signals(true);
	if (fbsd_place_fds(fds, NFDS, &r) < 0)
		report_failure(&r);
	if (setsid() < 0 || (command = fork()) < 0) {
		report_sys(&r, "fork", "command");
		report_failure(&r);
	}
	if (command == 0) {
		way_set(en->jid, en->view);
		fbsd_command_run(b, en->request->tty);
	}
	closefrom(STDIN_FILENO);
	wait = fbsd_command_wait(command, -1);
	signals_end_as(wait);
}

static pid_t
begin(struct enter *en, struct err *e)
{
	pid_t pid = fork();

	if (pid == 0)
		waiter(en);
	if (pid < 0)
		return err_sys(e, "fork", "command");
	fd_close(&en->theirs);
	return pid;
}

/* ---- on the host ---- */

static int
find_jail(const struct store *s, struct enter *en, struct arena *a, struct err *e)
{
	struct run_record r;
	char *text;
	size_t len;
	bool found;
	fd_auto kq = -1;

	if (store_run_read(s, en->name, &r, &found, e) < 0)
		return -1;
	if (!found) {
		err_set(e, ERR_FAILED, "enter", en->name, "is not running");
		return err_hint(e, "warder start %s", en->name);
	}
	if ((kq = fbsd_process_open(&r, en->name, e)) < 0 || store_rights_read(s, en->name, a, &text, &len, e) < 0 ||
		fbsd_keep_parse(text, len, en->name, a, &en->keep, e) < 0 ||
		fbsd_view_path(en->keep.view, a, &en->view, e) < 0)
		return -1;
	en->jid = fbsd_jail_find(en->keep.jail, en->view, e);
	if (en->jid == 0)
		return err_set(e, ERR_FAILED, "enter", en->name, "it has just ended");
	if (en->jid < 0)
		return -1;
	return user_find(s, arena_printf(a, ".warder/skel/%s/%u", en->name, r.skel_generation), en->request->user, a,
		&en->user, e);
}

static int
prepare(const struct store *s, struct enter *en, struct arena *a, struct err *e)
{
	const char *term = user_terminal(en->request->tty), *fault;
	int pair[2];

	if (run_enter_lock(s, en->name, false, &en->lock, e) < 0 || find_jail(s, en, a, e) < 0 ||
		brief_for_command(&en->keep.plan, en->request, &en->user, term, &en->brief, e) < 0)
		return -1;
	if ((fault = brief_fault(en->brief.s, en->brief.len)) != NULL)
		return err_set(e, ERR_FAILED, "check", "brief", "%s", fault);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, "socketpair", "enter");
	en->ours = pair[0];
	en->theirs = pair[1];
	return relay_open(&en->relay, en->request->tty, e);
}

static int
run(struct enter *en, int *ret_status, struct err *e)
{
	pid_t pid = begin(en, e);
	int wait, master;

	if (pid < 0)
		return -1;
	if (fbsd_command_await(en->ours, &master, e) < 0) {
		/* Not found and not executable have statuses of their own (DESIGN.md section 7). */
		if (waitpid(pid, &wait, 0) == pid && WIFEXITED(wait) && WEXITSTATUS(wait) > INIT_EXIT_FAILED)
			*ret_status = WEXITSTATUS(wait);
		return -1;
	}
	fd_close(&en->lock);
	relay_started(&en->relay, master);
	if (relay_run(&en->relay, pid, &wait, e) < 0)
		return -1;
	*ret_status = WIFSIGNALED(wait) ? 128 + WTERMSIG(wait) : WEXITSTATUS(wait);
	return 0;
}

static void
release(struct enter *en)
{
	int *const fds[] = {&en->lock, &en->ours, &en->theirs};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		fd_close(fds[i]);
	relay_done(&en->relay);
	str_done(&en->brief);
}

static const struct enter nobody = {.relay = RELAY_NONE, .lock = -1, .ours = -1, .theirs = -1};

int
fbsd_enter(const struct store *s, const char *name, const struct enter_request *r, int *ret_status, struct err *e)
{
	struct enter en = nobody;
	struct arena a = {0};
	int result;

	en.name = name;
	en.request = r;
	result = prepare(s, &en, &a, e);
	if (result == 0)
		result = run(&en, ret_status, e);
	release(&en);
	arena_done(&a);
	return result;
}

/* The lock is held all the time, which has its bound. */
int
fbsd_probe(const struct store *s, const char *name, struct str *ret, struct err *e)
{
	const struct enter_request as_root = {.probe = true};
	struct enter en = nobody;
	struct arena a = {0};
	int result;

	en.name = name;
	en.request = &as_root;
	result = run_enter_lock(s, name, false, &en.lock, e);
	if (result == 0)
		result = find_jail(s, &en, &a, e);
	if (result == 0)
		result = fbsd_probe_run(en.jid, en.view, ret, e);
	release(&en);
	arena_done(&a);
	return result;
}
