/*
 * An entry of the journal, read: a table of fields, each of which must be there and of its type.
 */
#include <string.h>

#include "base/json_read.h"
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

static int
read_number(const struct json_value *v, uint64_t max, uint64_t *ret)
{
	if (!v || !v->is_natural || v->number > max)
		return -1;
	*ret = v->number;
	return 0;
}

static int
read_u32(const struct json_value *v, uint32_t for_null, uint32_t *ret)
{
	uint64_t n = for_null;

	if (v && read_number(v, UINT32_MAX - 1, &n) < 0)
		return -1;
	*ret = (uint32_t)n;
	return 0;
}

static int
read_text(const struct json_value *v, struct arena *a, const char **ret)
{
	const char *s = json_text(v);

	if (!s)
		return -1;
	*ret = arena_strdup(a, s);
	return 0;
}

static int
read_hash(const struct json_value *v, char ret[SHA256_HEX])
{
	const char *s = json_text(v);

	if (!s || strlen(s) != SHA256_HEX - 1 || strspn(s, "0123456789abcdef") != SHA256_HEX - 1)
		return -1;
	memcpy(ret, s, SHA256_HEX);
	return 0;
}

static int
read_words(const struct json_value *v, struct arena *a, struct strv *ret)
{
	if (!v || v->type != JSON_ARRAY)
		return -1;
	for (const struct json_value *word = v->first; word; word = word->next) {
		const char *s = json_text(word);
		if (!s)
			return -1;
		strv_add(a, ret, arena_strdup(a, s));
	}
	return 0;
}

/* v NULL: it is null.  to is zeroed. */
static int
read_field(enum field_type type, const struct json_value *v, struct arena *a, void *to)
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
		return json_text(v) ? utc_parse(json_text(v), to) : -1;
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
read_all(const struct json_value *top, struct arena *a, struct journal_entry *ret)
{
	struct journal_entry entry = {0};

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		const struct json_value *v = json_member(top, fields[i].key);
		const struct json_value *said = v && v->type != JSON_NULL ? v : NULL;
		if (!v || read_field(fields[i].type, said, a, (char *)&entry + fields[i].offset) < 0)
			return -1;
	}
	*ret = entry;
	return 0;
}

int
journal_line_parse(const char *line, size_t len, struct arena *a, struct journal_entry *ret)
{
	const char *why;

	if (len > JOURNAL_LINE_MAX)
		return -1;
	const struct json_value *top = json_read(line, len, JSON_DEPTH, a, &why);
	return top && top->raw == line ? read_all(top, a, ret) : -1;
}
