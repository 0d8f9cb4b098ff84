/*
 * Owns what we know of Unicode: the form of UTF-8 and two tables of ranges.  The C library's functions need a locale,
 * which a static program has not and a jail must not choose.
 */
#include "base/utf8.h"

#define ARRAY_LEN(v) (sizeof(v) / sizeof((v)[0]))

struct range {
	uint32_t first, last;
};
static const struct range unsafe_ranges[] = {
	{0x00, 0x1f},
	{0x7f, 0x9f},
	{0x61c, 0x61c},
	{0x200e, 0x200f},
	{0x2028, 0x202e},
	{0x2066, 0x2069},
};
static const struct range combining_ranges[] = {
	{0x300, 0x36f},
	{0x483, 0x489},
	{0x591, 0x5bd},
	{0x610, 0x61a},
	{0x64b, 0x65f},
	{0x1ab0, 0x1aff},
	{0x1dc0, 0x1dff},
	{0x200b, 0x200d},
	{0x20d0, 0x20ff},
	{0xfe00, 0xfe0f},
	{0xfe20, 0xfe2f},
};

/* By length: the lead byte's mark and mask, and the smallest code point that needs that many bytes. */
static const struct {
	unsigned char mask, mark;
	uint32_t least;
} forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

static bool
in_ranges(const struct range *r, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= r[i].first && c <= r[i].last)
			return true;
	return false;
}

static size_t
form_of(unsigned char lead)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if ((lead & forms[i].mask) == forms[i].mark)
			return i + 1;
	return 0;
}

size_t
utf8_decode(const char *s, size_t n, uint32_t *ret)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t len = form_of(p[0]);
	if (len == 0 || len > n)
		return 0;
	uint32_t c = p[0] & (unsigned char)~forms[len - 1].mask;
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < forms[len - 1].least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret = c;
	return len;
}

bool
utf8_is_unsafe(uint32_t c)
{
	return in_ranges(unsafe_ranges, ARRAY_LEN(unsafe_ranges), c);
}

bool
utf8_is_combining(uint32_t c)
{
	return in_ranges(combining_ranges, ARRAY_LEN(combining_ranges), c);
}

size_t
utf8_cut(const char *s, size_t n)
{
	for (size_t back = 1; back <= 3 && back <= n; back++) {
		unsigned char b = (unsigned char)s[n - back];
		if ((b & 0xc0) != 0x80)
			return form_of(b) > back ? n - back : n;
	}
	return n;
}
