/*
 * Owns the appending of steps.
 */
#include "plan/steps.h"

#include <string.h>

struct op *
step_add(struct builder *b, enum op_kind kind, enum key cause)
{
	struct plan *p = b->p;
	struct op *o;

	p->ops = arena_grow(b->a, p->ops, p->nops, sizeof(*p->ops));
	o = &p->ops[p->nops++];
	memset(o, 0, sizeof(*o));
	o->kind = kind;
	if (cause != KEY_COUNT)
		o->why = b->j->at[cause];
	return o;
}

struct op *
step_mount(struct builder *b, enum mount_type type, const char *target, unsigned flags, enum key cause)
{
	struct op *o = step_add(b, OP_MOUNT, cause);

	o->u.mount.type = type;
	o->u.mount.target = target;
	o->u.mount.flags = flags;
	return o;
}

void
step_bind(
	struct builder *b, enum mount_tree tree, const char *source, const char *target, unsigned flags, enum key cause)
{
	struct op *o = step_mount(b, MOUNT_BIND, target, flags, cause);

	o->u.mount.tree = tree;
	o->u.mount.source = source;
}

void
step_sysctl(struct builder *b, const char *name, uint64_t value)
{
	struct op *o = step_add(b, OP_SYSCTL, OWN_RULE);

	o->u.sysctl.name = name;
	o->u.sysctl.value = value;
}

void
step_landlock(struct builder *b, const char *path, unsigned rights, enum key cause)
{
	struct op *o = step_add(b, OP_LANDLOCK, cause);

	o->u.landlock.path = path;
	o->u.landlock.rights = rights;
}

void
step_rlimit(struct builder *b, const char *name, uint64_t soft, uint64_t hard, enum key cause)
{
	struct op *o = step_add(b, OP_RLIMIT, cause);

	o->u.rlimit.name = name;
	o->u.rlimit.soft = soft;
	o->u.rlimit.hard = hard;
}

int
steps_check_ids(const struct builder *b, struct err *e)
{
	uint32_t first = b->f->id_base;

	if (first >= ID_COUNT && first % ID_COUNT == 0)
		return 0;
	return err_set(e, ERR_FAILED, "plan", b->j->name, "the range of ids at %u is not one of warder's", first);
}

void
steps_namespaces(struct builder *b, bool host_network)
{
	struct op *o = step_add(b, OP_NAMESPACES, OWN_RULE);

	o->u.namespaces.host_network = host_network;
	o = step_add(b, OP_IDS, OWN_RULE);
	o->u.ids.first = b->f->id_base;
	o->u.ids.count = ID_COUNT;
}

void
steps_lock(struct builder *b, bool drafts)
{
	static const char *const none[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};

	step_add(b, OP_LOCK, OWN_RULE);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		step_sysctl(b, arena_printf(b->a, "user.max_%s_namespaces", none[i]), 0);
	step_add(b, OP_ASSERT, OWN_RULE)->u.assertion.drafts = drafts;
}

void
steps_devices(struct builder *b)
{
	const struct jail_facts *f = b->f;
	struct op *o;

	step_bind(b, TREE_DEV, ".", "/dev", MNT_RO | MNT_NOSUID | MNT_NOEXEC | MNT_IDMAP, OWN_RULE);
	o = step_mount(b, MOUNT_DEVPTS, "/dev/pts", MNT_NOSUID | MNT_NOEXEC, OWN_RULE);
	o->u.mount.options =
		arena_printf(b->a, "newinstance,ptmxmode=0666,mode=0620,max=256,gid=%u", f->id_base + f->tty_gid);
}

void
steps_process(struct builder *b)
{
	static const enum process_rule rules[] = {PROCESS_KEYRING, PROCESS_UNDUMPABLE, PROCESS_NO_NEW_PRIVS};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		step_add(b, OP_PROCESS, OWN_RULE)->u.process = rules[i];
}

void
steps_caps(struct builder *b, uint64_t caps, enum key cause)
{
	step_add(b, OP_CAPS, cause)->u.caps = caps;
	step_add(b, OP_PROCESS, OWN_RULE)->u.process = PROCESS_NO_AMBIENT;
}
