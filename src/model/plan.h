/*
 * The plan: the complete, ordered list of what has to be done to establish a jail.  Pure data, compared as a value by
 * tests, printed by `warder plan`, carried out by a backend, translated by emitters.
 */
#ifndef WARDER_MODEL_PLAN_H
#define WARDER_MODEL_PLAN_H

#include <stdint.h>

#include "model/facts.h"
#include "model/jail.h"

enum op_kind {
	OP_HOOK,       /* a command of the configuration, on the host */
	OP_CGROUP,     /* a control group of the jail's own */
	OP_LIMIT,      /* memory, pids, cpu */
	OP_NAMESPACES, /* new mount pid ipc uts net cgroup namespaces */
	OP_IDS,        /* the jail's user namespace: range of ids */
	OP_BRIDGE,     /* bridge with the host's address */
	OP_VETH,       /* a pair of interfaces, one end on the bridge, one in the jail */
	OP_ADDRESS,    /* an address of the jail */
	OP_ROUTE,      /* default route */
	OP_FILTER,     /* which addresses it may send from, which peers it may reach */
	OP_LOOPBACK,   /* lo up */
	OP_MOUNT,      /* bind, tmpfs, proc, devpts */
	OP_PIVOT,      /* the view becomes the root; the host's tree is gone */
	OP_LOCK,       /* user namespace and second mount namespace: every mount is locked */
	OP_HOSTNAME,
	OP_SYSCTL,
	OP_ASSERT, /* the mounts that are there are those of the plan, or there is no start */
	OP_RLIMIT,
	OP_PROCESS,  /* a rule for each process of the jail */
	OP_LANDLOCK, /* one rule */
	OP_SCOPE,    /* abstract sockets of others are out of reach, where Landlock can (6.12) */
	OP_WX,       /* PR_SET_MDWE */
	OP_CAPS,     /* bounding set */
	OP_SECCOMP,
	OP_RUNDIR, /* a directory under /run */
	OP_START,  /* exec.start, in the jail, by /bin/sh */
	OP_SERVICE,
	OP_NKINDS
};

/* Mount flags of ours, one bit each; the backend's translation is a table. */
enum mount_flag {
	MNT_RO = 1 << 0,
	MNT_NOSUID = 1 << 1,
	MNT_NODEV = 1 << 2,
	MNT_NOEXEC = 1 << 3,
	MNT_NOSYMFOLLOW = 1 << 4,
	MNT_IDMAP = 1 << 5,    /* shifted by the jail's range */
	MNT_OPTIONAL = 1 << 6, /* source may be absent (a pin that this base does not have) */
	MNT_FILE = 1 << 7,     /* source and target are files */
};
enum mount_type { MOUNT_BIND, MOUNT_TMPFS, MOUNT_PROC, MOUNT_DEVPTS };
/* Which tree a bind's source is relative to. */
/* TREE_GENERATION: the directory of the base's generation, above root and pins.  TREE_VIEW: what is mounted so far. */
enum mount_tree { TREE_NONE, TREE_BASE, TREE_GENERATION, TREE_SKEL, TREE_STATE, TREE_DEV, TREE_VIEW };

/* What warder-init does in every process before a program of the jail runs in it, whatever is declared. */
enum process_rule {
	PROCESS_KEYRING,      /* a session keyring of its own */
	PROCESS_UNDUMPABLE,   /* PR_SET_DUMPABLE 0 until the program is executed: not to be looked into on the way */
	PROCESS_NO_NEW_PRIVS, /* PR_SET_NO_NEW_PRIVS */
	PROCESS_NO_AMBIENT,   /* inheritable and ambient sets are empty */
	PROCESS_NRULES
};

enum landlock_right { RIGHT_EXECUTE = 1 << 0, RIGHT_WRITE = 1 << 1, RIGHT_DEVICE = 1 << 2 };

struct op {
	enum op_kind kind;
	struct srcloc why; /* the line that caused it; file NULL: warder's own rule */
	union {
		struct {
			const char *when, *command;
		} hook;
		struct {
			const char *name; /* "memory", "pids", "cpu" */
			uint64_t value;
			bool best_effort;
		} limit;
		struct {
			bool host_network; /* the host's own instead of a new one: a management view that asks for it */
		} namespaces;
		struct {
			uint32_t first, count;
		} ids;
		struct {
			const char *name;
			struct addr ip4, ip6; /* the host's; family 0: none */
		} bridge;
		struct {
			const char *host, *inside, *bridge;
			uint8_t mac[6];
		} veth;
		struct addr address;
		struct addr route; /* gateway */
		struct {
			const char *host; /* the veth's host end */
			const char *bridge;
			uint8_t mac[6];
			const struct addr *addrs;
			size_t naddrs;
			const struct strv *peers;
		} filter;
		struct {
			enum mount_type type;
			enum mount_tree tree; /* of source; MOUNT_BIND only */
			const char *source;   /* relative to tree, "." for itself; for TREE_VIEW an absolute path */
			const char *target;   /* absolute in the jail, real path: "/t/var/lib/dpkg" */
			unsigned flags;
			const char *options; /* tmpfs, devpts, proc: "mode=0755,size=64k" */
		} mount;
		const char *hostname;
		struct {
			const char *name; /* "vm.memfd_noexec" */
			uint64_t value;
		} sysctl;
		struct {
			bool drafts; /* a management view: what is writable may be executable */
		} assertion;
		struct {
			const char *name;
			uint64_t soft, hard;
		} rlimit;
		struct {
			const char *path; /* absolute in the jail */
			unsigned rights;
		} landlock;
		enum process_rule process;
		uint64_t caps;
		const char *seccomp; /* the variant's name */
		struct {
			const char *name;
			uint32_t uid, gid, mode;
		} rundir;
		const char *start;
		struct {
			const struct strv *argv;
			uint32_t uid, gid;
		} service;
	} u;
};

struct plan {
	const struct jail *jail;
	const struct jail_facts *facts;
	struct op *ops;
	size_t nops;
};

/* A word for each kind ("mount"), flag ("nosuid") and tree ("base"): tables, indexed by the enum's value or bit. */
const char *op_kind_name(enum op_kind k);
const char *process_rule_name(enum process_rule r);
const char *mount_type_name(enum mount_type t);
const char *mount_tree_name(enum mount_tree t);
/* "ro,nosuid,nodev,idmap"; "" for none. */
void mount_flags_print(unsigned flags, struct str *out);

#endif
