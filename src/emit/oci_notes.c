/*
 * What a bundle says of itself, above all of what the runtime is not told or cannot do: one row for each key and each
 * rule of ours that the runtime specification has no word for.
 */
#include "emit/oci.h"

struct lack {
	const char *name;
	enum key key; /* KEY_COUNT: a rule of ours */
	bool (*is_so)(const struct jail *j);
	const char *text;
};

static bool
always(const struct jail *j)
{
	return true;
}

static bool
has_addrs(const struct jail *j)
{
	return j->addrs.n > 0;
}

static bool
denies_wx(const struct jail *j)
{
	return j->wx == WX_DENY;
}

static bool
restarts(const struct jail *j)
{
	return j->restart != RESTART_NO;
}

static bool
has_stop(const struct jail *j)
{
	return j->stop.n > 0;
}

static bool
has_prestop(const struct jail *j)
{
	return j->prestop.n > 0;
}

static bool
has_depend(const struct jail *j)
{
	return j->depend.n > 0;
}

static bool
has_health(const struct jail *j)
{
	return j->health.n > 0;
}

static bool
has_log(const struct jail *j)
{
	return j->consolelog != NULL;
}

static const struct lack lacks[] = {
	{"network", KEY_IP4_ADDR, has_addrs,
		"there is a loopback interface only; addresses, bridge, peers and the filter are up to the caller"},
	{"wx", KEY_WX, denies_wx, "memory may be both written and executed"},
	{"restart", KEY_RESTART, restarts, "up to the caller"},
	{"exec.stop", KEY_STOP, has_stop, "not run; stop with the signal of stop.signal, after it with KILL"},
	{"exec.health", KEY_HEALTH, has_health, "not asked: a bundle has no word for it"},
	{"exec.prestop", KEY_PRESTOP, has_prestop, "not run"},
	{"depend", KEY_DEPEND, has_depend, "up to the caller"},
	{"exec.consolelog", KEY_CONSOLELOG, has_log, "up to the caller"},
	{"landlock", KEY_COUNT, always, "mounts alone keep what can be written and executed"},
	{"sysctl", KEY_COUNT, always,
		"ports below 1024 need NET_BIND_SERVICE; the filter alone refuses memfds and new namespaces"},
	{"seccomp", KEY_COUNT, always, "calls that are refused for their arguments fail with ENOSYS"},
	{"pid 1", KEY_COUNT, always, "the service itself is pid 1: it must reap, and handle the signal that stops it"},
};

static void
add(const struct plan *p, const struct lack *l, struct arena *a, struct json *j)
{
	const struct srcloc *at = l->key != KEY_COUNT ? &p->jail->at[l->key] : NULL;
	const char *text = l->text;

	if (at != NULL && at->file != NULL)
		text = arena_printf(a, "%s:%u: %s", at->file, at->line, text);
	json_string(j, arena_printf(a, "org.warder.lacks.%s", l->name), text);
}

void
oci_annotations(const struct plan *p, struct arena *a, struct json *j)
{
	json_object(j, "annotations");
	json_string(j, "org.warder.jail", p->jail->name);
	json_string(j, "org.warder.base", p->jail->base);
	json_string(j, "org.warder.generation.base", arena_printf(a, "%u", p->facts->base_generation));
	json_string(j, "org.warder.generation.skeleton", arena_printf(a, "%u", p->facts->skel_generation));
	json_string(j, "org.warder.stop.signal", arena_printf(a, "%u", p->jail->stop_signal));
	json_string(j, "org.warder.stop.timeout", arena_printf(a, "%u", p->jail->stop_timeout));
	for (size_t i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++)
		if (lacks[i].is_so(p->jail))
			add(p, &lacks[i], a, j);
	json_object_end(j);
}
