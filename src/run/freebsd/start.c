/*
 * Starting a jail.
 *
 * The order is that of Linux (linux/start.c): the record before anything exists that would outlive us, then what a
 * later command has to undo, then the jail; the supervisor says that it is ready, the record is completed, and only
 * then it begins the service.
 */
#include <sys/types.h>

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/brief.h"
#include "run/freebsd/freebsd.h"
#include "run/messages.h"
#include "run/outcome.h"

_Static_assert(sizeof((struct run_record){0}.limits_lacking) == FBSD_LACKING, "the record takes what is lacking");

struct start {
	const struct store *store;
	const struct plan *plan;
	struct fbsd_plan steps;
	struct fbsd_keep keep;
	struct str text, brief;
	struct run_record record;
	struct fbsd_supervised supervised;
	int ours; /* of the socket, whose other end is the supervisor's */
	pid_t pid;
	bool recorded;
};

static const char *
jail_name(const struct start *st)
{
	return st->plan->jail->name;
}

static int
write_intent(struct start *st, struct err *e)
{
	const struct jail_facts *f = st->plan->facts;
	struct run_record *r = &st->record;

	r->starter_pid = getpid();
	r->starter_ticks = fbsd_process_ticks(r->starter_pid);
	r->started = time(NULL);
	r->base_generation = f->base_generation;
	r->skel_generation = f->skel_generation;
	r->id_base = f->id_base;
	if (fbsd_boot_id(r->boot_id, e) < 0 || store_run_write(st->store, jail_name(st), r, e) < 0)
		return -1;
	st->recorded = true;
	return store_rights_write(st->store, jail_name(st), &st->text, e);
}

/* brief_fault is the last look at what the supervisor believes without one of its own. */
static int
gather(struct start *st, struct arena *a, struct err *e)
{
	struct fbsd_supervised *s = &st->supervised;
	const char *fault;
	int pair[2];

	if (brief_for_init(st->plan, &st->brief, e) < 0)
		return -1;
	if ((fault = brief_fault(st->brief.s, st->brief.len)) != NULL)
		return err_set(e, ERR_CONFIG, "check", "brief", "%s", fault);
	if ((s->log = store_log_open(st->store, st->plan->jail, true, e)) < 0 ||
		(s->status = store_status_open(st->store, jail_name(st), e)) < 0)
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, "socketpair", jail_name(st));
	st->ours = pair[0];
	s->report = pair[1];
	s->name = jail_name(st);
	s->brief = (const struct brief *)(const void *)st->brief.s;
	s->loopback = fbsd_has_loopback(&st->steps);
	return fbsd_view_path(st->keep.view, a, &s->view, e);
}

static int
receive_report(struct start *st, struct err *e)
{
	struct news n = {-1, -1, false};
	int r = messages_receive(st->ours, &n, e);

	fd_close(&n.master);
	if (r > 0)
		return err_set(e, ERR_FAILED, "start", jail_name(st), "its supervisor ended before it was ready");
	return r;
}

/* pidns: the number of the jail, which is what a pid namespace is there. */
static int
complete_record(struct start *st, struct err *e)
{
	struct run_record *r = &st->record;

	r->pid = st->pid;
	r->start_ticks = fbsd_process_ticks(st->pid);
	r->pidns = (uint64_t)st->supervised.jid;
	return store_run_write(st->store, jail_name(st), r, e);
}

static int
let_go(struct start *st, struct err *e)
{
	return send(st->ours, "g", 1, MSG_NOSIGNAL) == 1 ? 0 : err_sys(e, "release", "supervisor");
}

/* The supervisor closes its end, or ends, when the status page has the outcome. */
static int
await_service(struct start *st, struct err *e)
{
	struct jail_status s;
	char byte;

	while (recv(st->ours, &byte, 1, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "receive", "supervisor");
	if (store_jail_status(st->store, jail_name(st), &s, e) < 0)
		return -1;
	if (run_outcome_is_ended(&s))
		while (waitpid(st->pid, NULL, 0) < 0 && errno == EINTR)
			;
	return run_outcome(st->store, st->plan->jail, &s, e);
}

static int
establish(struct start *st, struct arena *a, struct err *e)
{
	struct fbsd_supervised *s = &st->supervised;

	if (fbsd_prepare(st->plan, a, &st->steps, &st->text, &st->keep, e) < 0 || write_intent(st, e) < 0 ||
		gather(st, a, e) < 0 ||
		fbsd_establish(&st->steps, &st->keep, &s->jid, st->record.limits_lacking, e) < 0)
		return -1;
	st->pid = fbsd_supervise(s, e);
	fd_close(&s->report);
	if (st->pid < 0 || receive_report(st, e) < 0 || complete_record(st, e) < 0 || let_go(st, e) < 0)
		return -1;
	return await_service(st, e);
}

static void
undo(struct start *st)
{
	struct err ignored;

	if (st->pid > 0) {
		kill(st->pid, SIGKILL);
		while (waitpid(st->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (st->recorded)
		(void)!fbsd_clear(st->store, jail_name(st), &ignored);
}

static void
release(struct start *st)
{
	fd_close(&st->ours);
	fd_close(&st->supervised.report);
	fd_close(&st->supervised.log);
	fd_close(&st->supervised.status);
	str_done(&st->text);
	str_done(&st->brief);
}

int
fbsd_start(const struct store *s, const struct plan *p, int *ret_pid, struct err *e)
{
	struct start st = {
		.store = s, .plan = p, .ours = -1, .supervised = {.jid = -1, .report = -1, .log = -1, .status = -1}};
	struct arena a = {0};
	int r = fbsd_clear(s, p->jail->name, e);

	if (r == 0)
		r = establish(&st, &a, e);
	if (r < 0)
		undo(&st);
	else
		*ret_pid = st.pid;
	release(&st);
	arena_done(&a);
	return r;
}
