/*
 * meta.json, read by json-c.
 *
 * The file is ours, but names in it come from a tree that packages made: everything that becomes a path is checked
 * again when it is read.
 */
#include <json-c/json.h>
#include <limits.h>
#include <string.h>

#include "base/path.h"
#include "store/internal.h"

enum { JSON_DEPTH = 8 };

const char *const meta_pin_sources[] = {[PIN_FROM_BASE] = "base", [PIN_FROM_SKEL] = "skel", NULL};

struct reader {
	struct json_object *top;
	const char *subject;
	struct arena *a;
};

static int
bad(const struct reader *r, const char *key, struct err *e)
{
	return err_set(e, ERR_FAILED, "read", r->subject, "\"%s\" is missing or not as it must be", key);
}

static struct json_object *
member(struct json_object *o, const char *key, enum json_type type)
{
	struct json_object *v;

	return json_object_object_get_ex(o, key, &v) && json_object_is_type(v, type) ? v : NULL;
}

/* A text without NUL in it; NULL if it is none. */
static const char *
text_of(struct json_object *v, struct arena *a)
{
	if (!v || !json_object_is_type(v, json_type_string))
		return NULL;
	const char *s = json_object_get_string(v);
	return strlen(s) == (size_t)json_object_get_string_len(v) ? arena_strdup(a, s) : NULL;
}

static int
read_text(const struct reader *r, const char *key, const char **ret, struct err *e)
{
	const char *s = text_of(member(r->top, key, json_type_string), r->a);

	if (!s)
		return bad(r, key, e);
	*ret = s;
	return 0;
}

static int
read_number(const struct reader *r, const char *key, uint64_t max, uint64_t *ret, struct err *e)
{
	struct json_object *v = member(r->top, key, json_type_int);
	int64_t n = v ? json_object_get_int64(v) : -1;

	if (n < 0 || (uint64_t)n > max)
		return bad(r, key, e);
	*ret = (uint64_t)n;
	return 0;
}

static int
read_paths(const struct reader *r, const char *key, struct strv *ret, struct err *e)
{
	struct json_object *v = member(r->top, key, json_type_array);
	struct strv l = {0};

	if (!v)
		return bad(r, key, e);
	for (size_t i = 0; i < json_object_array_length(v); i++) {
		const char *s = text_of(json_object_array_get_idx(v, i), r->a);
		if (!s || !path_is_clean_absolute(s))
			return bad(r, key, e);
		strv_add(r->a, &l, s);
	}
	*ret = l;
	return 0;
}

static int
read_pin(const struct reader *r, struct json_object *o, struct pin *ret, struct err *e)
{
	if (!o || !json_object_is_type(o, json_type_object))
		return bad(r, "pins", e);
	const char *path = text_of(member(o, "path", json_type_string), r->a);
	const char *source = text_of(member(o, "source", json_type_string), r->a);
	const char *from = text_of(member(o, "from", json_type_string), r->a);

	if (!path || !source || !from || !path_is_clean_absolute(path) || strcmp(path, "/var") == 0 ||
		!path_contains("/var", path) || !path_is_clean_absolute(arena_printf(r->a, "/%s", from)))
		return bad(r, "pins", e);
	for (size_t i = 0; meta_pin_sources[i]; i++) {
		if (strcmp(source, meta_pin_sources[i]) != 0)
			continue;
		*ret = (struct pin){.path = path, .source = (enum pin_source)i, .from = from};
		return 0;
	}
	return bad(r, "pins", e);
}

static int
read_pins(const struct reader *r, struct base_meta *m, struct err *e)
{
	struct json_object *v = member(r->top, "pins", json_type_array);

	if (!v)
		return bad(r, "pins", e);
	m->npins = json_object_array_length(v);
	m->pins = arena_array(r->a, m->npins ? m->npins : 1, sizeof(*m->pins));
	for (size_t i = 0; i < m->npins; i++)
		if (read_pin(r, json_object_array_get_idx(v, i), &m->pins[i], e) < 0)
			return -1;
	return 0;
}

static int
read_all(const struct reader *r, struct base_meta *ret, struct err *e)
{
	struct base_meta m = {0};
	uint64_t version, generation, created;

	if (!json_object_is_type(r->top, json_type_object))
		return err_set(e, ERR_FAILED, "read", r->subject, "not a JSON object");
	if (read_number(r, "version", UINT_MAX, &version, e) < 0)
		return -1;
	if (version > STORE_META_VERSION)
		return err_set(e, ERR_CONFIG, "read", r->subject, "a newer warder wrote it");
	if (read_text(r, "name", &m.name, e) < 0 || read_number(r, "generation", UINT_MAX, &generation, e) < 0 ||
		read_text(r, "flavour", &m.flavour, e) < 0 || read_text(r, "source", &m.source, e) < 0 ||
		read_number(r, "created", INT64_MAX, &created, e) < 0 ||
		read_number(r, "entries", INT64_MAX, &m.entries, e) < 0 ||
		read_number(r, "bytes", INT64_MAX, &m.bytes, e) < 0 || read_pins(r, &m, e) < 0 ||
		read_paths(r, "exec_dirs", &m.exec_dirs, e) < 0 ||
		read_paths(r, "library_dirs", &m.library_dirs, e) < 0 || read_paths(r, "loaders", &m.loaders, e) < 0)
		return -1;
	m.generation = (unsigned)generation;
	m.created = (int64_t)created;
	*ret = m;
	return 0;
}

int
meta_parse(const char *text, size_t len, const char *subject, struct arena *a, struct base_meta *ret, struct err *e)
{
	struct json_tokener *tok = json_tokener_new_ex(JSON_DEPTH);

	if (!tok || len > INT_MAX - 1) {
		if (tok)
			json_tokener_free(tok);
		return err_set(e, ERR_FAILED, "read", subject, "too large");
	}
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	struct json_object *top = json_tokener_parse_ex(tok, text, (int)len + 1);
	enum json_tokener_error why = json_tokener_get_error(tok);
	json_tokener_free(tok);

	struct reader r = {.top = top, .subject = subject, .a = a};
	int ret_code = top && why == json_tokener_success
			       ? read_all(&r, ret, e)
			       : err_set(e, ERR_FAILED, "read", subject, "not JSON: %s", json_tokener_error_desc(why));
	json_object_put(top);
	return ret_code;
}
