/*
 * The parts of an OCI bundle's config.json that are files of their own.
 */
#ifndef WARDER_EMIT_OCI_H
#define WARDER_EMIT_OCI_H

#include "base/json.h"
#include "emit/emit.h"

/* KEY: {...}: the variant of warder's policy that the plan names; key as of json_object. */
void oci_seccomp(const struct plan *p, const char *key, struct json *j);
/* "annotations": {...}: whose bundle it is, and what the runtime is not told or cannot do, each with its key's line. */
void oci_annotations(const struct plan *p, struct arena *a, struct json *j);
/* "mounts": [...]: what the runtime mounts; the steps before `first` are mounted by mount(8). */
void oci_mounts(const struct emit_input *in, const struct plan *p, size_t first, struct arena *a, struct json *j);

#endif
