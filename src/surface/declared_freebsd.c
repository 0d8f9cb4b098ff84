/*
 * FreeBSD: the mounts that run/freebsd/translate_mount.c makes of a plan, and what jail(8) leaves the root of a jail
 * for which everything in allow.* is off (prison_priv_check in sys/kern/kern_jail.c).
 */
#include <string.h>

#include "surface/given.h"
#include "surface/names.h"

/* No mount of its own: there is no procfs and no devpts, a directory above a pin has a flag instead, and there is
 * nothing below /dev. */
static bool
is_no_mount(const struct op *o)
{
	switch (o->u.mount.type) {
	case MOUNT_BIND:
		return o->u.mount.tree == TREE_STATE && strchr(o->u.mount.source, '/') != NULL;
	case MOUNT_TMPFS:
		return str_has_prefix(o->u.mount.target, "/dev/");
	default:
		return true;
	}
}

/* Outside of devfs(5) no node does anything. */
static void
give_mount(struct given *g, const struct op *o)
{
	static const char *const nodes[] = {
		"/dev/full", "/dev/null", "/dev/ptmx", "/dev/random", "/dev/tty", "/dev/urandom", "/dev/zero", NULL};
	bool is_dev = o->u.mount.type == MOUNT_BIND && o->u.mount.tree == TREE_DEV;
	unsigned flags = o->u.mount.flags & ~(unsigned)MNT_NODEV;

	if (is_no_mount(o))
		return;
	surface_mount_facts(o->u.mount.target, is_dev ? flags : flags | MNT_NODEV, g->a, g->f);
	if (!(flags & MNT_RO))
		facts_add(g->f, FACT_WRITE, o->u.mount.target, g->a);
	if (is_dev)
		give_all(g, FACT_DEVICE, nodes);
}

static bool
has_family(const struct jail *j, unsigned family)
{
	for (size_t i = 0; i < j->addrs.n; i++)
		if (j->addrs.v[i].family == family)
			return true;
	return false;
}

/* With a network stack of its own (no address) a jail may have every family: prison_check_af.  Otherwise those of its
 * addresses, local ones and the routing table's, and no raw ones but the latter's. */
static void
give_sockets(struct given *g)
{
	static const char *const always[] = {"unix stream", "unix dgram", "unix seqpacket", "route raw", NULL};
	static const char *const inet[] = {"inet stream", "inet dgram", "inet seqpacket", NULL};
	static const char *const inet6[] = {"inet6 stream", "inet6 dgram", "inet6 seqpacket", NULL};
	static const char *const own[] = {"inet raw", "inet6 raw", "key raw", "netgraph dgram", "netgraph raw", NULL};
	const struct jail *j = g->p->jail;
	bool has_own = j->addrs.n == 0;

	give_all(g, FACT_SOCKET, always);
	if (has_own || has_family(j, 4))
		give_all(g, FACT_SOCKET, inet);
	if (has_own || has_family(j, 6))
		give_all(g, FACT_SOCKET, inet6);
	if (has_own)
		give_all(g, FACT_SOCKET, own);
}

/* Nothing in FreeBSD 12 forbids any of it: no filter of system calls, no write-xor-execute. */
static void
give_memory(struct given *g)
{
	static const char *const own[] = {"private memory mmap", "private memory mprotect", "shared memory mmap",
		"shared memory mprotect", "shm_open can be made", "shm_open mmap", "shm_open mprotect", NULL};
	static const char *const sysv[] = {
		"System V shared memory can be made", "System V shared memory mprotect", NULL};

	give_all(g, FACT_MEMORY, own);
	if (g->p->jail->sysvshm == SYSVSHM_NEW)
		give_all(g, FACT_MEMORY, sysv);
}

void
give_system(struct given *g)
{
	static const char *const privileges[] = {"chroot", "setgid", "setrlimit", "setuid", NULL};

	for (size_t i = 0; i < g->p->nops; i++)
		if (g->p->ops[i].kind == OP_MOUNT)
			give_mount(g, &g->p->ops[i]);
	give_all(g, FACT_CAPABILITY, privileges);
	give_sockets(g);
	give_memory(g);
}
