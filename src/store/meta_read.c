/*
 * meta.json, read.
 *
 * The file is ours, but names in it come from a tree that packages made: everything that becomes a path is checked
 * again when it is read.
 */
#include <limits.h>
#include <string.h>

#include "base/json_read.h"
#include "base/path.h"
#include "store/internal.h"

enum { JSON_DEPTH = 8 };

const char *const meta_pin_sources[] = {[PIN_FROM_BASE] = "base", [PIN_FROM_SKEL] = "skel", NULL};

struct reader {
	const struct json_value *top;
	const char *subject;
	struct arena *a;
};

static int
bad(const struct reader *r, const char *key, struct err *e)
{
	return err_set(e, ERR_FAILED, "read", r->subject, "\"%s\" is missing or not as it must be", key);
}

static const struct json_value *
member(const struct json_value *o, const char *key, enum json_type type)
{
	const struct json_value *v = json_member(o, key);

	return v && v->type == type ? v : NULL;
}

static int
read_text(const struct reader *r, const char *key, const char **ret, struct err *e)
{
	const char *s = json_text(json_member(r->top, key));

	if (!s)
		return bad(r, key, e);
	*ret = s;
	return 0;
}

static int
read_number(const struct reader *r, const char *key, uint64_t max, uint64_t *ret, struct err *e)
{
	const struct json_value *v = json_member(r->top, key);

	if (!v || !v->is_natural || v->number > max)
		return bad(r, key, e);
	*ret = v->number;
	return 0;
}

static int
read_paths(const struct reader *r, const char *key, struct strv *ret, struct err *e)
{
	const struct json_value *v = member(r->top, key, JSON_ARRAY);
	struct strv l = {0};

	if (!v)
		return bad(r, key, e);
	for (const struct json_value *path = v->first; path; path = path->next) {
		const char *s = json_text(path);
		if (!s || !path_is_clean_absolute(s))
			return bad(r, key, e);
		strv_add(r->a, &l, s);
	}
	*ret = l;
	return 0;
}

static int
read_pin(const struct reader *r, const struct json_value *o, struct pin *ret, struct err *e)
{
	const char *path = json_text(json_member(o, "path"));
	const char *source = json_text(json_member(o, "source"));
	const char *from = json_text(json_member(o, "from"));

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
	const struct json_value *v = member(r->top, "pins", JSON_ARRAY);

	if (!v)
		return bad(r, "pins", e);
	m->npins = v->len;
	m->pins = arena_array(r->a, m->npins ? m->npins : 1, sizeof(*m->pins));
	struct pin *next = m->pins;
	for (const struct json_value *pin = v->first; pin; pin = pin->next)
		if (read_pin(r, pin, next++, e) < 0)
			return -1;
	return 0;
}

static int
read_all(const struct reader *r, struct base_meta *ret, struct err *e)
{
	struct base_meta m = {0};
	uint64_t version, generation, created;

	if (r->top->type != JSON_OBJECT)
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
	const char *why;
	struct reader r = {.top = json_read(text, len, JSON_DEPTH, a, &why), .subject = subject, .a = a};

	return r.top ? read_all(&r, ret, e) : err_set(e, ERR_FAILED, "read", subject, "not JSON: %s", why);
}
