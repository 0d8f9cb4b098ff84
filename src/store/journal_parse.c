/*
 * An entry of the journal, read by json-c: a table of fields, each of which must be there and of its type.
 */
#include <json-c/json.h>
#include <limits.h>
#include <string.h>

#include "base/utc.h"
#include "store/journal_line.h"

enum { JSON_DEPTH = 4 };

/* What null stands for in those that may be null: no number, no text. */
enum field_type {
	FIELD_U64,
	FIELD_U32,
	FIELD_U32_OR_NULL,
	FIELD_LOGIN_UID,
	FIELD_TIME,
	FIELD_TEXT,
	FIELD_TEXT_OR_NULL,
	FIELD_HASH,
	FIELD_HASH_OR_NULL,
	FIELD_WORDS
};

static const struct field {
	const char *key;
	enum field_type type;
	size_t offset;
} fields[] = {
#define FIELD(name, type)                                                                                              \
	{                                                                                                              \
#name, type, offsetof(struct journal_entry, name)                                                      \
	}
	FIELD(number, FIELD_U64),
	FIELD(time, FIELD_TIME),
	FIELD(uid, FIELD_U32),
	FIELD(login_uid, FIELD_LOGIN_UID),
	FIELD(sudo_user, FIELD_TEXT_OR_NULL),
	FIELD(action, FIELD_TEXT),
	FIELD(jail, FIELD_TEXT_OR_NULL),
	FIELD(base, FIELD_TEXT_OR_NULL),
	FIELD(command, FIELD_WORDS),
	FIELD(from, FIELD_U32_OR_NULL),
	FIELD(to, FIELD_U32_OR_NULL),
	FIELD(before, FIELD_HASH_OR_NULL),
	FIELD(after, FIELD_HASH_OR_NULL),
	FIELD(added, FIELD_U64),
	FIELD(removed, FIELD_U64),
	FIELD(changed, FIELD_U64),
	FIELD(rights, FIELD_U64),
	FIELD(previous, FIELD_HASH),
#undef FIELD
};

/* A text without NUL in it; NULL if it is none. */
static const char *
text_of(struct json_object *v)
{
	if (!v || !json_object_is_type(v, json_type_string))
		return NULL;
	const char *s = json_object_get_string(v);
	return strlen(s) == (size_t)json_object_get_string_len(v) ? s : NULL;
}

static int
read_number(struct json_object *v, uint64_t max, uint64_t *ret)
{
	int64_t n = v && json_object_is_type(v, json_type_int) ? json_object_get_int64(v) : -1;

	if (n < 0 || (uint64_t)n > max)
		return -1;
	*ret = (uint64_t)n;
	return 0;
}

static int
read_u32(struct json_object *v, uint32_t for_null, uint32_t *ret)
{
	uint64_t n = for_null;

	if (v && read_number(v, UINT32_MAX - 1, &n) < 0)
		return -1;
	*ret = (uint32_t)n;
	return 0;
}

static int
read_text(struct json_object *v, struct arena *a, const char **ret)
{
	const char *s = text_of(v);

	if (!s)
		return -1;
	*ret = arena_strdup(a, s);
	return 0;
}

static int
read_hash(struct json_object *v, char ret[SHA256_HEX])
{
	const char *s = text_of(v);

	if (!s || strlen(s) != SHA256_HEX - 1 || strspn(s, "0123456789abcdef") != SHA256_HEX - 1)
		return -1;
	memcpy(ret, s, SHA256_HEX);
	return 0;
}

static int
read_words(struct json_object *v, struct arena *a, struct strv *ret)
{
	if (!v || !json_object_is_type(v, json_type_array))
		return -1;
	for (size_t i = 0; i < json_object_array_length(v); i++) {
		const char *s = text_of(json_object_array_get_idx(v, i));
		if (!s)
			return -1;
		strv_add(a, ret, arena_strdup(a, s));
	}
	return 0;
}

/* v NULL: it is null.  to is zeroed. */
static int
read_field(enum field_type type, struct json_object *v, struct arena *a, void *to)
{
	switch (type) {
	case FIELD_U64:
		return read_number(v, INT64_MAX, to);
	case FIELD_U32:
		return v ? read_u32(v, 0, to) : -1;
	case FIELD_U32_OR_NULL:
		return read_u32(v, 0, to);
	case FIELD_LOGIN_UID:
		return read_u32(v, UINT32_MAX, to);
	case FIELD_TIME:
		return text_of(v) ? utc_parse(text_of(v), to) : -1;
	case FIELD_TEXT:
		return read_text(v, a, to);
	case FIELD_TEXT_OR_NULL:
		return v ? read_text(v, a, to) : 0;
	case FIELD_HASH:
		return read_hash(v, to);
	case FIELD_HASH_OR_NULL:
		return v ? read_hash(v, to) : 0;
	case FIELD_WORDS:
		return read_words(v, a, to);
	}
	return -1;
}

static int
read_all(struct json_object *top, struct arena *a, struct journal_entry *ret)
{
	struct journal_entry entry = {0};

	if (!json_object_is_type(top, json_type_object))
		return -1;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		struct json_object *v;
		if (!json_object_object_get_ex(top, fields[i].key, &v) ||
			read_field(fields[i].type, v, a, (char *)&entry + fields[i].offset) < 0)
			return -1;
	}
	*ret = entry;
	return 0;
}

/* Nothing may follow the object, not even a NUL, at which json-c stops. */
int
journal_line_parse(const char *line, size_t len, struct arena *a, struct journal_entry *ret)
{
	struct json_tokener *tok = len <= JOURNAL_LINE_MAX ? json_tokener_new_ex(JSON_DEPTH) : NULL;

	if (!tok)
		return -1;
	len -= len > 0 && line[len - 1] == '\n';
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	struct json_object *top = json_tokener_parse_ex(tok, line, (int)len);
	bool whole = json_tokener_get_error(tok) == json_tokener_success && json_tokener_get_parse_end(tok) == len;
	json_tokener_free(tok);
	int r = top && whole ? read_all(top, a, ret) : -1;
	json_object_put(top);
	return r;
}
