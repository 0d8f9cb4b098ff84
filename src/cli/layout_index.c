/*
 * Owns the reading of a layout's documents.
 */
#include "cli/layout_index.h"

#include <string.h>

#include "base/json_read.h"

enum { JSON_DEPTH = 32 };

static const char ref_name[] = "org.opencontainers.image.ref.name";

static const struct json_value *
read_text(const char *text, struct arena *a)
{
	const char *why;

	return json_read(text, strlen(text), JSON_DEPTH, a, &why);
}

bool
layout_is_version(const char *text, const char *version)
{
	struct arena a = {0};
	const char *said = json_text(json_member(read_text(text, &a), "imageLayoutVersion"));
	bool fits = said != NULL && strcmp(said, version) == 0;

	arena_done(&a);
	return fits;
}

static const char *
name_of(const struct json_value *descriptor)
{
	const char *name = json_text(json_member(json_member(descriptor, "annotations"), ref_name));

	return name != NULL ? name : "";
}

/* The new descriptor of that name; NULL: there is none. */
static const char *
replacement(const struct json_value *old, const struct strv *descriptors, bool *used, struct arena *a)
{
	for (size_t i = 0; i < descriptors->n; i++)
		if (!used[i] && strcmp(name_of(read_text(descriptors->v[i], a)), name_of(old)) == 0) {
			used[i] = true;
			return descriptors->v[i];
		}
	return NULL;
}

/* What is inside the brackets. */
static void
put_all(const struct json_value *manifests, const struct strv *descriptors, struct arena *a, struct str *out)
{
	bool *used = arena_array(a, descriptors->n + 1, sizeof(*used));
	const char *comma = "";

	memset(used, 0, (descriptors->n + 1) * sizeof(*used));
	for (const struct json_value *old = manifests->first; old != NULL; old = old->next) {
		const char *text = replacement(old, descriptors, used, a);
		str_add(out, comma);
		str_addn(out, text != NULL ? text : old->raw, text != NULL ? strlen(text) : old->raw_len);
		comma = ",";
	}
	for (size_t i = 0; i < descriptors->n; i++)
		if (!used[i]) {
			str_addf(out, "%s%s", comma, descriptors->v[i]);
			comma = ",";
		}
}

/* All else in the index stays as it is written. */
int
layout_index_add(const char *text, const struct strv *descriptors, struct str *out)
{
	static const char empty[] = "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
				    "\"manifests\":[]}";
	struct arena a = {0};
	const char *whole = text != NULL ? text : empty;
	const struct json_value *manifests = json_member(read_text(whole, &a), "manifests");
	bool is_index = manifests != NULL && manifests->type == JSON_ARRAY;

	if (is_index) {
		str_addn(out, whole, (size_t)(manifests->raw - whole) + 1);
		put_all(manifests, descriptors, &a, out);
		str_add(out, manifests->raw + manifests->raw_len - 1);
	}
	arena_done(&a);
	return is_index ? 0 : -1;
}
