/*
 * config.json, the manifest and its line in the index.
 *
 * What an image has no word for is an annotation of the manifest, as in a bundle: an image says what is in the tree,
 * not what may be written or executed, so that is up to who runs it.
 */
#include "emit/oci_image.h"

#include <string.h>

static const struct {
	const char *machine, *name;
} architectures[] = {
	{"x86_64", "amd64"},
	{"aarch64", "arm64"},
	{"armv7l", "arm"},
	{"i686", "386"},
	{"ppc64le", "ppc64le"},
	{"riscv64", "riscv64"},
	{"s390x", "s390x"},
};

const char *
oci_architecture(const char *machine)
{
	for (size_t i = 0; i < sizeof(architectures) / sizeof(architectures[0]); i++)
		if (strcmp(architectures[i].machine, machine) == 0)
			return architectures[i].name;
	return machine;
}

/* ---- config ---- */

static void
volume(struct json *j, const char *key)
{
	json_object(j, key);
	json_object_end(j);
}

static void
config_part(const struct oci_image *i, struct arena *a, struct json *j)
{
	const struct jail_facts *f = i->plan->facts;
	const struct strv argv = emit_service(i->plan, a), env = emit_environment(i->plan, a);

	json_object(j, "config");
	json_string(j, "User", arena_printf(a, "%u:%u", f->service_uid, f->service_gid));
	json_strings(j, "Env", &env);
	json_strings(j, "Entrypoint", &argv);
	json_object(j, "Volumes");
	volume(j, "/tmp");
	volume(j, "/var");
	json_object_end(j);
	json_string(j, "WorkingDir", "/");
	json_string(j, "StopSignal", emit_signal(i->plan->jail->stop_signal, a));
	json_object_end(j);
}

static void
digest(struct json *j, const char *key, const struct oci_blob *b, struct arena *a)
{
	json_string(j, key, arena_printf(a, "sha256:%s", b->sha256));
}

static void
history(const char *text, struct json *j)
{
	json_object(j, NULL);
	json_string(j, "created_by", text);
	json_object_end(j);
}

/* json_time has no word for the first second, which is the one without SOURCE_DATE_EPOCH. */
static void
created(const struct oci_image *i, struct json *j)
{
	if (i->created > 0)
		json_time(j, "created", i->created);
	else
		json_string(j, "created", "1970-01-01T00:00:00Z");
}

void
oci_image_config(const struct oci_image *i, struct arena *a, struct json *j)
{
	const struct jail *jail = i->plan->jail;
	const struct jail_facts *f = i->plan->facts;

	json_object(j, NULL);
	created(i, j);
	json_string(j, "architecture", i->architecture);
	json_string(j, "os", "linux");
	config_part(i, a, j);
	json_object(j, "rootfs");
	json_string(j, "type", "layers");
	json_array(j, "diff_ids");
	digest(j, NULL, &i->base, a);
	digest(j, NULL, &i->skel, a);
	json_array_end(j);
	json_object_end(j);
	json_array(j, "history");
	history(arena_printf(a, "warder: base %s, generation %u", jail->base, f->base_generation), j);
	history(arena_printf(a, "warder: jail %s, skeleton %u", jail->name, f->skel_generation), j);
	json_array_end(j);
	json_object_end(j);
}

/* ---- manifest ---- */

static void
descriptor(struct json *j, const char *key, const char *type, const struct oci_blob *b, struct arena *a)
{
	json_object(j, key);
	json_string(j, "mediaType", type);
	digest(j, "digest", b, a);
	json_uint(j, "size", b->size);
	json_object_end(j);
}

static const struct {
	const char *name, *text;
} lacks[] = {
	{"mounts", "run it with a read-only root; /var and /tmp are volumes, which the engine mounts executable"},
	{"pins", "in the volume of /var they can be written by whom their modes let, and stay as the image first had "
		 "them"},
	{"no-new-privileges",
		"set-id bits and files' capabilities are in the image as in the trees, which a jail mounts nosuid"},
	{"rights", "capabilities, limits, network, filter of system calls, restart: options of the engine"},
};

static void
annotations(const struct oci_image *i, struct arena *a, struct json *j)
{
	const struct jail_facts *f = i->plan->facts;

	json_object(j, "annotations");
	json_string(j, "org.warder.jail", i->plan->jail->name);
	json_string(j, "org.warder.base", i->plan->jail->base);
	json_string(j, "org.warder.generation.base", arena_printf(a, "%u", f->base_generation));
	json_string(j, "org.warder.generation.skeleton", arena_printf(a, "%u", f->skel_generation));
	json_string(j, "org.warder.seal.base", arena_printf(a, "sha256:%s", i->base_seal));
	json_string(j, "org.warder.seal.skeleton", arena_printf(a, "sha256:%s", i->skel_seal));
	json_string(j, "org.warder.stop.timeout", arena_printf(a, "%u", i->plan->jail->stop_timeout));
	if (f->nservice_groups > 0)
		json_string(j, "org.warder.lacks.groups", "the user's further groups: options of the engine");
	for (size_t n = 0; n < sizeof(lacks) / sizeof(lacks[0]); n++)
		json_string(j, arena_printf(a, "org.warder.lacks.%s", lacks[n].name), lacks[n].text);
	json_object_end(j);
}

void
oci_image_manifest(const struct oci_image *i, struct arena *a, struct json *j)
{
	static const char layer[] = "application/vnd.oci.image.layer.v1.tar";

	json_object(j, NULL);
	json_uint(j, "schemaVersion", 2);
	json_string(j, "mediaType", "application/vnd.oci.image.manifest.v1+json");
	descriptor(j, "config", "application/vnd.oci.image.config.v1+json", &i->config, a);
	json_array(j, "layers");
	descriptor(j, NULL, layer, &i->base, a);
	descriptor(j, NULL, layer, &i->skel, a);
	json_array_end(j);
	annotations(i, a, j);
	json_object_end(j);
}

void
oci_image_descriptor(const struct oci_image *i, const struct oci_blob *manifest, struct json *j)
{
	char text[SHA256_HEX + 8];

	snprintf(text, sizeof(text), "sha256:%s", manifest->sha256);
	json_object(j, NULL);
	json_string(j, "mediaType", "application/vnd.oci.image.manifest.v1+json");
	json_string(j, "digest", text);
	json_uint(j, "size", manifest->size);
	json_object(j, "platform");
	json_string(j, "architecture", i->architecture);
	json_string(j, "os", "linux");
	json_object_end(j);
	json_object(j, "annotations");
	json_string(j, "org.opencontainers.image.ref.name", i->plan->jail->name);
	json_object_end(j);
	json_object_end(j);
}
