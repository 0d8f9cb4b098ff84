/*
 * Owns the text of JSON (RFC 8259): commas, escapes, validity.
 */
#include "base/json.h"

#include <string.h>

#include "base/utf8.h"

#define ARRAY_LEN(v) (sizeof(v) / sizeof((v)[0]))

static void
add_unicode_escape(struct str *b, uint32_t c)
{
	static const struct {
		uint32_t c;
		const char *text;
	} shorts[] = {{'"', "\\\""}, {'\\', "\\\\"}, {'\n', "\\n"}, {'\t', "\\t"}, {'\r', "\\r"}};
	for (size_t i = 0; i < ARRAY_LEN(shorts); i++)
		if (shorts[i].c == c) {
			str_add(b, shorts[i].text);
			return;
		}
	str_addf(b, "\\u%04x", (unsigned)c);
}

static void
add_quoted(struct str *b, const char *s)
{
	size_t n = strlen(s);
	str_addc(b, '"');
	while (n > 0) {
		uint32_t c = 0;
		size_t len = utf8_decode(s, n, &c);
		if (len == 0)
			str_add(b, "\xef\xbf\xbd");
		else if (c == '"' || c == '\\' || utf8_is_unsafe(c))
			add_unicode_escape(b, c);
		else
			str_addn(b, s, len);
		s += len == 0 ? 1 : len;
		n -= len == 0 ? 1 : len;
	}
	str_addc(b, '"');
}

static void
begin_value(struct json *j, const char *key)
{
	if (j->comma)
		str_addc(&j->out, ',');
	if (key != NULL) {
		add_quoted(&j->out, key);
		str_addc(&j->out, ':');
	}
	j->comma = true;
}

static void
open_nest(struct json *j, const char *key, char c)
{
	begin_value(j, key);
	str_addc(&j->out, c);
	j->comma = false;
	j->depth++;
}

static void
close_nest(struct json *j, char c)
{
	str_addc(&j->out, c);
	j->comma = true;
	j->depth--;
}

void
json_object(struct json *j, const char *key)
{
	open_nest(j, key, '{');
}

void
json_object_end(struct json *j)
{
	close_nest(j, '}');
}

void
json_array(struct json *j, const char *key)
{
	open_nest(j, key, '[');
}

void
json_array_end(struct json *j)
{
	close_nest(j, ']');
}

void
json_string(struct json *j, const char *key, const char *s)
{
	begin_value(j, key);
	if (s == NULL)
		str_add(&j->out, "null");
	else
		add_quoted(&j->out, s);
}

void
json_uint(struct json *j, const char *key, uint64_t n)
{
	begin_value(j, key);
	str_addf(&j->out, "%llu", (unsigned long long)n);
}

void
json_int(struct json *j, const char *key, int64_t n)
{
	begin_value(j, key);
	str_addf(&j->out, "%lld", (long long)n);
}

void
json_bool(struct json *j, const char *key, bool b)
{
	begin_value(j, key);
	str_add(&j->out, b ? "true" : "false");
}

void
json_null(struct json *j, const char *key)
{
	json_string(j, key, NULL);
}

void
json_strings(struct json *j, const char *key, const struct strv *l)
{
	json_array(j, key);
	for (size_t i = 0; i < l->n; i++)
		json_string(j, NULL, l->v[i]);
	json_array_end(j);
}

struct date {
	int64_t year;
	unsigned month, day;
};

/* The proleptic Gregorian date of a day counted from 1970-01-01.  gmtime_r(3) would read the host's time zone file.
 * Years begin in March here, so that a leap day is a year's last. */
static struct date
date_of_day(int64_t day)
{
	enum { DAYS_TO_1970 = 719468, DAYS_OF_ERA = 146097 };
	day += DAYS_TO_1970;
	int64_t era = (day >= 0 ? day : day - (DAYS_OF_ERA - 1)) / DAYS_OF_ERA;
	unsigned in_era = (unsigned)(day - era * DAYS_OF_ERA);
	unsigned year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	unsigned in_year = in_era - (365 * year + year / 4 - year / 100);
	unsigned month = (5 * in_year + 2) / 153;
	return (struct date){
		.year = era * 400 + year + (month >= 10),
		.month = month < 10 ? month + 3 : month - 9,
		.day = in_year - (153 * month + 2) / 5 + 1,
	};
}

void
json_time(struct json *j, const char *key, int64_t unix_seconds)
{
	enum { SECONDS_OF_DAY = 86400 };
	int64_t day = unix_seconds / SECONDS_OF_DAY, rest = unix_seconds % SECONDS_OF_DAY;
	if (unix_seconds == 0) {
		json_null(j, key);
		return;
	}
	if (rest < 0) {
		rest += SECONDS_OF_DAY;
		day--;
	}
	struct date d = date_of_day(day);
	begin_value(j, key);
	str_addf(&j->out, "\"%04lld-%02u-%02uT%02u:%02u:%02uZ\"", (long long)d.year, d.month, d.day,
		(unsigned)(rest / 3600), (unsigned)(rest / 60 % 60), (unsigned)(rest % 60));
}

void
json_done(struct json *j)
{
	str_done(&j->out);
	*j = (struct json){0};
}
