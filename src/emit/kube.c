/*
 * Objects of Kubernetes for each jail: a claim for /var, and a Deployment or a Pod on the image of emit oci-image.
 *
 * The image is PREFIX/JAIL:BASE.SKELETON, with the numbers of the generations as its tag: a jail that was changed has
 * another image, and what runs is what the declaration says.
 */
#include "emit/kube.h"

#include <string.h>

#include "emit/oci.h"

static const char op[] = "emit kube";

/* ---- names ---- */

static bool
is_label(const char *s)
{
	size_t len = strlen(s);

	return len > 0 && len <= 63 && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0' && *s != '-' &&
	       s[len - 1] != '-';
}

/* "JAIL-pin-12" must be a name, too, of at most 63. */
static int
check_name(const struct jail *j, struct err *e)
{
	if (is_label(j->name) && strlen(j->name) <= 56)
		return 0;
	err_set(e, ERR_CONFIG, op, j->name, "is no name there: a-z, 0-9 and '-' within, at most 56");
	return err_at(e, &j->loc);
}

static int
check_options(const struct emit_options *o, struct err *e)
{
	size_t digits = o->storage != NULL ? strspn(o->storage, "0123456789") : 0;

	if (o->image != NULL &&
		(*o->image == '\0' || o->image[strspn(o->image, "abcdefghijklmnopqrstuvwxyz0123456789./_:-")]))
		return err_set(e, ERR_USAGE, "--image", o->image, "is no beginning of an image's name");
	if (o->storage == NULL)
		return 0;
	if (digits == 0 || *o->storage == '0' ||
		(strcmp(o->storage + digits, "Mi") != 0 && strcmp(o->storage + digits, "Gi") != 0 &&
			strcmp(o->storage + digits, "Ti") != 0))
		return err_set(e, ERR_USAGE, "--storage", o->storage, "is no size as 512Mi, 10Gi, 1Ti");
	return 0;
}

/* ---- objects ---- */

static void
labels(const struct kube *k)
{
	yaml_open(k->y, "labels");
	yaml_text(k->y, "app.kubernetes.io/managed-by", "warder");
	yaml_text(k->y, "app.kubernetes.io/name", k->p->jail->name);
	yaml_end(k->y);
}

static void
metadata(const struct kube *k, const char *name)
{
	yaml_open(k->y, "metadata");
	if (name != NULL)
		yaml_text(k->y, "name", name);
	labels(k);
	yaml_end(k->y);
}

static void
begin(const struct kube *k, const char *version, const char *kind, const char *name)
{
	yaml_document(k->y);
	yaml_text(k->y, "apiVersion", version);
	yaml_text(k->y, "kind", kind);
	metadata(k, name);
}

static void
claim(const struct kube *k)
{
	static const char *modes[] = {"ReadWriteOnce", NULL};

	begin(k, "v1", "PersistentVolumeClaim", arena_printf(k->a, "%s-var", k->p->jail->name));
	yaml_open(k->y, "spec");
	yaml_texts(k->y, "accessModes", &(struct strv){modes, 1});
	yaml_open(k->y, "resources");
	yaml_open(k->y, "requests");
	yaml_text(k->y, "storage", k->in->o.storage != NULL ? k->in->o.storage : "1Gi");
	yaml_end(k->y);
	yaml_end(k->y);
	yaml_end(k->y);
}

static void
deployment(const struct kube *k)
{
	begin(k, "apps/v1", "Deployment", k->p->jail->name);
	yaml_open(k->y, "spec");
	yaml_number(k->y, "replicas", 1);
	yaml_open(k->y, "strategy");
	yaml_text(k->y, "type", "Recreate");
	yaml_end(k->y);
	yaml_open(k->y, "selector");
	yaml_open(k->y, "matchLabels");
	yaml_text(k->y, "app.kubernetes.io/name", k->p->jail->name);
	yaml_end(k->y);
	yaml_end(k->y);
	yaml_open(k->y, "template");
	metadata(k, NULL);
	kube_pod_spec(k);
	yaml_end(k->y);
	yaml_end(k->y);
}

static void
pod(const struct kube *k)
{
	begin(k, "v1", "Pod", k->p->jail->name);
	kube_pod_spec(k);
}

/* ---- pins ---- */

static void
pins_add(struct kube *k, const struct pin *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		strv_add(k->a, &k->pins, v[i].path);
}

static void
seccomp_file(const struct kube *k, struct emit_files *ret)
{
	struct json j = {0};

	oci_seccomp(k->p, NULL, &j);
	str_addc(&j.out, '\n');
	emit_file_add(k->a, ret, arena_printf(k->a, "%s.seccomp.json", k->p->jail->name), &j.out);
	json_done(&j);
}

static void
jail(const struct emit_input *in, const struct plan *p, struct arena *a, struct emit_files *ret)
{
	struct yaml y = {0};
	const char *prefix = in->o.image != NULL ? in->o.image : "localhost";
	struct kube k = {.in = in, .p = p, .a = a, .y = &y};

	k.image = arena_printf(
		a, "%s/%s:%u.%u", prefix, p->jail->name, p->facts->base_generation, p->facts->skel_generation);
	pins_add(&k, p->facts->base->pins, p->facts->base->npins);
	pins_add(&k, p->facts->skel_pins, p->facts->nskel_pins);
	kube_notes(&k, &y.out);
	claim(&k);
	if (in->o.pod)
		pod(&k);
	else
		deployment(&k);
	emit_file_add(a, ret, arena_printf(a, "%s.yaml", p->jail->name), &y.out);
	if (in->o.seccomp)
		seccomp_file(&k, ret);
	str_done(&y.out);
}

static int
emit(const struct emit_input *in, struct arena *a, struct emit_files *ret, struct err *e)
{
	if (check_options(&in->o, e) == -1)
		return -1;
	for (size_t i = 0; i < in->n; i++)
		if (check_name(in->plans[i].jail, e) == -1 || emit_check_service(op, in->plans[i].jail, e) == -1)
			return -1;
	for (size_t i = 0; i < in->n; i++)
		jail(in, &in->plans[i], a, ret);
	return 0;
}

const struct emitter emit_kube = {.name = "kube", .emit = emit};
