/*
 * The parts of a jail's objects for Kubernetes that are files of their own.
 */
#ifndef WARDER_EMIT_KUBE_H
#define WARDER_EMIT_KUBE_H

#include "emit/emit.h"
#include "emit/yaml.h"

struct kube {
	const struct emit_input *in;
	const struct plan *p;
	struct arena *a;
	struct yaml *y;
	struct strv pins; /* directories of pins, absolute: "/var/lib/dpkg" */
	const char *image;
};

/* Comments: whether Pod Security "restricted" is met, and what Kubernetes has no word for. */
void kube_notes(const struct kube *k, struct str *out);
/* "spec:" of a pod. */
void kube_pod_spec(const struct kube *k);

/* Whether the service is another than root. */
bool kube_is_user(const struct kube *k);

#endif
