/*
 * The specification of a jail's pod.
 *
 * The claim of /var begins empty, so an init container fills it from the image, which it sees without the claim; the
 * mark that it leaves is written last, so that what was cut short is done again.  Pins are filled anew at each start
 * and mounted read-only over the claim.
 */
#include <inttypes.h>
#include <string.h>

#include "emit/kube.h"

bool
kube_is_user(const struct kube *k)
{
	return k->p->facts->service_uid != 0;
}

/* ---- security ---- */

static void
seccomp(const struct kube *k)
{
	yaml_open(k->y, "seccompProfile");
	yaml_text(k->y, "type", k->in->o.seccomp ? "Localhost" : "RuntimeDefault");
	if (k->in->o.seccomp)
		yaml_text(k->y, "localhostProfile", arena_printf(k->a, "warder/%s.seccomp.json", k->p->jail->name));
	yaml_end(k->y);
}

static void
pod_security(const struct kube *k)
{
	const struct jail_facts *f = k->p->facts;

	yaml_open(k->y, "securityContext");
	yaml_bool(k->y, "runAsNonRoot", kube_is_user(k));
	yaml_number(k->y, "runAsUser", f->service_uid);
	yaml_number(k->y, "runAsGroup", f->service_gid);
	if (kube_is_user(k)) {
		yaml_number(k->y, "fsGroup", f->service_gid);
		yaml_text(k->y, "fsGroupChangePolicy", "OnRootMismatch");
	}
	if (f->nservice_groups > 0) {
		yaml_open(k->y, "supplementalGroups");
		for (size_t i = 0; i < f->nservice_groups; i++)
			yaml_number_item(k->y, f->service_groups[i]);
		yaml_end(k->y);
	}
	seccomp(k);
	yaml_open(k->y, "sysctls");
	yaml_item(k->y);
	yaml_text(k->y, "name", "net.ipv4.ip_unprivileged_port_start");
	yaml_text(k->y, "value", "0");
	yaml_end(k->y);
	yaml_end(k->y);
	yaml_end(k->y);
}

static void
container_security(const struct kube *k, uint64_t caps)
{
	static const char *all[] = {"ALL", NULL};
	struct strv names = emit_caps(caps, k->a);

	for (size_t i = 0; i < names.n; i++)
		names.v[i] += strlen("CAP_");
	yaml_open(k->y, "securityContext");
	yaml_bool(k->y, "allowPrivilegeEscalation", false);
	yaml_bool(k->y, "privileged", false);
	yaml_bool(k->y, "readOnlyRootFilesystem", true);
	yaml_open(k->y, "capabilities");
	yaml_texts(k->y, "drop", &(struct strv){all, 1});
	if (names.n > 0)
		yaml_texts(k->y, "add", &names);
	yaml_end(k->y);
	yaml_end(k->y);
}

/* ---- volumes ---- */

/* podman 4.3 has one volume for all pods' empty directories of a name. */
static void
volume_name(const struct kube *k, const char *name)
{
	yaml_text(k->y, "name", arena_printf(k->a, "%s-%s", k->p->jail->name, name));
}

static void
mount(const struct kube *k, const char *name, const char *path, bool read_only)
{
	yaml_item(k->y);
	volume_name(k, name);
	yaml_text(k->y, "mountPath", path);
	if (read_only)
		yaml_bool(k->y, "readOnly", true);
	yaml_end(k->y);
}

static const char *
pin_name(const struct kube *k, size_t i)
{
	return arena_printf(k->a, "pin-%zu", i);
}

static void
empty_dir(const struct kube *k, const char *name, bool memory, uint64_t size)
{
	yaml_item(k->y);
	volume_name(k, name);
	yaml_open(k->y, "emptyDir");
	if (memory)
		yaml_text(k->y, "medium", "Memory");
	yaml_text(k->y, "sizeLimit", arena_printf(k->a, "%" PRIu64, size));
	yaml_end(k->y);
	yaml_end(k->y);
}

enum { RUN_SIZE = 16 << 20, TMP_SIZE = 64 << 20, PIN_SIZE = 256 << 20 };

static void
volumes(const struct kube *k)
{
	yaml_open(k->y, "volumes");
	yaml_item(k->y);
	volume_name(k, "var");
	yaml_open(k->y, "persistentVolumeClaim");
	yaml_text(k->y, "claimName", arena_printf(k->a, "%s-var", k->p->jail->name));
	yaml_end(k->y);
	yaml_end(k->y);
	empty_dir(k, "tmp", true, TMP_SIZE);
	empty_dir(k, "run", true, RUN_SIZE);
	if (k->p->jail->shm > 0)
		empty_dir(k, "shm", true, k->p->jail->shm);
	for (size_t i = 0; i < k->pins.n; i++)
		empty_dir(k, pin_name(k, i), false, PIN_SIZE);
	yaml_end(k->y);
}

/* ---- containers ---- */

static void
shell_word(struct str *out, const char *word)
{
	emit_shell(out, &(struct strv){&word, 1});
}

/* One that reads all of /var needs root; what a user cannot read is none of its own. */
static const char *
seed_script(const struct kube *k)
{
	const char * or = kube_is_user(k) ? " || :" : "";
	str_auto s = {0};

	str_addf(&s,
		"set -eu\n[ -e /warder/var/.warder-seeded ] || { cp -a /var/. /warder/var/%s; "
		": > /warder/var/.warder-seeded; }\n",
		or);
	for (size_t i = 0; i < k->pins.n; i++) {
		str_add(&s, "[ ! -d");
		shell_word(&s, k->pins.v[i]);
		str_add(&s, " ] || cp -a");
		shell_word(&s, arena_printf(k->a, "%s/.", k->pins.v[i]));
		str_addf(&s, " /warder/pin-%zu/%s\n", i, or);
	}
	for (size_t i = 0; i < k->p->nops; i++) {
		const struct op *o = &k->p->ops[i];
		const char *path;

		if (o->kind != OP_RUNDIR)
			continue;
		path = arena_printf(k->a, "/run/%s", o->u.rundir.name);
		str_add(&s, "mkdir -p");
		shell_word(&s, path);
		str_addf(&s, " && chmod %04o", o->u.rundir.mode);
		shell_word(&s, path);
		if (!kube_is_user(k)) {
			str_addf(&s, " && chown %u:%u", o->u.rundir.uid, o->u.rundir.gid);
			shell_word(&s, path);
		}
		str_addc(&s, '\n');
	}
	return arena_strdup(k->a, str_text(&s));
}

enum { PROBE_TIMEOUT = 10 }; /* seconds, where exec.timeout sets none */
enum { CAP_CHOWN_BIT = 1 << 0, CAP_DAC_OVERRIDE_BIT = 1 << 1, CAP_FOWNER_BIT = 1 << 3 };

static void
seed(const struct kube *k)
{
	const char *command[] = {"/bin/sh", "-c", seed_script(k)};

	yaml_open(k->y, "initContainers");
	yaml_item(k->y);
	yaml_text(k->y, "name", "seed");
	yaml_text(k->y, "image", k->image);
	yaml_text(k->y, "imagePullPolicy", "IfNotPresent");
	yaml_texts(k->y, "command", &(struct strv){command, 3});
	container_security(k, kube_is_user(k) ? 0 : CAP_CHOWN_BIT | CAP_DAC_OVERRIDE_BIT | CAP_FOWNER_BIT);
	yaml_open(k->y, "volumeMounts");
	mount(k, "var", "/warder/var", false);
	mount(k, "run", "/run", false);
	for (size_t i = 0; i < k->pins.n; i++)
		mount(k, pin_name(k, i), arena_printf(k->a, "/warder/pin-%zu", i), false);
	yaml_end(k->y);
	yaml_end(k->y);
	yaml_end(k->y);
}

static void
limits(const struct kube *k)
{
	const struct limits *l = &k->p->jail->limits;

	if (l->memory == 0 && l->cpu == 0)
		return;
	yaml_open(k->y, "resources");
	yaml_open(k->y, "limits");
	if (l->cpu > 0)
		yaml_text(k->y, "cpu", arena_printf(k->a, "%" PRIu64 "m", (uint64_t)l->cpu * 10));
	if (l->memory > 0)
		yaml_text(k->y, "memory", arena_printf(k->a, "%" PRIu64, l->memory));
	yaml_end(k->y);
	yaml_end(k->y);
}

static void
probe(const struct kube *k, const char *key, uint64_t period, uint64_t failures)
{
	yaml_open(k->y, key);
	yaml_open(k->y, "exec");
	yaml_texts(k->y, "command", &k->p->jail->health);
	yaml_end(k->y);
	yaml_number(k->y, "periodSeconds", period);
	yaml_number(k->y, "timeoutSeconds", k->p->jail->exec_timeout > 0 ? k->p->jail->exec_timeout : PROBE_TIMEOUT);
	yaml_number(k->y, "failureThreshold", failures);
	yaml_end(k->y);
}

/* A service has five minutes to come up; a minute of bad answers is its end. */
static void
probes(const struct kube *k)
{
	if (k->p->jail->health.n == 0)
		return;
	probe(k, "startupProbe", 2, 150);
	probe(k, "readinessProbe", 10, 1);
	probe(k, "livenessProbe", 20, 3);
}

static void
service(const struct kube *k)
{
	yaml_open(k->y, "containers");
	yaml_item(k->y);
	yaml_text(k->y, "name", k->p->jail->name);
	yaml_text(k->y, "image", k->image);
	yaml_text(k->y, "imagePullPolicy", "IfNotPresent");
	container_security(k, kube_is_user(k) ? 0 : k->p->jail->caps);
	limits(k);
	probes(k);
	yaml_open(k->y, "volumeMounts");
	mount(k, "var", "/var", false);
	mount(k, "tmp", "/tmp", false);
	mount(k, "run", "/run", false);
	if (k->p->jail->shm > 0)
		mount(k, "shm", "/dev/shm", false);
	for (size_t i = 0; i < k->pins.n; i++)
		mount(k, pin_name(k, i), k->pins.v[i], true);
	yaml_end(k->y);
	yaml_end(k->y);
	yaml_end(k->y);
}

/* ---- the pod ---- */

static const char *
restart(const struct kube *k)
{
	static const char *const words[] = {
		[RESTART_NO] = "Never", [RESTART_ON_FAILURE] = "OnFailure", [RESTART_ALWAYS] = "Always"};

	return k->in->o.pod ? words[k->p->jail->restart] : "Always";
}

/* The environment and the words of the service are in the image. */
void
kube_pod_spec(const struct kube *k)
{
	yaml_open(k->y, "spec");
	yaml_bool(k->y, "automountServiceAccountToken", false);
	yaml_bool(k->y, "enableServiceLinks", false);
	yaml_text(k->y, "restartPolicy", restart(k));
	yaml_number(k->y, "terminationGracePeriodSeconds", k->p->jail->stop_timeout);
	pod_security(k);
	seed(k);
	service(k);
	volumes(k);
	yaml_end(k->y);
}
