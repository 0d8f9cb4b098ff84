/*
 * What is said above a jail's objects: the level of Pod Security that they meet, and what is left out of them.
 */
#include "emit/kube.h"

struct lack {
	const char *name;
	enum key key; /* KEY_COUNT: a rule of ours */
	bool (*is_so)(const struct kube *k);
	const char *text;
};

static bool
always(const struct kube *k)
{
	return true;
}

static bool
has_addrs(const struct kube *k)
{
	return k->p->jail->addrs.n > 0;
}

static bool
has_hostname(const struct kube *k)
{
	return k->p->jail->at[KEY_HOSTNAME].file != NULL;
}

static bool
has_names(const struct kube *k)
{
	return k->p->jail->hosts.n > 0 || k->p->jail->resolver != RESOLVER_NONE;
}

static bool
denies_wx(const struct kube *k)
{
	return k->p->jail->wx == WX_DENY;
}

static bool
has_allow(const struct kube *k)
{
	return k->p->jail->exec_allow.n > 0;
}

static bool
has_hooks(const struct kube *k)
{
	const struct jail *j = k->p->jail;

	return j->prestart.n > 0 || j->poststart.n > 0 || j->prestop.n > 0 || j->poststop.n > 0;
}

static bool
has_stop(const struct kube *k)
{
	return k->p->jail->stop.n > 0;
}

static bool
no_health(const struct kube *k)
{
	return k->p->jail->health.n == 0;
}

static bool
restarts_less(const struct kube *k)
{
	return !k->in->o.pod && k->p->jail->restart != RESTART_ALWAYS;
}

static bool
has_pids(const struct kube *k)
{
	return k->p->jail->limits.pids > 0;
}

static bool
has_nofile(const struct kube *k)
{
	return k->p->jail->nofile > 0;
}

static bool
has_depend(const struct kube *k)
{
	return k->p->jail->depend.n > 0;
}

static bool
has_log(const struct kube *k)
{
	return k->p->jail->consolelog != NULL;
}

static bool
has_run_dirs_of_others(const struct kube *k)
{
	return kube_is_user(k) && k->p->jail->nrun_dirs > 0;
}

static const struct lack lacks[] = {
	{"ip4.addr, ip6.addr, peers", KEY_IP4_ADDR, has_addrs,
		"addresses are the cluster's; who may talk is a NetworkPolicy's"},
	{"host.hostname", KEY_HOSTNAME, has_hostname, "the pod's own name"},
	{"hosts, resolver", KEY_HOSTS, has_names, "the cluster's own files lie over those of the image"},
	{"wx", KEY_WX, denies_wx, "memory may be both written and executed"},
	{"exec.allow", KEY_EXEC_ALLOW, has_allow, "everything in the image may be executed"},
	{"exec.prestart, exec.poststart, exec.prestop, exec.poststop", KEY_PRESTART, has_hooks, "not run"},
	{"exec.stop", KEY_STOP, has_stop, "not run; the image's signal stops the service"},
	{"restart", KEY_RESTART, restarts_less, "a Deployment always restarts; --pod does as declared"},
	{"pids", KEY_PIDS, has_pids, "a limit of the kubelet's, not of a pod's"},
	{"nofile", KEY_NOFILE, has_nofile, "the engine's own limit"},
	{"depend", KEY_DEPEND, has_depend, "all start at once"},
	{"exec.consolelog", KEY_CONSOLELOG, has_log, "the engine keeps what the service prints"},
	{"run.dirs", KEY_RUN_DIRS, has_run_dirs_of_others, "belong to the service's user"},
	{"mounts", KEY_COUNT, always, "what is written can be executed, and a service may rename the parents of pins"},
	{"probes", KEY_COUNT, no_health, "there are none: exec.health says how a service is asked"},
};

static void
security(const struct kube *k, struct str *out)
{
	const struct jail *j = k->p->jail;
	static const char met[] = "Pod Security \"restricted\"";

	if (kube_is_user(k))
		emit_note(out, met, &j->at[KEY_JAIL_USER], "met");
	else if (j->service_user != NULL)
		emit_note(out, met, &j->at[KEY_JAIL_USER], "not met: exec.jail_user is root");
	else
		emit_note(out, met, &j->at[KEY_SERVICE],
			"not met, \"baseline\" at most: the service runs as root of the jail, with its capabilities; "
			"exec.jail_user = USER; makes it so");
}

void
kube_notes(const struct kube *k, struct str *out)
{
	str_add(out, "# Made by warder emit kube.\n");
	security(k, out);
	for (size_t i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++)
		if (lacks[i].is_so(k))
			emit_note(out, lacks[i].name, lacks[i].key != KEY_COUNT ? &k->p->jail->at[lacks[i].key] : NULL,
				lacks[i].text);
}
