/*
 * Linux: mounts, capabilities, the filter of system calls, and what the kernel leaves to every process.
 */
#include <string.h>

#include "model/caps.h"
#include "seccomp/filter.h"
#include "surface/given.h"
#include "surface/names.h"

/* Nobody makes a file in /dev/pts; in a mount that is writable otherwise, its root can. */
static void
give_mount(struct given *g, const struct op *o)
{
	static const char *const nodes[] = {"/dev/full c 1:7", "/dev/null c 1:3", "/dev/random c 1:8", "/dev/tty c 5:0",
		"/dev/urandom c 1:9", "/dev/zero c 1:5", NULL};
	static const char *const pty[] = {"/dev/pts/ptmx c 5:2", NULL};
	bool is_pts = o->u.mount.type == MOUNT_DEVPTS;

	surface_mount_facts(o->u.mount.target, o->u.mount.flags, g->a, g->f);
	if (!(o->u.mount.flags & (MNT_RO | MNT_FILE)) && !is_pts)
		facts_add(g->f, FACT_WRITE, o->u.mount.target, g->a);
	if (is_pts)
		give_all(g, FACT_DEVICE, pty);
	if (o->u.mount.type == MOUNT_BIND && o->u.mount.tree == TREE_DEV)
		give_all(g, FACT_DEVICE, nodes);
}

static void
give_caps(struct given *g, const struct op *o)
{
	for (size_t i = 0; i < ncaps_table; i++)
		if (o->u.caps >> caps_table[i].number & 1)
			facts_add(g->f, FACT_CAPABILITY, caps_table[i].name, g->a);
}

static void
give_calls(struct given *g, const struct op *o)
{
	struct strv names = {0};

	filter_allowed(o->u.seccomp, g->a, &names);
	for (size_t i = 0; i < names.n; i++)
		facts_add(g->f, FACT_SYSCALL, names.v[i], g->a);
	g->shm = strv_has(&names, "shmget");
}

static void
give_wx(struct given *g, const struct op *o)
{
	g->wx_denied = true;
}

static const struct {
	enum op_kind kind;
	void (*give)(struct given *g, const struct op *o);
} givers[] = {{OP_MOUNT, give_mount}, {OP_CAPS, give_caps}, {OP_SECCOMP, give_calls}, {OP_WX, give_wx}};

/* The filter looks at the family alone; raw sockets of the internet are the kernel's to refuse, whatever the jail's
 * capabilities: its network namespace belongs to the host. */
static void
give_sockets(struct given *g)
{
	static const char *const sockets[] = {"unix stream", "unix dgram", "unix raw", "unix seqpacket", "inet stream",
		"inet dgram", "inet seqpacket", "inet6 stream", "inet6 dgram", "inet6 seqpacket", "netlink route",
		NULL};

	give_all(g, FACT_SOCKET, sockets);
}

static void
give_memory(struct given *g)
{
	static const char *const own[] = {
		"private memory mmap", "private memory mprotect", "shared memory mmap", "shared memory mprotect", NULL};

	if (!g->wx_denied)
		give_all(g, FACT_MEMORY, own);
	if (g->shm)
		facts_add(g->f, FACT_MEMORY, "System V shared memory can be made", g->a);
	if (g->shm && !g->wx_denied)
		facts_add(g->f, FACT_MEMORY, "System V shared memory mprotect", g->a);
}

void
give_system(struct given *g)
{
	for (size_t i = 0; i < g->p->nops; i++)
		for (size_t k = 0; k < sizeof(givers) / sizeof(givers[0]); k++)
			if (givers[k].kind == g->p->ops[i].kind)
				givers[k].give(g, &g->p->ops[i]);
	give_sockets(g);
	give_memory(g);
}
