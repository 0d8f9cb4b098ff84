/*
 * Names as vis(3) writes them: \ooo, \s, \n, \^C, \M-c, \M^C, and a backslash before a sign that stands for itself.
 * Pure.
 */
#include <string.h>

#include "store/mtree.h"

static const struct {
	char letter, byte;
} letters[] = {{'a', '\a'}, {'b', '\b'}, {'f', '\f'}, {'n', '\n'}, {'r', '\r'}, {'s', ' '}, {'t', '\t'}, {'v', '\v'},
	{'E', 033}};

static bool
is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* One to three digits. */
static int
octal(const char **at)
{
	int n = 0;

	for (unsigned i = 0; i < 3 && is_octal(**at); i++)
		n = n << 3 | (*(*at)++ - '0');
	return n <= 0377 ? n : -1;
}

/* After "^": "^A" is 1, "^?" is DEL. */
static int
control(char c)
{
	return c == '?' ? 0177 : c >= '@' && c <= '_' ? c & 037 : -1;
}

/* After "\M": "-c" or "^C", with the highest bit set. */
static int
meta(const char **at)
{
	char form = (*at)[0], c = form != '\0' ? (*at)[1] : '\0';
	int byte = form == '^' ? control(c) : form == '-' && c > ' ' && c < 0177 ? c : -1;

	if (byte < 0)
		return -1;
	*at += 2;
	return byte | 0200;
}

static bool
is_sign(char c)
{
	return c > ' ' && c < 0177 && !strchr("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ^", c);
}

/* What is after the backslash: its byte; -1: it is none. */
static int
escape(const char **at)
{
	char c = **at;

	if (is_octal(c))
		return octal(at);
	if (c == '\0')
		return -1;
	++*at;
	if (c == 'M')
		return meta(at);
	if (c == '^')
		return **at != '\0' ? control(*(*at)++) : -1;
	for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++)
		if (letters[i].letter == c)
			return letters[i].byte;
	return is_sign(c) ? c : -1;
}

char *
mtree_name_parse(const char *text, struct arena *a)
{
	char *raw = arena_alloc(a, strlen(text) + 1), *to = raw;

	while (*text != '\0') {
		int byte = (unsigned char)*text++;
		if (byte == '#')
			return NULL; /* NetBSD's reader ends a line there, others do not */
		if (byte == '\\')
			byte = escape(&text);
		if (byte <= 0)
			return NULL;
		*to++ = (char)byte;
	}
	return raw;
}
