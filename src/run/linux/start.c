/*
 * Starting a jail: the host's half.
 *
 * One struct holds everything that a start has made so far; undo takes it back in reverse order.  The record is written
 * before anything exists that would outlive us, so that what a killed start leaves is found by the next command.  The
 * other half (child.c) runs at the same time; the two meet when pid 1 says that it is ready, and pid 1 begins its
 * service only after the record is complete: if we die before that, it ends by itself.
 */
#include "run/linux/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/fd.h"
#include "init/brief.h"
#include "run/brief.h"
#include "run/linux/cgroup.h"
#include "run/linux/child.h"
#include "run/linux/init_image.h"
#include "run/linux/net.h"
#include "run/linux/process.h"
#include "run/linux/rights.h"
#include "run/linux/sys.h"
#include "run/messages.h"
#include "run/outcome.h"

struct start {
	const struct store *store;
	const struct plan *plan;
	struct cgroup cgroup;
	struct run_record record;
	int image, brief, log, status;
	int ours, theirs; /* the two ends of the report socket */
	int pid, pidfd;
	bool recorded, networked;
};

static const struct start nothing = {
	.cgroup = {-1, {-1, -1, -1}, -1, 0},
	.image = -1,
	.brief = -1,
	.log = -1,
	.status = -1,
	.ours = -1,
	.theirs = -1,
	.pidfd = -1,
};

static void
release(struct start *st)
{
	int *const fds[] = {&st->image, &st->brief, &st->log, &st->status, &st->ours, &st->theirs, &st->pidfd};

	cgroup_close(&st->cgroup);
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		fd_close(fds[i]);
}

static const char *
jail_name(const struct start *st)
{
	return st->plan->jail->name;
}

static const struct op *
find_step(const struct plan *p, enum op_kind kind)
{
	for (size_t i = 0; i < p->nops; i++)
		if (p->ops[i].kind == kind)
			return &p->ops[i];
	return NULL;
}

/* What outlives this process, if it is killed now: named in the record. */
static int
write_intent(struct start *st, struct err *e)
{
	const struct jail_facts *f = st->plan->facts;
	const struct op *veth = find_step(st->plan, OP_VETH);
	struct run_record *r = &st->record;

	r->starter_pid = getpid();
	r->starter_ticks = process_start_ticks(r->starter_pid);
	r->started = time(NULL);
	r->base_generation = f->base_generation;
	r->skel_generation = f->skel_generation;
	r->id_base = f->id_base;
	r->caps_forced = st->plan->jail->caps_forced;
	if (veth != NULL) {
		snprintf(r->veth, sizeof(r->veth), "%s", veth->u.veth.host);
		snprintf(r->bridge, sizeof(r->bridge), "%s", veth->u.veth.bridge);
	}
	if (find_step(st->plan, OP_CGROUP) != NULL)
		linux_cgroup_path(st->store->root, jail_name(st), r->cgroup, sizeof(r->cgroup));
	if (process_boot_id(r->boot_id, e) < 0 || store_run_write(st->store, jail_name(st), r, e) < 0)
		return -1;
	st->recorded = true;
	return 0;
}

static int
build_brief(struct start *st, struct err *e)
{
	str_auto block = {0};

	if (brief_for_init(st->plan, &block, e) < 0)
		return -1;
	st->brief = brief_open(block.s, block.len, e);
	return st->brief < 0 ? -1 : 0;
}

static int
open_socket(struct start *st, struct err *e)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, "socketpair", jail_name(st));
	st->ours = pair[0];
	st->theirs = pair[1];
	return 0;
}

/* For exec, which must not depend on what the declaration says by then. */
static int
write_rights(struct start *st, struct err *e)
{
	str_auto text = {0};

	rights_print(st->plan, &text);
	return store_rights_write(st->store, jail_name(st), &text, e);
}

static int
gather(struct start *st, struct err *e)
{
	if ((st->image = init_image_open(e)) < 0 || build_brief(st, e) < 0 || write_rights(st, e) < 0)
		return -1;
	if ((st->log = store_log_open(st->store, st->plan->jail, true, e)) < 0)
		return -1;
	if ((st->status = store_status_open(st->store, jail_name(st), e)) < 0)
		return -1;
	return open_socket(st, e);
}

static _Noreturn void
child(struct start *st)
{
	struct child c = {
		.plan = st->plan,
		.view = {.userns = -1, .root = -1},
		.image = st->image,
		.brief = st->brief,
		.report = st->theirs,
		.stdio = {-1, -1, -1},
		.log = st->log,
		.status = st->status,
		.has_memfd_noexec = linux_has_memfd_noexec(),
		.proc = -1,
	};

	fd_close(&st->ours);
	child_run(&c);
}

static int
clone_child(struct start *st, struct err *e)
{
	struct sys_clone_args args = {
		.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWCGROUP |
			 CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&st->pidfd,
		.exit_signal = SIGCHLD,
	};

	if (st->cgroup.v2 >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)st->cgroup.v2;
	}
	st->pid = sys_clone3(&args);
	if (st->pid < 0)
		return err_sys(e, "clone3", "namespaces of the jail");
	if (st->pid == 0)
		child(st);
	fd_close(&st->theirs);
	return 0;
}

static int
bring_up_network(struct start *st, struct err *e)
{
	char path[48];
	fd_auto netns = -1;

	if (st->record.veth[0] == '\0')
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", st->pid);
	netns = open(path, O_RDONLY | O_CLOEXEC);
	if (netns < 0)
		return err_sys(e, "open", path);
	st->networked = true;
	return net_up(st->plan, netns, e);
}

/* The report as our error, with the line that caused the step which failed; what a declaration names and the jail lacks
 * is the declaration's fault. */
static int
fail_step(const struct plan *p, const struct report *r, struct err *e)
{
	const struct op *o;

	(void)messages_report_error(r, e);
	if (r->step == 0 || r->step > p->nops)
		return -1;
	o = &p->ops[r->step - 1];
	if (r->err_no == ENOENT && o->kind == OP_MOUNT && o->u.mount.tree == TREE_VIEW) {
		err_set(e, ERR_CONFIG, "exec.allow", o->u.mount.target, "there is no such file in the jail");
		err_hint(e, "name what lies in its base or its skeleton, by the path that the jail sees");
	}
	return err_at(e, &o->why);
}

/* The report of pid 1, or of the child on its way there. */
static int
receive_report(struct start *st, struct err *e)
{
	struct report r;
	ssize_t n;

	do
		n = recv(st->ours, &r, sizeof(r), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, "receive", "report of pid 1");
	if (n != sizeof(r))
		return err_set(e, ERR_FAILED, "start", jail_name(st), "pid 1 ended before it was ready");
	return r.ok ? 0 : fail_step(st->plan, &r, e);
}

static int
complete_record(struct start *st, struct err *e)
{
	struct run_record *r = &st->record;

	r->pid = st->pid;
	r->start_ticks = process_start_ticks(st->pid);
	r->pidns = process_ns_inode(st->pid, "pid");
	r->netns = process_ns_inode(st->pid, "net");
	r->userns = process_ns_inode(st->pid, "user");
	return store_run_write(st->store, jail_name(st), r, e);
}

static int
let_go(struct start *st, struct err *e)
{
	if (send(st->ours, "g", 1, MSG_NOSIGNAL) != 1)
		return err_sys(e, "release", "pid 1");
	return 0;
}

/* exec.start has run and the service's program runs, or it did not come to that: pid 1 closes its end of the socket, or
 * ends, when the status page says which. */
static int
await_service(struct start *st, struct err *e)
{
	struct pollfd news[] = {{st->ours, POLLIN, 0}, {st->pidfd, POLLIN, 0}};
	struct jail_status s;

	while (poll(news, 2, -1) < 0)
		if (errno != EINTR)
			return err_sys(e, "poll", "pid 1");
	if (store_jail_status(st->store, jail_name(st), &s, e) < 0)
		return -1;
	if (run_outcome_is_ended(&s))
		(void)process_wait_end(st->pidfd, -1);
	return run_outcome(st->store, st->plan->jail, &s, e);
}

static int
establish(struct start *st, struct err *e)
{
	if (write_intent(st, e) < 0 || gather(st, e) < 0)
		return -1;
	if (st->record.cgroup[0] != '\0' && cgroup_create(st->plan, st->record.cgroup, &st->cgroup, e) < 0)
		return -1;
	cgroup_lacking(&st->cgroup, st->record.limits_lacking, sizeof(st->record.limits_lacking));
	if (clone_child(st, e) < 0)
		return -1;
	/* What fails in the child is the better story than what then fails here. */
	if (cgroup_attach(&st->cgroup, st->pid, e) < 0 || bring_up_network(st, e) < 0) {
		struct err theirs;

		if (recv(st->ours, NULL, 0, MSG_PEEK | MSG_DONTWAIT) >= 0 && receive_report(st, &theirs) < 0 &&
			theirs.op[0] != '\0')
			*e = theirs;
		return -1;
	}
	if (receive_report(st, e) < 0 || complete_record(st, e) < 0 || let_go(st, e) < 0)
		return -1;
	if (await_service(st, e) < 0)
		return -1;
	cgroup_move(&st->cgroup, st->record.cgroup, st->record.pidns);
	return 0;
}

static void
undo(struct start *st)
{
	struct err ignored;

	if (st->pid > 0) {
		process_kill(st->pidfd, SIGKILL);
		while (waitpid(st->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (st->recorded)
		(void)!linux_clear_record(st->store, jail_name(st), &st->record, &ignored);
}

int
linux_start(const struct store *s, const struct plan *p, int *ret_pid, struct err *e)
{
	struct start st = nothing;
	int r;

	st.store = s;
	st.plan = p;
	r = linux_clear(s, p->jail->name, e);
	if (r == 0)
		r = establish(&st, e);
	if (r < 0)
		undo(&st);
	else
		*ret_pid = st.pid;
	release(&st);
	return r;
}
