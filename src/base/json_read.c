/*
 * Owns the reading of JSON: one function for each rule of the grammar, none of which looks behind the end.
 */
#include "base/json_read.h"

#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

struct reader {
	const char *at, *end;
	struct arena *a;
	const char *why;
	struct str text;
};

static int value(struct reader *r, unsigned depth, struct json_value *ret);

static int
fail(struct reader *r, const char *why)
{
	r->why = why;
	return -1;
}

static void
space(struct reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
		r->at++;
}

static bool
take(struct reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

/* ---- strings ---- */

static int
hex4(struct reader *r, uint32_t *ret)
{
	uint32_t n = 0;

	if (r->end - r->at < 4)
		return fail(r, "a string does not end");
	for (int i = 0; i < 4; i++) {
		char c = *r->at++;
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c - 'A' + 10;
		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F'))
			return fail(r, "an escape is not as it must be");
		n = n << 4 | (uint32_t)digit;
	}
	*ret = n;
	return 0;
}

static void
put_code(struct str *out, uint32_t c)
{
	if (c < 0x80) {
		str_addc(out, (char)c);
		return;
	}
	if (c < 0x800)
		str_addc(out, (char)(0xc0 | c >> 6));
	else {
		if (c < 0x10000)
			str_addc(out, (char)(0xe0 | c >> 12));
		else {
			str_addc(out, (char)(0xf0 | c >> 18));
			str_addc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		str_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	str_addc(out, (char)(0x80 | (c & 0x3f)));
}

/* Behind "\u".  A half of a pair alone is no character. */
static int
code_escape(struct reader *r)
{
	uint32_t c, low;

	if (hex4(r, &c) < 0)
		return -1;
	if (c >= 0xd800 && c < 0xdc00) {
		if (!take(r, '\\') || !take(r, 'u'))
			return fail(r, "half a character");
		if (hex4(r, &low) < 0)
			return -1;
		if (low < 0xdc00 || low > 0xdfff)
			return fail(r, "half a character");
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	} else if (c >= 0xdc00 && c <= 0xdfff)
		return fail(r, "half a character");
	put_code(&r->text, c);
	return 0;
}

static int
escape(struct reader *r)
{
	static const char names[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (r->at == r->end)
		return fail(r, "a string does not end");
	if (take(r, 'u'))
		return code_escape(r);
	found = memchr(names, *r->at, sizeof(names) - 1);
	if (found == NULL)
		return fail(r, "an escape is not as it must be");
	str_addc(&r->text, means[found - names]);
	r->at++;
	return 0;
}

/* Behind the first quote. */
static int
string(struct reader *r, const char **ret, size_t *ret_len)
{
	r->text.len = 0;
	while (r->at < r->end && *r->at != '"') {
		uint32_t c;
		size_t n = utf8_decode(r->at, (size_t)(r->end - r->at), &c);
		if (n == 0)
			return fail(r, "a string is not UTF-8");
		if (c < 0x20)
			return fail(r, "a control character in a string");
		if (c == '\\') {
			r->at++;
			if (escape(r) < 0)
				return -1;
			continue;
		}
		str_addn(&r->text, r->at, n);
		r->at += n;
	}
	if (!take(r, '"'))
		return fail(r, "a string does not end");
	char *text = arena_alloc(r->a, r->text.len + 1);
	if (r->text.len > 0)
		memcpy(text, r->text.s, r->text.len);
	text[r->text.len] = '\0';
	*ret = text;
	*ret_len = r->text.len;
	return 0;
}

/* ---- numbers and words ---- */

static size_t
digits(struct reader *r)
{
	const char *from = r->at;

	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		r->at++;
	return (size_t)(r->at - from);
}

static int
number(struct reader *r, struct json_value *v)
{
	static const char why[] = "a number is not as it must be";
	bool minus = take(r, '-');
	const char *from = r->at;
	size_t n = digits(r);

	if (n == 0 || (n > 1 && *from == '0'))
		return fail(r, why);
	v->is_natural = !minus;
	for (size_t i = 0; i < n && v->is_natural; i++) {
		uint64_t digit = (uint64_t)(from[i] - '0');
		v->is_natural = v->number <= ((uint64_t)INT64_MAX - digit) / 10;
		v->number = v->is_natural ? v->number * 10 + digit : 0;
	}
	if (take(r, '.')) {
		v->is_natural = false;
		if (digits(r) == 0)
			return fail(r, why);
	}
	if (take(r, 'e') || take(r, 'E')) {
		v->is_natural = false;
		if (!take(r, '+'))
			(void)take(r, '-');
		if (digits(r) == 0)
			return fail(r, why);
	}
	v->type = JSON_NUMBER;
	return 0;
}

static int
word(struct reader *r, struct json_value *v)
{
	static const struct {
		const char *word;
		enum json_type type;
		bool truth;
	} words[] = {{"null", JSON_NULL, false}, {"true", JSON_BOOL, true}, {"false", JSON_BOOL, false}};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t len = strlen(words[i].word);
		if ((size_t)(r->end - r->at) < len || memcmp(r->at, words[i].word, len) != 0)
			continue;
		r->at += len;
		v->type = words[i].type;
		v->truth = words[i].truth;
		return 0;
	}
	return fail(r, "not a value");
}

/* ---- what holds others ---- */

static int
member_name(struct reader *r, struct json_value *v)
{
	if (!take(r, '"'))
		return fail(r, "a name is missing");
	if (string(r, &v->key, &v->key_len) < 0)
		return -1;
	space(r);
	return take(r, ':') ? 0 : fail(r, "a ':' is missing");
}

/* Behind the bracket. */
static int
nest(struct reader *r, unsigned depth, struct json_value *v)
{
	char close = v->type == JSON_OBJECT ? '}' : ']';
	struct json_value **last = &v->first;

	if (depth == 0)
		return fail(r, "nested too deep");
	space(r);
	if (take(r, close))
		return 0;
	for (;;) {
		struct json_value *child = arena_alloc(r->a, sizeof(*child));
		*child = (struct json_value){0};
		space(r);
		if ((v->type == JSON_OBJECT && member_name(r, child) < 0) || value(r, depth - 1, child) < 0)
			return -1;
		*last = child;
		last = &child->next;
		v->len++;
		space(r);
		if (take(r, close))
			return 0;
		if (!take(r, ','))
			return fail(r, "a ',' or the end is missing");
	}
}

static int
value(struct reader *r, unsigned depth, struct json_value *ret)
{
	int done;

	space(r);
	ret->raw = r->at;
	if (r->at == r->end)
		return fail(r, "it ends too early");
	if (take(r, '{')) {
		ret->type = JSON_OBJECT;
		done = nest(r, depth, ret);
	} else if (take(r, '[')) {
		ret->type = JSON_ARRAY;
		done = nest(r, depth, ret);
	} else if (take(r, '"')) {
		ret->type = JSON_STRING;
		done = string(r, &ret->text, &ret->len);
	} else if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9'))
		done = number(r, ret);
	else
		done = word(r, ret);
	ret->raw_len = (size_t)(r->at - ret->raw);
	return done;
}

const struct json_value *
json_read(const char *text, size_t len, unsigned depth, struct arena *a, const char **ret_why)
{
	struct reader r = {.at = text, .end = text + len, .a = a};
	struct json_value *v = arena_alloc(a, sizeof(*v));

	*v = (struct json_value){0};
	int done = value(&r, depth, v);
	space(&r);
	if (done == 0 && r.at != r.end)
		done = fail(&r, "something follows it");
	str_done(&r.text);
	*ret_why = r.why;
	return done == 0 ? v : NULL;
}

const struct json_value *
json_member(const struct json_value *o, const char *key)
{
	const struct json_value *found = NULL;
	size_t len = strlen(key);

	if (o == NULL || o->type != JSON_OBJECT)
		return NULL;
	for (const struct json_value *v = o->first; v != NULL; v = v->next)
		if (v->key_len == len && memcmp(v->key, key, len) == 0)
			found = v;
	return found;
}

const char *
json_text(const struct json_value *v)
{
	return v != NULL && v->type == JSON_STRING && strlen(v->text) == v->len ? v->text : NULL;
}
