/*
 * A bundle of the OCI runtime specification for each jail: JAIL/config.json, and JAIL/fstab.
 *
 * The root cannot be a mount of config.json's: the runtime makes mounts from within the jail's user namespace, where
 * nobody gets through ROOT/.warder, and crun 1.8 refuses "/" as a destination.  So mount(8) puts the base on
 * ROOT/j/JAIL before (fstab), and with exec.allow all up to the programs that it names, as mounts that are noexec from
 * outside cannot be taken apart within.
 */
#include <inttypes.h>

#include "emit/fstab.h"
#include "emit/oci.h"

struct bundle {
	const struct emit_input *in;
	const struct plan *p;
	struct arena *a;
	struct json *j;
};

/* The first step that the runtime takes; those before are in the fstab. */
static size_t
first_of_runtime(const struct plan *p)
{
	size_t first = 0;

	for (size_t i = 0; i < p->nops; i++)
		if (p->ops[i].kind == OP_MOUNT && p->ops[i].u.mount.type == MOUNT_BIND &&
			(p->ops[i].u.mount.tree == TREE_BASE || p->ops[i].u.mount.tree == TREE_VIEW))
			first = i + 1;
	return first;
}

static void
bundle_fstab(const struct bundle *b, struct str *out)
{
	size_t end = first_of_runtime(b->p);

	str_add(out, "# Made by warder emit oci: mount --all --fstab THIS-FILE, then call the runtime.\n");
	for (size_t i = 0; i < end; i++)
		if (b->p->ops[i].kind == OP_MOUNT)
			fstab_add_mount(b->in, b->p, &b->p->ops[i], b->a, out);
}

/* ---- the process ---- */

static void
capability_set(const struct bundle *b, const char *key, uint64_t caps)
{
	const struct strv names = emit_caps(caps, b->a);

	json_strings(b->j, key, &names);
}

static void
rlimit(const struct bundle *b, const char *type, uint64_t value)
{
	json_object(b->j, NULL);
	json_string(b->j, "type", type);
	json_uint(b->j, "hard", value);
	json_uint(b->j, "soft", value);
	json_object_end(b->j);
}

static void
process(const struct bundle *b)
{
	const struct jail_facts *f = b->p->facts;
	const struct strv argv = emit_service(b->p, b->a), env = emit_environment(b->p, b->a);
	uint64_t caps = b->p->jail->caps;

	json_object(b->j, "process");
	json_bool(b->j, "terminal", false);
	json_object(b->j, "user");
	json_uint(b->j, "uid", f->service_uid);
	json_uint(b->j, "gid", f->service_gid);
	json_array(b->j, "additionalGids");
	for (size_t i = 0; i < f->nservice_groups; i++)
		json_uint(b->j, NULL, f->service_groups[i]);
	json_array_end(b->j);
	json_object_end(b->j);
	json_strings(b->j, "args", &argv);
	json_strings(b->j, "env", &env);
	json_string(b->j, "cwd", "/");
	json_object(b->j, "capabilities");
	capability_set(b, "bounding", caps);
	capability_set(b, "effective", f->service_uid == 0 ? caps : 0);
	capability_set(b, "permitted", f->service_uid == 0 ? caps : 0);
	capability_set(b, "inheritable", 0);
	capability_set(b, "ambient", 0);
	json_object_end(b->j);
	json_array(b->j, "rlimits");
	rlimit(b, "RLIMIT_CORE", 0);
	if (b->p->jail->nofile > 0)
		rlimit(b, "RLIMIT_NOFILE", b->p->jail->nofile);
	json_array_end(b->j);
	json_bool(b->j, "noNewPrivileges", true);
	json_object_end(b->j);
}

/* ---- the rest ---- */

static void
hook(const struct bundle *b, const char *when, const struct strv *commands)
{
	if (commands->n == 0)
		return;
	json_array(b->j, when);
	for (size_t i = 0; i < commands->n; i++) {
		const char *argv[] = {"sh", "-c", commands->v[i]};
		const char *env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
			arena_printf(b->a, "WARDER_JAIL=%s", b->p->jail->name),
			arena_printf(b->a, "WARDER_ROOT=%s", b->in->root)};

		json_object(b->j, NULL);
		json_string(b->j, "path", "/bin/sh");
		json_strings(b->j, "args", &(struct strv){argv, 3});
		json_strings(b->j, "env", &(struct strv){env, 4});
		if (b->p->jail->exec_timeout > 0)
			json_uint(b->j, "timeout", b->p->jail->exec_timeout);
		json_object_end(b->j);
	}
	json_array_end(b->j);
}

static void
hooks(const struct bundle *b)
{
	json_object(b->j, "hooks");
	hook(b, "createRuntime", &b->p->jail->prestart);
	hook(b, "poststart", &b->p->jail->poststart);
	hook(b, "poststop", &b->p->jail->poststop);
	json_object_end(b->j);
}

static void
id_mapping(const struct bundle *b, const char *key)
{
	json_array(b->j, key);
	json_object(b->j, NULL);
	json_uint(b->j, "containerID", 0);
	json_uint(b->j, "hostID", b->p->facts->id_base);
	json_uint(b->j, "size", ID_COUNT);
	json_object_end(b->j);
	json_array_end(b->j);
}

enum { CPU_PERIOD = 100000 }; /* microseconds */

static void
resources(const struct bundle *b)
{
	const struct limits *l = &b->p->jail->limits;

	if (l->memory == 0 && l->pids == 0 && l->cpu == 0)
		return;
	json_object(b->j, "resources");
	if (l->memory > 0) {
		json_object(b->j, "memory");
		json_uint(b->j, "limit", l->memory);
		json_uint(b->j, "swap", l->memory);
		json_object_end(b->j);
	}
	if (l->pids > 0) {
		json_object(b->j, "pids");
		json_uint(b->j, "limit", l->pids);
		json_object_end(b->j);
	}
	if (l->cpu > 0) {
		json_object(b->j, "cpu");
		json_uint(b->j, "quota", (uint64_t)l->cpu * CPU_PERIOD / 100);
		json_uint(b->j, "period", CPU_PERIOD);
		json_object_end(b->j);
	}
	json_object_end(b->j);
}

static void
linux_part(const struct bundle *b)
{
	static const char *const types[] = {"cgroup", "ipc", "mount", "network", "pid", "user", "uts"};

	json_object(b->j, "linux");
	json_array(b->j, "namespaces");
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		json_object(b->j, NULL);
		json_string(b->j, "type", types[i]);
		json_object_end(b->j);
	}
	json_array_end(b->j);
	id_mapping(b, "uidMappings");
	id_mapping(b, "gidMappings");
	resources(b);
	oci_seccomp(b->p, "seccomp", b->j);
	json_object_end(b->j);
}

static void
config(const struct bundle *b)
{
	json_object(b->j, NULL);
	json_string(b->j, "ociVersion", "1.0.2");
	process(b);
	json_object(b->j, "root");
	json_string(b->j, "path", arena_printf(b->a, "%s/j/%s", b->in->root, b->p->jail->name));
	json_bool(b->j, "readonly", true);
	json_object_end(b->j);
	json_string(b->j, "hostname", b->p->jail->hostname);
	oci_mounts(b->in, b->p, first_of_runtime(b->p), b->a, b->j);
	hooks(b);
	linux_part(b);
	oci_annotations(b->p, b->a, b->j);
	json_object_end(b->j);
}

static int
emit(const struct emit_input *in, struct arena *a, struct emit_files *ret, struct err *e)
{
	for (size_t i = 0; i < in->n; i++) {
		const struct plan *p = &in->plans[i];
		struct json j = {0};
		struct bundle b = {.in = in, .p = p, .a = a, .j = &j};
		str_auto fstab = {0};

		if (emit_check_service("emit oci", p->jail, e) == -1)
			return -1;
		config(&b);
		str_addc(&j.out, '\n');
		bundle_fstab(&b, &fstab);
		emit_file_add(a, ret, arena_printf(a, "%s/config.json", p->jail->name), &j.out);
		emit_file_add(a, ret, arena_printf(a, "%s/fstab", p->jail->name), &fstab);
		json_done(&j);
	}
	return 0;
}

const struct emitter emit_oci = {.name = "oci", .emit = emit};
