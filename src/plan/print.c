/*
 * The plan for people: one row for each kind of step, how it reads.
 */
#include <inttypes.h>
#include <string.h>

#include "model/caps.h"
#include "plan/plan.h"
#include "plan/words.h"

static void
add_addr(const struct addr *a, bool with_prefix, struct str *out)
{
	str_addc(out, ' ');
	addr_print(a, with_prefix, out);
}

void
words_mac(const uint8_t mac[6], struct str *out)
{
	for (int i = 0; i < 6; i++)
		str_addf(out, "%s%02x", i ? ":" : "", mac[i]);
}

static void
add_words(const struct strv *l, struct str *out)
{
	for (size_t i = 0; i < l->n; i++) {
		if (i > 0)
			str_addc(out, ' ');
		str_add_escaped(out, l->v[i], strlen(l->v[i]));
	}
}

static void
print_hook(const struct op *o, struct str *out)
{
	str_addf(out, "%s on the host: ", o->u.hook.when);
	str_add_escaped(out, o->u.hook.command, strlen(o->u.hook.command));
}

static void
print_cgroup(const struct op *o, struct str *out)
{
	str_add(out, "a control group of its own");
}

static void
print_limit(const struct op *o, struct str *out)
{
	str_addf(out, "%s ", o->u.limit.name);
	if (strcmp(o->u.limit.name, "memory") == 0)
		str_add_size(out, o->u.limit.value);
	else
		str_addf(out, "%" PRIu64 "%s", o->u.limit.value, strcmp(o->u.limit.name, "cpu") == 0 ? "%" : "");
	if (o->u.limit.best_effort)
		str_add(out, " (best effort)");
}

static void
print_namespaces(const struct op *o, struct str *out)
{
	str_add(out, o->u.namespaces.host_network ? "mount pid ipc uts cgroup, and the host's network"
						  : "mount pid ipc uts net cgroup");
}

static void
print_ids(const struct op *o, struct str *out)
{
	str_addf(out, "0-%u in the jail are %u-%u on the host", o->u.ids.count - 1, o->u.ids.first,
		o->u.ids.first + o->u.ids.count - 1);
}

static void
print_bridge(const struct op *o, struct str *out)
{
	str_add(out, o->u.bridge.name);
	if (o->u.bridge.ip4.family != 0)
		add_addr(&o->u.bridge.ip4, true, out);
	if (o->u.bridge.ip6.family != 0)
		add_addr(&o->u.bridge.ip6, true, out);
}

static void
print_veth(const struct op *o, struct str *out)
{
	str_addf(out, "%s on %s, %s ", o->u.veth.host, o->u.veth.bridge, o->u.veth.inside);
	words_mac(o->u.veth.mac, out);
	str_add(out, " in the jail");
}

static void
print_address(const struct op *o, struct str *out)
{
	addr_print(&o->u.address, true, out);
}

static void
print_route(const struct op *o, struct str *out)
{
	str_add(out, "default by");
	add_addr(&o->u.route, false, out);
}

static void
print_filter(const struct op *o, struct str *out)
{
	str_addf(out, "%s sends from", o->u.filter.host);
	for (size_t i = 0; i < o->u.filter.naddrs; i++)
		add_addr(&o->u.filter.addrs[i], false, out);
	str_add(out, " only; peers: ");
	add_words(o->u.filter.peers, out);
	if (o->u.filter.peers->n == 0)
		str_add(out, "none");
}

static void
print_loopback(const struct op *o, struct str *out)
{
	str_add(out, "lo up");
}

static void
print_mount(const struct op *o, struct str *out)
{
	str_addf(out, "%s on %s",
		o->u.mount.type == MOUNT_BIND ? mount_tree_name(o->u.mount.tree) : mount_type_name(o->u.mount.type),
		o->u.mount.target);
	if (o->u.mount.type == MOUNT_BIND && strcmp(o->u.mount.source, ".") != 0)
		str_addf(out, " from %s", o->u.mount.source);
	str_add(out, " (");
	mount_flags_print(o->u.mount.flags, out);
	if (o->u.mount.options != NULL)
		str_addf(out, ",%s", o->u.mount.options);
	str_addc(out, ')');
}

static void
print_pivot(const struct op *o, struct str *out)
{
	str_add(out, "the view becomes /, the host's tree is detached");
}

static void
print_lock(const struct op *o, struct str *out)
{
	str_add(out, "user namespace and second mount namespace: every mount is locked");
}

static void
print_hostname(const struct op *o, struct str *out)
{
	str_add(out, o->u.hostname);
}

static void
print_sysctl(const struct op *o, struct str *out)
{
	str_addf(out, "%s = %" PRIu64, o->u.sysctl.name, o->u.sysctl.value);
}

static void
print_assert(const struct op *o, struct str *out)
{
	str_add(out, o->u.assertion.drafts ? "these mounts and no others"
					   : "these mounts and no others; only the state is writable, none of it "
					     "executable");
}

static void
print_rlimit(const struct op *o, struct str *out)
{
	str_addf(out, "%s %" PRIu64 " (hard %" PRIu64 ")", o->u.rlimit.name, o->u.rlimit.soft, o->u.rlimit.hard);
}

static void
print_process(const struct op *o, struct str *out)
{
	static const char *const texts[PROCESS_NRULES] = {
		[PROCESS_KEYRING] = "a session keyring of its own",
		[PROCESS_UNDUMPABLE] = "nobody looks into it before its program runs",
		[PROCESS_NO_NEW_PRIVS] = "no program gives it more rights",
		[PROCESS_NO_AMBIENT] = "inheritable and ambient capabilities: none",
	};

	str_add(out, texts[o->u.process]);
}

static const struct {
	unsigned bit;
	const char *word;
} rights[] = {{RIGHT_EXECUTE, "execute"}, {RIGHT_WRITE, "write"}, {RIGHT_DEVICE, "use devices"}};

void
words_rights(unsigned mask, struct str *out)
{
	const char *sep = "";

	for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++)
		if (mask & rights[i].bit) {
			str_addf(out, "%s%s", sep, rights[i].word);
			sep = ", ";
		}
}

static void
print_landlock(const struct op *o, struct str *out)
{
	words_rights(o->u.landlock.rights, out);
	str_addf(out, " beneath %s", o->u.landlock.path);
}

static void
print_scope(const struct op *o, struct str *out)
{
	str_add(out, "abstract sockets of its own processes only");
}

static void
print_wx(const struct op *o, struct str *out)
{
	str_add(out, "memory is never writable and executable");
}

static void
print_caps(const struct op *o, struct str *out)
{
	if (o->u.caps == 0)
		str_add(out, "none");
	cap_mask_print(o->u.caps, out);
}

static void
print_seccomp(const struct op *o, struct str *out)
{
	str_addf(out, "filter %s", o->u.seccomp);
}

static void
print_rundir(const struct op *o, struct str *out)
{
	str_addf(out, "/run/%s %u:%u %04o", o->u.rundir.name, o->u.rundir.uid, o->u.rundir.gid, o->u.rundir.mode);
}

static void
print_start(const struct op *o, struct str *out)
{
	str_add(out, "/bin/sh -c ");
	str_add_escaped(out, o->u.start, strlen(o->u.start));
}

static void
print_service(const struct op *o, struct str *out)
{
	if (o->u.service.argv->n == 0)
		str_add(out, "none: pid 1 alone");
	add_words(o->u.service.argv, out);
	if (o->u.service.uid != 0)
		str_addf(out, " as %u:%u", o->u.service.uid, o->u.service.gid);
}

static void (*const kinds[OP_NKINDS])(const struct op *o, struct str *out) = {
	[OP_HOOK] = print_hook,
	[OP_CGROUP] = print_cgroup,
	[OP_LIMIT] = print_limit,
	[OP_NAMESPACES] = print_namespaces,
	[OP_IDS] = print_ids,
	[OP_BRIDGE] = print_bridge,
	[OP_VETH] = print_veth,
	[OP_ADDRESS] = print_address,
	[OP_ROUTE] = print_route,
	[OP_FILTER] = print_filter,
	[OP_LOOPBACK] = print_loopback,
	[OP_MOUNT] = print_mount,
	[OP_PIVOT] = print_pivot,
	[OP_LOCK] = print_lock,
	[OP_HOSTNAME] = print_hostname,
	[OP_SYSCTL] = print_sysctl,
	[OP_ASSERT] = print_assert,
	[OP_RLIMIT] = print_rlimit,
	[OP_PROCESS] = print_process,
	[OP_LANDLOCK] = print_landlock,
	[OP_SCOPE] = print_scope,
	[OP_WX] = print_wx,
	[OP_CAPS] = print_caps,
	[OP_SECCOMP] = print_seccomp,
	[OP_RUNDIR] = print_rundir,
	[OP_START] = print_start,
	[OP_SERVICE] = print_service,
};

void
plan_print(const struct plan *p, struct str *out)
{
	for (size_t i = 0; i < p->nops; i++) {
		const struct op *o = &p->ops[i];

		str_addf(out, "%3zu  %-10s  ", i + 1, op_kind_name(o->kind));
		kinds[o->kind](o, out);
		if (o->why.file != NULL)
			str_addf(out, "  [%s:%u]", o->why.file, o->why.line);
		str_addc(out, '\n');
	}
}
