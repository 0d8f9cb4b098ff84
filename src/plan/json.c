/*
 * The plan for programs: one row for each kind of step, how it is JSON; a kind without a row is nothing but its name.
 */
#include "model/caps.h"
#include "plan/plan.h"
#include "plan/words.h"

static void
json_hook(const struct op *o, struct json *j)
{
	json_string(j, "when", o->u.hook.when);
	json_string(j, "command", o->u.hook.command);
}

static void
json_limit(const struct op *o, struct json *j)
{
	json_string(j, "name", o->u.limit.name);
	json_uint(j, "value", o->u.limit.value);
	json_bool(j, "best_effort", o->u.limit.best_effort);
}

static void
json_ids(const struct op *o, struct json *j)
{
	json_uint(j, "first", o->u.ids.first);
	json_uint(j, "count", o->u.ids.count);
}

static void
json_addr(struct json *j, const char *key, const struct addr *a, bool with_prefix)
{
	str_auto text = {0};

	if (a->family != 0)
		addr_print(a, with_prefix, &text);
	json_string(j, key, a->family != 0 ? str_text(&text) : NULL);
}

static void
json_bridge(const struct op *o, struct json *j)
{
	json_string(j, "name", o->u.bridge.name);
	json_addr(j, "ip4", &o->u.bridge.ip4, true);
	json_addr(j, "ip6", &o->u.bridge.ip6, true);
}

static void
json_mac(struct json *j, const uint8_t mac[6])
{
	str_auto text = {0};

	words_mac(mac, &text);
	json_string(j, "mac", str_text(&text));
}

static void
json_veth(const struct op *o, struct json *j)
{
	json_string(j, "host", o->u.veth.host);
	json_string(j, "inside", o->u.veth.inside);
	json_string(j, "bridge", o->u.veth.bridge);
	json_mac(j, o->u.veth.mac);
}

static void
json_address(const struct op *o, struct json *j)
{
	json_addr(j, "address", &o->u.address, true);
}

static void
json_route(const struct op *o, struct json *j)
{
	json_addr(j, "gateway", &o->u.route, false);
}

static void
json_filter(const struct op *o, struct json *j)
{
	json_string(j, "host", o->u.filter.host);
	json_string(j, "bridge", o->u.filter.bridge);
	json_mac(j, o->u.filter.mac);
	json_array(j, "addresses");
	for (size_t i = 0; i < o->u.filter.naddrs; i++)
		json_addr(j, NULL, &o->u.filter.addrs[i], false);
	json_array_end(j);
	json_strings(j, "peers", o->u.filter.peers);
}

static void
json_mount(const struct op *o, struct json *j)
{
	str_auto flags = {0};

	mount_flags_print(o->u.mount.flags, &flags);
	json_string(j, "type", mount_type_name(o->u.mount.type));
	if (o->u.mount.type == MOUNT_BIND) {
		json_string(j, "tree", mount_tree_name(o->u.mount.tree));
		json_string(j, "source", o->u.mount.source);
	}
	json_string(j, "target", o->u.mount.target);
	json_string(j, "flags", str_text(&flags));
	json_string(j, "options", o->u.mount.options != NULL ? o->u.mount.options : "");
}

static void
json_hostname(const struct op *o, struct json *j)
{
	json_string(j, "hostname", o->u.hostname);
}

static void
json_sysctl(const struct op *o, struct json *j)
{
	json_string(j, "name", o->u.sysctl.name);
	json_uint(j, "value", o->u.sysctl.value);
}

static void
json_assert(const struct op *o, struct json *j)
{
	json_bool(j, "drafts", o->u.assertion.drafts);
}

static void
json_rlimit(const struct op *o, struct json *j)
{
	json_string(j, "name", o->u.rlimit.name);
	json_uint(j, "soft", o->u.rlimit.soft);
	json_uint(j, "hard", o->u.rlimit.hard);
}

static void
json_process(const struct op *o, struct json *j)
{
	json_string(j, "rule", process_rule_name(o->u.process));
}

static void
json_landlock(const struct op *o, struct json *j)
{
	str_auto text = {0};

	words_rights(o->u.landlock.rights, &text);
	json_string(j, "path", o->u.landlock.path);
	json_string(j, "rights", str_text(&text));
}

static void
json_caps(const struct op *o, struct json *j)
{
	str_auto text = {0};

	cap_mask_print(o->u.caps, &text);
	json_string(j, "capabilities", str_text(&text));
}

static void
json_seccomp(const struct op *o, struct json *j)
{
	json_string(j, "filter", o->u.seccomp);
}

static void
json_rundir(const struct op *o, struct json *j)
{
	json_string(j, "name", o->u.rundir.name);
	json_uint(j, "uid", o->u.rundir.uid);
	json_uint(j, "gid", o->u.rundir.gid);
	json_uint(j, "mode", o->u.rundir.mode);
}

static void
json_start(const struct op *o, struct json *j)
{
	json_string(j, "command", o->u.start);
}

static void
json_service(const struct op *o, struct json *j)
{
	json_strings(j, "argv", o->u.service.argv);
	json_uint(j, "uid", o->u.service.uid);
	json_uint(j, "gid", o->u.service.gid);
}

static void (*const kinds[OP_NKINDS])(const struct op *o, struct json *j) = {
	[OP_HOOK] = json_hook,
	[OP_LIMIT] = json_limit,
	[OP_IDS] = json_ids,
	[OP_BRIDGE] = json_bridge,
	[OP_VETH] = json_veth,
	[OP_ADDRESS] = json_address,
	[OP_ROUTE] = json_route,
	[OP_FILTER] = json_filter,
	[OP_MOUNT] = json_mount,
	[OP_HOSTNAME] = json_hostname,
	[OP_SYSCTL] = json_sysctl,
	[OP_ASSERT] = json_assert,
	[OP_RLIMIT] = json_rlimit,
	[OP_PROCESS] = json_process,
	[OP_LANDLOCK] = json_landlock,
	[OP_CAPS] = json_caps,
	[OP_SECCOMP] = json_seccomp,
	[OP_RUNDIR] = json_rundir,
	[OP_START] = json_start,
	[OP_SERVICE] = json_service,
};

static void
json_why(struct json *j, const struct srcloc *why)
{
	if (why->file == NULL) {
		json_null(j, "why");
		return;
	}
	json_object(j, "why");
	json_string(j, "file", why->file);
	json_uint(j, "line", why->line);
	json_uint(j, "column", why->col);
	json_object_end(j);
}

void
plan_json(const struct plan *p, struct json *j)
{
	json_object(j, NULL);
	json_uint(j, "version", 1);
	json_string(j, "jail", p->jail->name);
	json_array(j, "steps");
	for (size_t i = 0; i < p->nops; i++) {
		const struct op *o = &p->ops[i];

		json_object(j, NULL);
		json_uint(j, "n", i + 1);
		json_string(j, "op", op_kind_name(o->kind));
		if (kinds[o->kind] != NULL)
			kinds[o->kind](o, j);
		json_why(j, &o->why);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}
