/*
 * Owns the text of JSON (RFC 8259): commas, escapes, validity.
 */
#include "base/json.h"

#include <string.h>

#include "base/utc.h"
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

void
json_time(struct json *j, const char *key, int64_t unix_seconds)
{
	char text[UTC_SIZE];
	utc_print(unix_seconds, text);
	json_string(j, key, unix_seconds == 0 ? NULL : text);
}

void
json_done(struct json *j)
{
	str_done(&j->out);
	*j = (struct json){0};
}
