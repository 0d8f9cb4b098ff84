/*
 * Owns the formatting of log lines, the status page and messages, so that stdio is never linked in.
 */
#include <string.h>

#include "init/text.h"

void
text_add(struct text *t, const char *s)
{
	size_t room = t->cap - 1 - t->len, n = strnlen(s, room);

	memcpy(t->s + t->len, s, n);
	t->len += n;
	t->s[t->len] = 0;
}

void
text_add_plain(struct text *t, const char *s)
{
	size_t at = t->len;

	text_add(t, s);
	for (; at < t->len; at++) {
		unsigned char c = (unsigned char)t->s[at], next = (unsigned char)t->s[at + 1];

		if (c == 0xc2 && next >= 0x80 && next < 0xa0)
			t->s[at] = t->s[at + 1] = '?';
		else if (c < ' ' || c == 0x7f)
			t->s[at] = '?';
	}
}

void
text_add_digits(struct text *t, uint64_t n, unsigned digits)
{
	char buf[24];
	char *p = buf + sizeof(buf) - 1;

	*p = 0;
	for (unsigned i = 0; (i < digits || n) && p > buf; i++, n /= 10)
		*--p = (char)('0' + n % 10);
	text_add(t, p);
}

void
text_add_number(struct text *t, uint64_t n)
{
	text_add_digits(t, n, 1);
}

/* The civil date of a day since 1970-01-01, in years that begin in March so that the leap day comes last. */
static void
date_of_day(int64_t day, unsigned *year, unsigned *month, unsigned *mday)
{
	int64_t since = day + 719468; /* days since 0000-03-01 */
	int64_t era = since / 146097;
	int64_t doe = since - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*mday = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
	*month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
	*year = (unsigned)(yoe + era * 400 + (*month <= 2));
}

void
text_add_time(struct text *t, int64_t seconds, unsigned milliseconds)
{
	unsigned year, month, mday, second = (unsigned)(seconds % 86400);
	const struct {
		unsigned n, digits;
		const char *after;
	} parts[] = {
		{0, 4, "-"},
		{0, 2, "-"},
		{0, 2, "T"},
		{second / 3600, 2, ":"},
		{second / 60 % 60, 2, ":"},
		{second % 60, 2, "."},
		{milliseconds, 3, "Z"},
	};

	date_of_day(seconds / 86400, &year, &month, &mday);
	const unsigned date[] = {year, month, mday};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		text_add_digits(t, i < 3 ? date[i] : parts[i].n, parts[i].digits);
		text_add(t, parts[i].after);
	}
}
