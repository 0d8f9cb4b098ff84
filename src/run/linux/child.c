/*
 * The process that becomes pid 1.
 *
 * It begins as root of the host in new mount, pid, ipc, uts, net and cgroup namespaces, walks the plan by the table
 * below, and ends by executing warder-init from memory.  Until OP_LOCK it has the host's rights over its own
 * namespaces; from there on it is root of the jail only.  It needs nothing from its parent on the way.
 */
#include "run/linux/child.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "init/brief.h"
#include "run/brief.h"
#include "run/linux/assert.h"
#include "run/linux/landlock.h"
#include "run/linux/process.h"
#include "run/linux/sys.h"
#include "run/linux/userns.h"
#include "run/messages.h"
#include "run/relay.h"

enum { FD_HIGH = 100, EXIT_REPORTED = 125 };

/* A tree can be cloned only from a mount of our own namespace: so the store is opened again, here, where the mounts
 * that its path leads through are copies of ours (open_tree(2) gives EINVAL for the host's). */
static int
open_trees(struct child *c, struct err *e)
{
	const struct plan *p = c->plan;
	struct store s;
	int r;

	if (store_open(p->facts->root, &s, e) < 0)
		return -1;
	r = store_trees_open(&s, &p->facts->trees, &c->trees, e);
	store_close(&s);
	c->view.trees = &c->trees;
	return r;
}

static int
step_namespaces(struct child *c, const struct op *o, struct err *e)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return err_sys(e, "mount", "private propagation");
	c->proc = mount_proc_fd(e);
	if (c->proc < 0 || mount_park(c->proc, e) < 0)
		return -1;
	c->view.userns = userns_open(c->proc, c->plan->facts->id_base, ID_COUNT, e);
	return c->view.userns < 0 ? -1 : open_trees(c, e);
}

static int
step_loopback(struct child *c, const struct op *o, struct err *e)
{
	struct ifreq r = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	fd_auto s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (s < 0)
		return err_sys(e, "socket", "lo");
	if (ioctl(s, SIOCSIFFLAGS, &r) < 0)
		return err_sys(e, "SIOCSIFFLAGS", "lo");
	return 0;
}

static int
step_mount(struct child *c, const struct op *o, struct err *e)
{
	return mount_apply(&c->view, o, e);
}

static int
step_pivot(struct child *c, const struct op *o, struct err *e)
{
	return mount_pivot(&c->view, e);
}

static int
step_hostname(struct child *c, const struct op *o, struct err *e)
{
	if (sethostname(o->u.hostname, strlen(o->u.hostname)) < 0)
		return err_sys(e, "sethostname", o->u.hostname);
	return 0;
}

/* A kind of namespace that the kernel was built without needs no bound; memfd_noexec is replaced by the filter. */
static bool
may_be_absent(const struct child *c, const char *name)
{
	return strncmp(name, "user.max_", 9) == 0 || (strcmp(name, "vm.memfd_noexec") == 0 && !c->has_memfd_noexec);
}

static int
step_sysctl(struct child *c, const struct op *o, struct err *e)
{
	const char *name = o->u.sysctl.name;
	char path[80] = "sys/", value[24];
	fd_auto fd = -1;
	int n = snprintf(value, sizeof(value), "%" PRIu64 "\n", o->u.sysctl.value);

	strncat(path, name, sizeof(path) - 8);
	for (char *p = path; *p != '\0'; p++)
		if (*p == '.')
			*p = '/';
	fd = openat(c->proc, path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && may_be_absent(c, name))
		return 0;
	if (fd < 0)
		return err_sys(e, "set", name);
	return fd_write_all(fd, value, (size_t)n, name, e);
}

/* Killed with its starter, until that one lets it go: nothing records this process before.  The signal does not tell of
 * a death that was earlier; the report socket, whose other end only the starter has, does. */
static int
die_with_starter(const struct child *c, struct err *e)
{
	struct pollfd p = {.fd = c->report};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return err_sys(e, "prctl", "PR_SET_PDEATHSIG");
	if (poll(&p, 1, 0) < 0)
		return err_sys(e, "poll", "starter");
	return p.revents & POLLHUP ? err_set(e, ERR_FAILED, "start", "pid 1", "its starter is gone") : 0;
}

/* From here on: root of the jail.  The copy of the mount namespace belongs to the jail's user namespace, so every mount
 * in it is locked (mount_namespaces(7)). */
static int
step_lock(struct child *c, const struct op *o, struct err *e)
{
	/* The change of rights took the signal away. */
	if (userns_enter(c->view.userns, e) < 0 || die_with_starter(c, e) < 0)
		return -1;
	if (unshare(CLONE_NEWNS) < 0)
		return err_sys(e, "unshare", "mount namespace");
	return 0;
}

/* Read by our own proc: the jail's may be anything, if what we look for has happened. */
static int
step_assert(struct child *c, const struct op *o, struct err *e)
{
	return assert_mounts(c->plan, c->proc, o->u.assertion.drafts, e);
}

static child_step *const steps[OP_NKINDS] = {
	[OP_NAMESPACES] = step_namespaces,
	[OP_LOOPBACK] = step_loopback,
	[OP_MOUNT] = step_mount,
	[OP_PIVOT] = step_pivot,
	[OP_HOSTNAME] = step_hostname,
	[OP_SYSCTL] = step_sysctl,
	[OP_LOCK] = step_lock,
	[OP_ASSERT] = step_assert,
};

child_step *
child_step_for(enum op_kind k)
{
	return steps[k];
}

static int
walk(struct child *c, struct err *e)
{
	const struct plan *p = c->plan;

	for (size_t i = 0; i < p->nops; i++) {
		child_step *step = steps[p->ops[i].kind];

		if (step != NULL && step(c, &p->ops[i], e) < 0) {
			c->step = (uint32_t)i + 1;
			return -1;
		}
	}
	return 0;
}

int
child_exec_image(int image, const int *fds, int n, struct err *e)
{
	static char name[] = "warder-init";
	char *const argv[] = {name, NULL};
	char *const env[] = {NULL};
	int high[FD_HIGH];

	/* First out of the way of each other, then to their places. */
	for (int i = 0; i < n; i++)
		if ((high[i] = fds[i] < 0 ? -1 : fcntl(fds[i], F_DUPFD_CLOEXEC, FD_HIGH)) < 0 && fds[i] >= 0)
			return err_sys(e, "fcntl", "descriptors of the jail");
	if ((image = fcntl(image, F_DUPFD_CLOEXEC, FD_HIGH)) < 0)
		return err_sys(e, "fcntl", "descriptors of the jail");
	for (int i = 0; i < n; i++)
		if (high[i] < 0)
			close(i);
		else if (dup2(high[i], i) < 0)
			return err_sys(e, "dup2", "descriptors of the jail");
	if (dup3(image, n, O_CLOEXEC) < 0)
		return err_sys(e, "dup3", "descriptors of the jail");
	if (close_range((unsigned)n + 1, ~0U, 0) < 0)
		return err_sys(e, "close_range", "descriptors of the jail");
	execveat(n, "", argv, env, AT_EMPTY_PATH);
	return err_sys(e, "execveat", "warder-init");
}

void
child_report(int report, const struct err *e, uint32_t step)
{
	struct report r = {.ok = 0, .kind = e->kind, .err_no = e->err_no, .step = step};

	memcpy(r.op, e->op, sizeof(r.op));
	memcpy(r.subject, e->subject, sizeof(r.subject));
	memcpy(r.reason, e->reason, sizeof(r.reason));
	(void)!send(report, &r, sizeof(r), MSG_NOSIGNAL);
}

int
child_rlimits(const struct plan *p, struct err *e)
{
	for (size_t i = 0; i < p->nops; i++) {
		const struct op *o = &p->ops[i];
		int resource = o->kind == OP_RLIMIT ? brief_rlimit_number(o->u.rlimit.name) : -1;
		struct rlimit l;

		if (resource < 0)
			continue;
		if (getrlimit((unsigned)resource, &l) < 0)
			return err_sys(e, "getrlimit", o->u.rlimit.name);
		if (resource == RLIMIT_CORE)
			l.rlim_cur = 0;
		l.rlim_max = o->u.rlimit.hard > l.rlim_max || resource == RLIMIT_CORE ? o->u.rlimit.hard : l.rlim_max;
		if (setrlimit((unsigned)resource, &l) < 0)
			return err_sys(e, "setrlimit", o->u.rlimit.name);
	}
	return 0;
}

/* R8: what a process has before it enters. */
static int
prepare(const struct child *c, struct err *e)
{
	/* Signals: warder-init makes its own of them as the first thing that it does. */
	umask(077);
	if (child_rlimits(c->plan, e) < 0 || process_plain_priority(e) < 0)
		return -1;
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return err_sys(e, "prctl", "PR_SET_DUMPABLE");
	if (die_with_starter(c, e) < 0)
		return -1;
	return setsid() < 0 ? err_sys(e, "setsid", "pid 1") : 0;
}

static int
open_pty(struct child *c, struct err *e)
{
	int master, slave;

	if (relay_make_pty(0, &master, &slave, e) < 0 || messages_send_master(c->report, master, e) < 0)
		return -1;
	c->stdio[0] = c->stdio[1] = c->stdio[2] = slave;
	return 0;
}

static int
open_stdio(struct child *c, struct err *e)
{
	if (c->pty)
		return open_pty(c, e);
	for (int i = 0; i < 3; i++)
		if (c->stdio[i] < 0 && (c->stdio[i] = open("/dev/null", O_RDWR | O_CLOEXEC)) < 0)
			return err_sys(e, "open", "/dev/null");
	return 0;
}

_Noreturn void
child_run(struct child *c)
{
	struct err e = {0};
	int landlock = -1;

	if (prepare(c, &e) == 0 && walk(c, &e) == 0 && open_stdio(c, &e) == 0 &&
		(landlock = landlock_ruleset(c->plan, &e)) >= 0)
		(void)!child_exec_image(c->image,
			(int[]){c->stdio[0], c->stdio[1], c->stdio[2], c->brief, c->report, landlock, c->log,
				c->status},
			8, &e);
	child_report(c->report, &e, c->step);
	_exit(EXIT_REPORTED);
}
