/*
 * Owns the growing string, the one escape for text that we did not write, and strict numbers.
 */
#include "base/str.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"

#define ARRAY_LEN(v) (sizeof(v) / sizeof((v)[0]))

void
str_done(struct str *b)
{
	free(b->s);
	*b = (struct str){0};
}

/* Makes room for n more bytes and the NUL. */
static void
str_reserve(struct str *b, size_t n)
{
	if (n < b->cap - b->len)
		return;
	size_t need, cap = b->cap < 64 ? 64 : b->cap;
	if (__builtin_add_overflow(b->len, n + 1, &need) || need > SIZE_MAX / 4)
		arena_out_of_memory();
	while (cap < need)
		cap *= 2;
	char *s = realloc(b->s, cap);
	if (s == NULL)
		arena_out_of_memory();
	b->s = s;
	b->cap = cap;
}

void
str_addn(struct str *b, const char *s, size_t n)
{
	str_reserve(b, n);
	if (n > 0)
		memcpy(b->s + b->len, s, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void
str_add(struct str *b, const char *s)
{
	str_addn(b, s, strlen(s));
}

void
str_addc(struct str *b, char c)
{
	str_addn(b, &c, 1);
}

void
str_addu(struct str *b, uint64_t n)
{
	char digits[20], *at = digits + sizeof(digits);

	do
		*--at = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	str_addn(b, at, (size_t)(digits + sizeof(digits) - at));
}

void
str_addf(struct str *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int len = vsnprintf(NULL, 0, fmt, ap);
	if (len < 0)
		arena_out_of_memory();
	str_reserve(b, (size_t)len);
	vsnprintf(b->s + b->len, (size_t)len + 1, fmt, again);
	b->len += (size_t)len;
	va_end(again);
	va_end(ap);
}

const char *
str_text(const struct str *b)
{
	return b->s == NULL ? "" : b->s;
}

static void
add_escaped_byte(struct str *b, unsigned char c)
{
	static const struct {
		unsigned char c;
		const char *text;
	} shorts[] = {{'\n', "\\n"}, {'\t', "\\t"}, {'\\', "\\\\"}};
	for (size_t i = 0; i < ARRAY_LEN(shorts); i++)
		if (shorts[i].c == c) {
			str_add(b, shorts[i].text);
			return;
		}
	str_addf(b, "\\x%02X", c);
}

void
str_add_escaped(struct str *b, const char *s, size_t n)
{
	while (n > 0) {
		uint32_t c = 0;
		size_t len = utf8_decode(s, n, &c);
		bool plain = len > 0 && c != '\\' && !utf8_is_unsafe(c);
		if (len == 0)
			len = 1;
		if (plain)
			str_addn(b, s, len);
		else
			for (size_t i = 0; i < len; i++)
				add_escaped_byte(b, (unsigned char)s[i]);
		s += len;
		n -= len;
	}
}

void
str_add_size(struct str *b, uint64_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	size_t u = 0;
	uint64_t unit = 1, tenths = 0;
	while (u + 1 < ARRAY_LEN(units) && bytes / unit >= 1024) {
		unit *= 1024;
		u++;
	}
	tenths = bytes / unit * 10 + (bytes % unit * 10 + unit / 2) / unit;
	if (tenths >= 10240 && u + 1 < ARRAY_LEN(units)) {
		tenths = 10;
		u++;
	}
	if (tenths % 10 == 0)
		str_addf(b, "%llu %s", (unsigned long long)(tenths / 10), units[u]);
	else
		str_addf(b, "%llu.%llu %s", (unsigned long long)(tenths / 10), (unsigned long long)(tenths % 10),
			units[u]);
}

size_t
str_columns(const char *s)
{
	size_t columns = 0, n = strlen(s);
	while (n > 0) {
		uint32_t c = 0;
		size_t len = utf8_decode(s, n, &c);
		if (len == 0 || !utf8_is_combining(c))
			columns++;
		s += len == 0 ? 1 : len;
		n -= len == 0 ? 1 : len;
	}
	return columns;
}

bool
str_has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

enum { NEAR_LEN_MAX = 63, NEAR_DISTANCE_MAX = 2 };

static unsigned
min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;
	return m < c ? m : c;
}

/* Optimal string alignment: insert, delete, replace, swap of neighbours.  Both at most NEAR_LEN_MAX long. */
static unsigned
edit_distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned rows[3][NEAR_LEN_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2];
	for (size_t j = 0; j <= nb; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
		unsigned *spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[nb];
}

const char *
str_nearest(const char *s, const char *const *names, size_t n)
{
	const char *best = NULL;
	size_t len = strlen(s), limit = NEAR_DISTANCE_MAX + 1;
	if (len > NEAR_LEN_MAX)
		return NULL;
	if (limit > len)
		limit = len;
	for (size_t i = 0; i < n; i++) {
		size_t nlen = strlen(names[i]);
		if (nlen > NEAR_LEN_MAX)
			continue;
		unsigned d = edit_distance(s, len, names[i], nlen);
		if (d < limit) {
			limit = d;
			best = names[i];
		}
	}
	return best;
}

/* Digits of base up to the first other character; ret_end is that.  -1 without a digit or past max. */
static int
scan_digits(const char *s, unsigned base, uint64_t max, uint64_t *ret, const char **ret_end)
{
	uint64_t value = 0;
	const char *p = s;
	for (; *p >= '0' && *p < (char)('0' + base); p++) {
		if (__builtin_mul_overflow(value, base, &value) ||
			__builtin_add_overflow(value, (uint64_t)(*p - '0'), &value) || value > max)
			return -1;
	}
	if (p == s)
		return -1;
	*ret = value;
	*ret_end = p;
	return 0;
}

int
str_to_u64(const char *s, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;
	const char *end = NULL;
	if (scan_digits(s, 10, max, &value, &end) < 0 || *end != '\0')
		return -1;
	*ret = value;
	return 0;
}

int
str_to_mode(const char *s, uint32_t *ret)
{
	uint64_t value = 0;
	const char *end = NULL;
	if (scan_digits(s, 8, 07777, &value, &end) < 0 || *end != '\0')
		return -1;
	*ret = (uint32_t)value;
	return 0;
}

int
str_to_size(const char *s, uint64_t *ret)
{
	static const char suffixes[] = "KMGT";
	uint64_t value = 0;
	const char *end = NULL;
	if (scan_digits(s, 10, UINT64_MAX, &value, &end) < 0)
		return -1;
	if (*end != '\0') {
		const char upper = *end >= 'a' && *end <= 'z' ? (char)(*end - 'a' + 'A') : *end;
		const char *found = strchr(suffixes, upper);
		if (found == NULL || end[1] != '\0')
			return -1;
		if (__builtin_mul_overflow(value, UINT64_C(1) << 10 * (found - suffixes + 1), &value))
			return -1;
	}
	*ret = value;
	return 0;
}

void
str_add_quoted(struct str *b, const char *s, const char *special)
{
	str_addc(b, '"');
	for (; *s != '\0'; s++) {
		if (strchr(special, *s) != NULL)
			str_addc(b, '\\');
		str_addc(b, *s);
	}
	str_addc(b, '"');
}
