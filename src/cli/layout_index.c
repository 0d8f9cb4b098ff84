/*
 * Owns the reading of a layout's documents.
 */
#include "cli/layout_index.h"

#include <json-c/json.h>
#include <string.h>

static const char ref_name[] = "org.opencontainers.image.ref.name";

static const char *
text_of(struct json_object *o, const char *key)
{
	struct json_object *v;

	if (!json_object_object_get_ex(o, key, &v) || !json_object_is_type(v, json_type_string))
		return "";
	return json_object_get_string(v);
}

bool
layout_is_version(const char *text, const char *version)
{
	struct json_object *o = json_tokener_parse(text);
	bool fits = json_object_is_type(o, json_type_object) && strcmp(text_of(o, "imageLayoutVersion"), version) == 0;

	json_object_put(o);
	return fits;
}

static const char *
name_of(struct json_object *descriptor)
{
	struct json_object *annotations;

	if (!json_object_object_get_ex(descriptor, "annotations", &annotations))
		return "";
	return text_of(annotations, ref_name);
}

static void
put(struct json_object *manifests, const char *text)
{
	struct json_object *v = json_tokener_parse(text);
	size_t n = json_object_array_length(manifests), at = 0;

	while (at < n && strcmp(name_of(json_object_array_get_idx(manifests, at)), name_of(v)) != 0)
		at++;
	json_object_array_put_idx(manifests, at, v);
}

/* The index that is there, or a new one; NULL if it is none. */
static struct json_object *
index_of(const char *text, struct json_object **ret_manifests)
{
	static const char empty[] = "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
				    "\"manifests\":[]}";
	struct json_object *o = json_tokener_parse(text != NULL ? text : empty);

	if (json_object_object_get_ex(o, "manifests", ret_manifests) &&
		json_object_is_type(*ret_manifests, json_type_array))
		return o;
	json_object_put(o);
	return NULL;
}

int
layout_index_add(const char *text, const struct strv *descriptors, struct str *out)
{
	struct json_object *manifests, *o = index_of(text, &manifests);

	if (o == NULL)
		return -1;
	for (size_t i = 0; i < descriptors->n; i++)
		put(manifests, descriptors->v[i]);
	str_add(out, json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
	return 0;
}
