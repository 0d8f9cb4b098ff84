/*
 * The host's side of a FreeBSD setup: rc.conf(5), devfs.rules(5), rctl.conf(5).
 */
#include <inttypes.h>

#include "emit/jail_conf.h"

static bool
has_limits(const struct emit_input *in)
{
	for (size_t i = 0; i < in->n; i++) {
		const struct limits *l = &in->plans[i].jail->limits;

		if (l->memory > 0 || l->pids > 0 || l->cpu > 0)
			return true;
	}
	return false;
}

/* A bridge is cloned as bridgeN and gets its name and the host's addresses: once for each name. */
static void
bridges(const struct emit_input *in, struct arena *a, struct str *out)
{
	struct strv known = {0};
	str_auto clones = {0}, lines = {0};

	for (size_t i = 0; i < in->n; i++) {
		const struct op *o = emit_find(&in->plans[i], OP_BRIDGE);

		if (o == NULL || strv_has(&known, o->u.bridge.name))
			continue;
		str_addf(&clones, "%sbridge%zu", known.n > 0 ? " " : "", known.n);
		str_addf(&lines, "ifconfig_bridge%zu_name=\"%s\"\n", known.n, o->u.bridge.name);
		strv_add(a, &known, o->u.bridge.name);
		if (o->u.bridge.ip4.family != 0) {
			str_addf(&lines, "ifconfig_%s=\"inet ", o->u.bridge.name);
			addr_print(&o->u.bridge.ip4, true, &lines);
			str_add(&lines, "\"\n");
		}
		if (o->u.bridge.ip6.family != 0) {
			str_addf(&lines, "ifconfig_%s_ipv6=\"inet6 ", o->u.bridge.name);
			addr_print(&o->u.bridge.ip6, true, &lines);
			str_add(&lines, "\"\n");
		}
	}
	if (known.n > 0)
		str_addf(out, "cloned_interfaces=\"%s\"\n%s", str_text(&clones), str_text(&lines));
}

void
jail_rc_conf(const struct emit_input *in, struct arena *a, struct str *out)
{
	str_add(out, "# Made by warder emit jail.conf: lines for /etc/rc.conf.\n");
	if (has_limits(in))
		str_add(out, "# Limits need kern.racct.enable=1 in /boot/loader.conf.\nrctl_enable=\"YES\"\n");
	str_add(out, "jail_enable=\"YES\"\njail_list=\"");
	for (size_t i = 0; i < in->n; i++)
		str_addf(out, "%s%s", i > 0 ? " " : "", in->plans[i].jail->name);
	str_add(out, "\"\ndevfs_load_rulesets=\"YES\"\n");
	bridges(in, a, out);
}

void
jail_devfs_rules(struct str *out)
{
	static const char *const shown[] = {"null", "zero", "full", "random", "urandom", "tty", "fd", "'fd/*'", "stdin",
		"stdout", "stderr", "ptmx", "pts", "'pts/*'"};

	str_addf(out, "# Made by warder emit jail.conf: a part of /etc/devfs.rules.\n[warder_jail=%d]\nadd hide\n",
		JAIL_RULESET);
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		str_addf(out, "add path %s unhide\n", shown[i]);
}

static void
rule(struct str *out, const char *jail, const char *resource, uint64_t value)
{
	if (value > 0)
		str_addf(out, "jail:%s:%s:deny=%" PRIu64 "\n", jail, resource, value);
}

void
jail_rctl_conf(const struct emit_input *in, struct str *out)
{
	if (!has_limits(in))
		return;
	str_add(out, "# Made by warder emit jail.conf: lines for /etc/rctl.conf.\n");
	for (size_t i = 0; i < in->n; i++) {
		const struct jail *j = in->plans[i].jail;

		rule(out, j->name, "memoryuse", j->limits.memory);
		rule(out, j->name, "swapuse", j->limits.memory);
		rule(out, j->name, "maxproc", j->limits.pids);
		rule(out, j->name, "pcpu", j->limits.cpu);
	}
}
