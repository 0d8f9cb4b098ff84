/*
 * The documents of an OCI image (image specification 1.0): what a layout says of a jail, its layers being there.  Pure.
 */
#ifndef WARDER_EMIT_OCI_IMAGE_H
#define WARDER_EMIT_OCI_IMAGE_H

#include "base/json.h"
#include "base/sha256.h"
#include "emit/emit.h"

struct oci_blob {
	char sha256[SHA256_HEX];
	uint64_t size;
};
struct oci_image {
	const struct plan *plan;
	const char *architecture;           /* as GOARCH has it: "amd64" */
	int64_t created;                    /* unix seconds */
	struct oci_blob base, skel, config; /* config: for the manifest */
	char base_seal[SHA256_HEX], skel_seal[SHA256_HEX];
};

/* "amd64" for uname(2)'s "x86_64"; a name that is not known stays. */
const char *oci_architecture(const char *machine);
/* The documents, whole. */
void oci_image_config(const struct oci_image *i, struct arena *a, struct json *j);
void oci_image_manifest(const struct oci_image *i, struct arena *a, struct json *j);
/* The line of an index. */
void oci_image_descriptor(const struct oci_image *i, const struct oci_blob *manifest, struct json *j);

#endif
