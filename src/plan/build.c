/*
 * From the declaration and the store's facts to the plan.
 *
 * This file is the promise in the order of DESIGN.md section 3; each section below appends its steps.  A section that
 * is caused by a key carries that key's line.  Three things are tighter than the design's text, and each for a reason:
 *  - /t itself is mounted read-only and only /t/var and /t/tmp are writable, so that a third writable place beside them
 *    cannot be made even if /t's owner could be changed;
 *  - /t/var is a mount of its own, and with it every directory on the way to a pin (an anchor): a mount point cannot be
 *    renamed, so a pin cannot be moved aside with its parent;
 *  - with exec.allow the base and the skeleton are mounted noexec and only the allowed programs, and the directories of
 *    the libraries, are executable: Landlock alone lets `ld.so /bin/sh` through, because the loader must be executable.
 */
#include "plan/plan.h"

#include <string.h>

#include "base/path.h"
#include "plan/steps.h"

static void
hooks(struct builder *b, const char *when, const struct strv *commands, enum key cause)
{
	for (size_t i = 0; i < commands->n; i++) {
		struct op *o = step_add(b, OP_HOOK, cause);

		o->u.hook.when = when;
		o->u.hook.command = commands->v[i];
	}
}

static void
limit(struct builder *b, const char *name, uint64_t value, enum key cause)
{
	struct op *o;

	if (value == 0)
		return;
	o = step_add(b, OP_LIMIT, cause);
	o->u.limit.name = name;
	o->u.limit.value = value;
	o->u.limit.best_effort = b->j->limits.policy == LIMITS_BEST_EFFORT;
}

static void
limits(struct builder *b)
{
	const struct limits *l = &b->j->limits;

	step_add(b, OP_CGROUP, OWN_RULE);
	limit(b, "memory", l->memory, KEY_MEMORY);
	limit(b, "pids", l->pids, KEY_PIDS);
	limit(b, "cpu", l->cpu, KEY_CPU);
}

/* ---- network ---- */

static enum key
addr_cause(const struct addr *a)
{
	return a->family == 4 ? KEY_IP4_ADDR : KEY_IP6_ADDR;
}

/* The host's address of one family on the bridge: declared, or the first host of the jail's first network. */
static struct addr
bridge_addr(const struct jail *j, uint8_t family)
{
	const struct addr *declared = family == 4 ? &j->bridge_ip4 : &j->bridge_ip6;

	if (declared->family != 0)
		return *declared;
	for (size_t i = 0; i < j->addrs.n; i++)
		if (j->addrs.v[i].family == family)
			return addr_first_host(&j->addrs.v[i]);
	return (struct addr){0};
}

static void
route(struct builder *b, const struct addr *gateway)
{
	if (gateway->family != 0)
		step_add(b, OP_ROUTE, KEY_GATEWAY)->u.route = *gateway;
}

static void
network(struct builder *b)
{
	const struct jail *j = b->j;
	struct addr ip4 = bridge_addr(j, 4), ip6 = bridge_addr(j, 6);
	char *host = arena_alloc(b->a, 16);
	struct op *o;

	if (j->addrs.n > 0) {
		enum key cause = addr_cause(&j->addrs.v[0]);

		veth_name_for(b->f->root, j->name, host);
		o = step_add(b, OP_BRIDGE, j->at[KEY_BRIDGE].file != NULL ? KEY_BRIDGE : cause);
		o->u.bridge.name = j->bridge;
		o->u.bridge.ip4 = ip4;
		o->u.bridge.ip6 = ip6;
		o = step_add(b, OP_VETH, cause);
		o->u.veth.host = host;
		o->u.veth.inside = "eth0";
		o->u.veth.bridge = j->bridge;
		mac_for(b->f->root, j->name, o->u.veth.mac);
		for (size_t i = 0; i < j->addrs.n; i++)
			step_add(b, OP_ADDRESS, addr_cause(&j->addrs.v[i]))->u.address = j->addrs.v[i];
		if (j->gateway) {
			route(b, &ip4);
			route(b, &ip6);
		}
		o = step_add(b, OP_FILTER, j->at[KEY_PEERS].file != NULL ? KEY_PEERS : cause);
		o->u.filter.host = host;
		o->u.filter.bridge = j->bridge;
		mac_for(b->f->root, j->name, o->u.filter.mac);
		o->u.filter.addrs = j->addrs.v;
		o->u.filter.naddrs = j->addrs.n;
		o->u.filter.peers = &j->peers;
	}
	step_add(b, OP_LOOPBACK, OWN_RULE);
}

/* ---- the view ---- */

enum {
	SEALED = MNT_RO | MNT_NOSUID | MNT_NODEV | MNT_IDMAP,
	STATE = MNT_NOSUID | MNT_NODEV | MNT_NOEXEC,
};

static bool
is_anchored(const struct plan *p, const char *target)
{
	for (size_t i = 0; i < p->nops; i++)
		if (p->ops[i].kind == OP_MOUNT && strcmp(p->ops[i].u.mount.target, target) == 0)
			return true;
	return false;
}

/* Every directory between /var and the pin becomes a mount of its own, once. */
static void
anchors(struct builder *b, const char *path, enum key cause)
{
	for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		const char *target = arena_printf(b->a, "/t%.*s", (int)(slash - path), path);

		if (!is_anchored(b->p, target))
			step_bind(b, TREE_STATE, target + strlen("/t/"), target, STATE, cause);
	}
}

static void
pins(struct builder *b, const struct pin *pin, size_t n, enum key cause)
{
	for (size_t i = 0; i < n; i++, pin++)
		anchors(b, pin->path, cause);
}

static void
pins_over(struct builder *b, const struct pin *pin, size_t n, enum key cause)
{
	for (size_t i = 0; i < n; i++, pin++)
		step_bind(b, pin->source == PIN_FROM_BASE ? TREE_GENERATION : TREE_SKEL, pin->from,
			arena_printf(b->a, "/t%s", pin->path), SEALED | MNT_NOEXEC, cause);
}

static void
devices(struct builder *b)
{
	const struct jail *j = b->j;
	const struct jail_facts *f = b->f;
	struct op *o;

	steps_devices(b);
	if (j->shm > 0) {
		o = step_mount(b, MOUNT_TMPFS, "/dev/shm", STATE, KEY_SHM);
		o->u.mount.options = arena_printf(
			b->a, "mode=1777,size=%llu,uid=%u,gid=%u", (unsigned long long)j->shm, f->id_base, f->id_base);
	}
	o = step_mount(b, MOUNT_PROC, "/proc", MNT_RO | MNT_NOSUID | MNT_NODEV | MNT_NOEXEC, OWN_RULE);
	o->u.mount.options = "subset=pid,hidepid=invisible";
}

/*
 * With an allow-list: what may be executed is mounted so, over itself.  Before there is any state in the view: a link
 * of the base or the skeleton that leads there leads nowhere yet, and cannot make a file of the jail's own executable.
 */
static void
executables(struct builder *b)
{
	const struct jail *j = b->j;
	const struct strv *dirs = &b->f->base->library_dirs;
	unsigned exec = MNT_RO | MNT_NOSUID | MNT_NODEV;

	if (j->exec_allow.n == 0)
		return;
	for (size_t i = 0; i < dirs->n; i++)
		step_bind(b, TREE_VIEW, dirs->v[i], dirs->v[i], exec, KEY_EXEC_ALLOW);
	for (size_t i = 0; i < j->exec_allow.n; i++)
		step_bind(b, TREE_VIEW, j->exec_allow.v[i], j->exec_allow.v[i], exec | MNT_FILE, KEY_EXEC_ALLOW);
}

static void
view(struct builder *b)
{
	const struct jail_facts *f = b->f;
	unsigned noexec = b->j->exec_allow.n > 0 ? MNT_NOEXEC : 0;
	enum key cause = noexec ? KEY_EXEC_ALLOW : OWN_RULE;

	step_bind(b, TREE_BASE, ".", "/", SEALED | noexec, noexec ? cause : KEY_BASE);
	step_bind(b, TREE_SKEL, ".", "/s", SEALED | noexec, cause);
	executables(b);
	step_bind(b, TREE_STATE, ".", "/t", STATE | MNT_RO, OWN_RULE);
	step_bind(b, TREE_STATE, "var", "/t/var", STATE, OWN_RULE);
	step_bind(b, TREE_STATE, "tmp", "/t/tmp", STATE, OWN_RULE);
	pins(b, f->base->pins, f->base->npins, OWN_RULE);
	pins(b, f->skel_pins, f->nskel_pins, KEY_PINS);
	pins_over(b, f->base->pins, f->base->npins, OWN_RULE);
	pins_over(b, f->skel_pins, f->nskel_pins, KEY_PINS);
	devices(b);
	step_add(b, OP_PIVOT, OWN_RULE);
}

/* ---- rights ---- */

static void
locking(struct builder *b)
{
	step_add(b, OP_HOSTNAME, KEY_HOSTNAME)->u.hostname = b->j->hostname;
	step_sysctl(b, "vm.memfd_noexec", 2);
	step_sysctl(b, "net.ipv4.ip_unprivileged_port_start", 0);
	steps_lock(b, false);
}

static void
landlock_each(struct builder *b, const struct strv *paths, unsigned rights, enum key cause)
{
	for (size_t i = 0; i < paths->n; i++)
		step_landlock(b, paths->v[i], rights, cause);
}

static void
rights(struct builder *b)
{
	const struct jail *j = b->j;

	step_rlimit(b, "core", 0, 0, OWN_RULE);
	if (j->nofile > 0)
		step_rlimit(b, "nofile", j->nofile, j->nofile, KEY_NOFILE);
	steps_process(b);
	if (j->exec_allow.n > 0) {
		landlock_each(b, &j->exec_allow, RIGHT_EXECUTE, KEY_EXEC_ALLOW);
		landlock_each(b, &b->f->base->loaders, RIGHT_EXECUTE, KEY_EXEC_ALLOW);
	} else
		landlock_each(b, &b->f->base->exec_dirs, RIGHT_EXECUTE, OWN_RULE);
	step_landlock(b, "/t/var", RIGHT_WRITE, OWN_RULE);
	step_landlock(b, "/t/tmp", RIGHT_WRITE, OWN_RULE);
	step_landlock(b, "/dev", RIGHT_DEVICE | (j->shm > 0 ? RIGHT_WRITE : 0), OWN_RULE);
	if (j->wx == WX_DENY)
		step_add(b, OP_WX, KEY_WX);
	steps_caps(b, j->caps, j->caps_forced ? KEY_CAPABILITIES_FORCE : KEY_CAPABILITIES);
	/* On every kernel: vm.memfd_noexec stops execve(2) of a memfd, not mmap(2) with PROT_EXEC; and nothing stops
	 * mprotect(2) of shared memory. */
	if (j->sysvshm == SYSVSHM_NEW)
		step_add(b, OP_SECCOMP, KEY_SYSVSHM)->u.seccomp = "no-memfd";
	else
		step_add(b, OP_SECCOMP, OWN_RULE)->u.seccomp = "no-memfd-shm";
}

static void
service(struct builder *b)
{
	const struct jail *j = b->j;
	const struct jail_facts *f = b->f;
	struct op *o;

	for (size_t i = 0; i < j->nrun_dirs; i++) {
		o = step_add(b, OP_RUNDIR, KEY_RUN_DIRS);
		o->u.rundir.name = j->run_dirs[i].name;
		o->u.rundir.mode = j->run_dirs[i].mode;
		o->u.rundir.uid = f->run_dir_ids[i].uid;
		o->u.rundir.gid = f->run_dir_ids[i].gid;
	}
	for (size_t i = 0; i < j->start.n; i++)
		step_add(b, OP_START, KEY_START)->u.start = j->start.v[i];
	o = step_add(b, OP_SERVICE, KEY_SERVICE);
	o->u.service.argv = &j->service;
	o->u.service.uid = f->service_uid;
	o->u.service.gid = f->service_gid;
}

int
plan_build(const struct jail *j, const struct jail_facts *f, struct arena *a, struct plan *ret, struct err *e)
{
	struct plan p = {.jail = j, .facts = f};
	struct builder b = {.a = a, .j = j, .f = f, .p = &p};

	if (steps_check_ids(&b, e) < 0)
		return -1;
	hooks(&b, "prestart", &j->prestart, KEY_PRESTART);
	limits(&b);
	steps_namespaces(&b, false);
	network(&b);
	view(&b);
	locking(&b);
	rights(&b);
	service(&b);
	hooks(&b, "poststart", &j->poststart, KEY_POSTSTART);
	*ret = p;
	return 0;
}
