/*
 * Owns the words for the plan's kinds, types, trees and flags: what plans, their JSON and error messages say.
 */
#include "model/plan.h"

#define ARRAY_LEN(v) (sizeof(v) / sizeof((v)[0]))

static const char *const op_names[OP_NKINDS] = {
	[OP_HOOK] = "hook",
	[OP_CGROUP] = "cgroup",
	[OP_LIMIT] = "limit",
	[OP_NAMESPACES] = "namespaces",
	[OP_IDS] = "ids",
	[OP_BRIDGE] = "bridge",
	[OP_VETH] = "veth",
	[OP_ADDRESS] = "address",
	[OP_ROUTE] = "route",
	[OP_FILTER] = "filter",
	[OP_LOOPBACK] = "loopback",
	[OP_MOUNT] = "mount",
	[OP_PIVOT] = "pivot",
	[OP_LOCK] = "lock",
	[OP_HOSTNAME] = "hostname",
	[OP_SYSCTL] = "sysctl",
	[OP_ASSERT] = "assert",
	[OP_RLIMIT] = "rlimit",
	[OP_PROCESS] = "process",
	[OP_LANDLOCK] = "landlock",
	[OP_SCOPE] = "scope",
	[OP_WX] = "wx",
	[OP_CAPS] = "caps",
	[OP_SECCOMP] = "seccomp",
	[OP_RUNDIR] = "rundir",
	[OP_START] = "start",
	[OP_SERVICE] = "service",
};
static const char *const rule_names[PROCESS_NRULES] = {
	[PROCESS_KEYRING] = "keyring",
	[PROCESS_UNDUMPABLE] = "undumpable",
	[PROCESS_NO_NEW_PRIVS] = "no-new-privs",
	[PROCESS_NO_AMBIENT] = "no-ambient",
};
static const char *const type_names[] = {
	[MOUNT_BIND] = "bind",
	[MOUNT_TMPFS] = "tmpfs",
	[MOUNT_PROC] = "proc",
	[MOUNT_DEVPTS] = "devpts",
};
static const char *const tree_names[] = {
	[TREE_NONE] = "none",
	[TREE_BASE] = "base",
	[TREE_GENERATION] = "generation",
	[TREE_SKEL] = "skel",
	[TREE_STATE] = "state",
	[TREE_DEV] = "dev",
	[TREE_VIEW] = "view",
};
/* By bit. */
static const char *const flag_names[] = {"ro", "nosuid", "nodev", "noexec", "nosymfollow", "idmap", "optional", "file"};

static const char *
name_of(const char *const *names, size_t n, size_t i)
{
	return i < n && names[i] != NULL ? names[i] : "unknown";
}

const char *
op_kind_name(enum op_kind k)
{
	return name_of(op_names, ARRAY_LEN(op_names), (size_t)k);
}

const char *
process_rule_name(enum process_rule r)
{
	return name_of(rule_names, ARRAY_LEN(rule_names), (size_t)r);
}

const char *
mount_type_name(enum mount_type t)
{
	return name_of(type_names, ARRAY_LEN(type_names), (size_t)t);
}

const char *
mount_tree_name(enum mount_tree t)
{
	return name_of(tree_names, ARRAY_LEN(tree_names), (size_t)t);
}

void
mount_flags_print(unsigned flags, struct str *out)
{
	const char *gap = "";
	for (size_t i = 0; i < ARRAY_LEN(flag_names); i++)
		if (flags >> i & 1) {
			str_addf(out, "%s%s", gap, flag_names[i]);
			gap = ",";
		}
}
