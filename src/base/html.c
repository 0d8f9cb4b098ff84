/*
 * Owns what a text of others may be in a page: text.
 */
#include "base/html.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static const char *
reference_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
html_add(struct str *out, const char *s)
{
	str_auto clean = {0};

	if (s == NULL)
		return;
	str_add_escaped(&clean, s, strlen(s));
	for (size_t i = 0; i < clean.len; i++) {
		const char *reference = reference_of(clean.s[i]);

		if (reference != NULL)
			str_add(out, reference);
		else
			str_addc(out, clean.s[i]);
	}
}

void
html_addf(struct str *out, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		arena_out_of_memory();
	html_add(out, text);
	free(text);
}
