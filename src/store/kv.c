/*
 * Small records as text: one "key value" line for each field, every key of a table exactly once and no other.
 */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/str.h"
#include "store/internal.h"

enum { KV_ROWS_MAX = 64 };

static void
value_print(const struct kv_row *row, const void *field, struct str *out)
{
	switch (row->type) {
	case KV_INT:
		str_addf(out, "%d", *(const int *)field);
		break;
	case KV_UINT:
		str_addf(out, "%u", *(const unsigned *)field);
		break;
	case KV_U64:
		str_addf(out, "%" PRIu64, *(const uint64_t *)field);
		break;
	case KV_I64:
		str_addf(out, "%" PRId64, *(const int64_t *)field);
		break;
	case KV_TEXT:
		str_add(out, field);
		break;
	}
}

void
kv_print(const struct kv_row *rows, size_t n, const void *base, struct str *out)
{
	for (size_t i = 0; i < n; i++) {
		str_addf(out, "%s ", rows[i].key);
		value_print(&rows[i], (const char *)base + rows[i].offset, out);
		str_addc(out, '\n');
	}
}

/* No field of ours is negative. */
static int
value_parse(const struct kv_row *row, const char *text, void *field)
{
	static const uint64_t max[] = {
		[KV_INT] = INT_MAX, [KV_UINT] = UINT_MAX, [KV_U64] = UINT64_MAX, [KV_I64] = INT64_MAX};
	uint64_t n;

	if (row->type == KV_TEXT) {
		if (strlen(text) >= row->size)
			return -1;
		memcpy(field, text, strlen(text) + 1);
		return 0;
	}
	if (str_to_u64(text, max[row->type], &n) < 0)
		return -1;
	if (row->type == KV_INT || row->type == KV_UINT)
		*(unsigned *)field = (unsigned)n;
	else
		*(uint64_t *)field = n;
	return 0;
}

static const struct kv_row *
row_find(const struct kv_row *rows, size_t n, const char *line, size_t keylen)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(rows[i].key) == keylen && memcmp(rows[i].key, line, keylen) == 0)
			return &rows[i];
	return NULL;
}

static int
line_parse(const struct kv_row *rows, size_t n, const char *line, size_t len, uint64_t *seen, void *ret)
{
	char value[512];
	const char *space = memchr(line, ' ', len);
	const struct kv_row *row = space ? row_find(rows, n, line, (size_t)(space - line)) : NULL;

	if (!row || *seen & UINT64_C(1) << (row - rows))
		return -1;
	size_t vlen = len - (size_t)(space + 1 - line);
	if (vlen >= sizeof(value))
		return -1;
	memcpy(value, space + 1, vlen);
	value[vlen] = '\0';
	*seen |= UINT64_C(1) << (row - rows);
	return value_parse(row, value, (char *)ret + row->offset);
}

int
kv_parse(const struct kv_row *rows, size_t n, const char *text, const char *subject, void *ret, struct err *e)
{
	uint64_t seen = 0;

	for (unsigned line = 1; text[0]; line++) {
		const char *end = strchr(text, '\n');
		if (!end || line_parse(rows, n, text, (size_t)(end - text), &seen, ret) < 0)
			return err_set(e, ERR_FAILED, "read", subject, "line %u is malformed", line);
		text = end + 1;
	}
	for (size_t i = 0; i < n && i < KV_ROWS_MAX; i++)
		if (!(seen & UINT64_C(1) << i))
			return err_set(e, ERR_FAILED, "read", subject, "there is no \"%s\" in it", rows[i].key);
	return 0;
}
