/*
 * Which step of the plan becomes what: a table of what FreeBSD has otherwise, and the steps that need no more than a
 * line each.
 */
#include "run/freebsd/translate.h"

#include <string.h>

struct fbsd_step *
fbsd_step_add(struct fbsd_builder *b, enum fbsd_kind kind, const struct op *o)
{
	struct fbsd_plan *p = b->out;
	struct fbsd_step *s;

	p->steps = arena_grow(b->a, p->steps, p->nsteps, sizeof(*p->steps));
	s = &p->steps[p->nsteps++];
	*s = (struct fbsd_step){.kind = kind, .op = o};
	return s;
}

void
fbsd_note_add(struct fbsd_builder *b, const struct op *o, const char *subject, const char *text)
{
	struct fbsd_plan *p = b->out;

	for (size_t i = 0; i < p->nnotes; i++)
		if (strcmp(p->notes[i].subject, subject) == 0)
			return;
	p->notes = arena_grow(b->a, p->notes, p->nnotes, sizeof(*p->notes));
	p->notes[p->nnotes++] = (struct fbsd_note){subject, o, text};
}

int
fbsd_cannot(struct fbsd_builder *b, const struct op *o, const char *subject, const char *text, struct err *e)
{
	if (o->why.file == NULL) {
		fbsd_note_add(b, o, subject, text);
		return 0;
	}
	err_set(e, ERR_CONFIG, subject, b->p->jail->name, "not on FreeBSD: %s", text);
	return err_at(e, &o->why);
}

static struct fbsd_arg *
arg_add(struct fbsd_builder *b, struct fbsd_args *l, const char *name, enum fbsd_value kind)
{
	struct fbsd_arg *arg;

	l->v = arena_grow(b->a, l->v, l->n, sizeof(*l->v));
	arg = &l->v[l->n++];
	*arg = (struct fbsd_arg){.name = name, .kind = kind};
	return arg;
}

void
fbsd_arg_flag(struct fbsd_builder *b, struct fbsd_args *l, const char *name)
{
	arg_add(b, l, name, FBSD_FLAG);
}

void
fbsd_arg_text(struct fbsd_builder *b, struct fbsd_args *l, const char *name, const char *text)
{
	arg_add(b, l, name, FBSD_TEXT)->text = text;
}

void
fbsd_arg_number(struct fbsd_builder *b, struct fbsd_args *l, const char *name, int number)
{
	arg_add(b, l, name, FBSD_NUMBER)->number = number;
}

/* ---- limits ---- */

/* rctl(8): pids is a bound of processes and of threads, as Linux counts both. */
static const struct {
	const char *name, *resource;
} limits[] = {
	{"memory", "memoryuse"},
	{"pids", "maxproc"},
	{"pids", "nthr"},
	{"cpu", "pcpu"},
};

static int
limit(struct fbsd_builder *b, const struct op *o, struct err *e)
{
	const char *name = o->u.limit.name;
	bool known = false;

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct fbsd_step *s;

		if (strcmp(limits[i].name, name) != 0)
			continue;
		known = true;
		s = fbsd_step_add(b, FBSD_LIMIT, o);
		s->filter = arena_printf(b->a, "jail:%s:%s:deny", b->p->jail->name, limits[i].resource);
		s->rule = arena_printf(b->a, "%s=%llu", s->filter, (unsigned long long)o->u.limit.value);
	}
	if (!known)
		return fbsd_cannot(b, o, name, "rctl(8) has no such resource", e);
	if (strcmp(name, "memory") == 0)
		fbsd_note_add(b, o, "memory", "what is over the limit is paged out; nothing is killed");
	return 0;
}

/* ---- what FreeBSD does otherwise ---- */

static const struct {
	const char *subject, *text;
} elsewhere[OP_NKINDS] = {
	[OP_CGROUP] = {"cgroup", "the jail itself is what rctl(8) counts by"},
	[OP_NAMESPACES] = {"namespaces", "the jail is one"},
	[OP_IDS] = {"ids", "not shifted: the root of the store is 0700, and nothing below it is honoured as set-uid"},
	[OP_PIVOT] = {"pivot_root", "the jail's path is its root"},
	[OP_ASSERT] = {"assert", "the mounts are read back by getfsstat(2)"},
	[OP_LANDLOCK] = {"landlock", "what is writable is mounted noexec, what is executable read-only"},
	[OP_SCOPE] = {"scope", "there are no abstract sockets"},
};

/* By how the name begins. */
static const struct {
	const char *prefix, *text;
} sysctls[] = {
	{"user.max_", "children.max is 0: no jails within"},
	{"vm.memfd_noexec", "memory that belongs to no file can be made executable (level 2 is not kept)"},
	{"net.ipv4.ip_unprivileged_port_start", "ports below 1024 are for the jail's root (allow.reserved_ports)"},
};

static int
sysctl(struct fbsd_builder *b, const struct op *o, struct err *e)
{
	const char *name = o->u.sysctl.name;

	for (size_t i = 0; i < sizeof(sysctls) / sizeof(sysctls[0]); i++)
		if (str_has_prefix(name, sysctls[i].prefix)) {
			fbsd_note_add(b, o, name, sysctls[i].text);
			return 0;
		}
	return fbsd_cannot(b, o, name, "it has no such sysctl(8)", e);
}

static const char *const process_rules[PROCESS_NRULES] = {
	[PROCESS_KEYRING] = "there are no keyrings",
	[PROCESS_UNDUMPABLE] = "the process that attaches itself holds nothing of the host's by then",
	[PROCESS_NO_NEW_PRIVS] = "every mount of the view is nosuid",
	[PROCESS_NO_AMBIENT] = "there are no capabilities of processes",
};

static int
rights(struct fbsd_builder *b, const struct op *o, struct err *e)
{
	switch (o->kind) {
	case OP_PROCESS:
		fbsd_note_add(b, o, process_rule_name(o->u.process), process_rules[o->u.process]);
		return 0;
	case OP_WX:
		return fbsd_cannot(
			b, o, "wx", "memory that is writable and executable is refused to all or to none", e);
	case OP_CAPS:
		return fbsd_cannot(
			b, o, "capabilities", "the jail's root has what jail(8) leaves it; allow.* is off", e);
	case OP_SECCOMP:
		/* What is declared of it, System V shared memory, is a parameter of the jail. */
		fbsd_note_add(b, o, "seccomp", "system calls are not filtered; the jail's parameters are the limit");
		return 0;
	default:
		return sysctl(b, o, e);
	}
}

/* The steps that are carried out as they are. */
static const struct {
	enum op_kind op;
	enum fbsd_kind kind;
} same[] = {
	{OP_HOOK, FBSD_HOOK},
	{OP_RLIMIT, FBSD_RLIMIT},
	{OP_RUNDIR, FBSD_DIRECTORY},
	{OP_START, FBSD_START},
	{OP_SERVICE, FBSD_SERVICE},
};

static int
translate(struct fbsd_builder *b, const struct op *o, struct err *e)
{
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (same[i].op == o->kind) {
			fbsd_step_add(b, same[i].kind, o);
			return 0;
		}
	if (elsewhere[o->kind].subject != NULL) {
		fbsd_note_add(b, o, elsewhere[o->kind].subject, elsewhere[o->kind].text);
		return 0;
	}
	switch (o->kind) {
	case OP_LIMIT:
		return limit(b, o, e);
	case OP_MOUNT:
		return fbsd_mount(b, o, e);
	case OP_LOCK:
		return fbsd_jail(b, o, e);
	case OP_HOSTNAME: /* a parameter of the jail */
		return 0;
	case OP_BRIDGE:
	case OP_VETH:
	case OP_ADDRESS:
	case OP_ROUTE:
	case OP_FILTER:
	case OP_LOOPBACK:
		return fbsd_network(b, o, e);
	default:
		return rights(b, o, e);
	}
}

int
fbsd_translate(const struct plan *p, const struct fbsd_kernel *k, struct arena *a, struct fbsd_plan *ret, struct err *e)
{
	struct fbsd_plan out = {0};
	struct fbsd_builder b = {.a = a, .p = p, .k = k, .out = &out};

	if (k->devfs_ruleset == 0)
		return err_set(e, ERR_FAILED, "devfs", p->jail->name, "without a ruleset it shows the host's devices");
	for (size_t i = 0; i < p->nops; i++)
		if (translate(&b, &p->ops[i], e) < 0)
			return -1;
	*ret = out;
	return 0;
}
