/*
 * sh(1)'s rules of quoting, without its expansions.
 */
#include "config/split.h"

#include <string.h>

#include "base/str.h"

static const char *
skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

/* From after the opening quote to after the closing one; NULL if there is none. */
static const char *
read_quoted(const char *p, char quote, struct str *word)
{
	for (; *p && *p != quote; p++) {
		if (quote == '"' && *p == '\\' && p[1] && strchr("\"\\$`", p[1]))
			p++;
		str_addc(word, *p);
	}
	return *p ? p + 1 : NULL;
}

/* One word from p; its end, or NULL. */
static const char *
read_word(const char *p, struct str *word)
{
	while (p && *p && !strchr(" \t", *p)) {
		if (*p == '\'' || *p == '"') {
			p = read_quoted(p + 1, *p, word);
		} else if (*p == '\\' && !p[1]) {
			p = NULL;
		} else {
			p += *p == '\\';
			str_addc(word, *p++);
		}
	}
	return p;
}

int
shell_split(const char *text, size_t max, struct arena *a, struct strv *ret)
{
	str_auto word = {0};
	struct strv list = {0};
	const char *p = skip_blanks(text);

	while (*p) {
		word.len = 0;
		p = read_word(p, &word);
		if (!p || list.n == max)
			return -1;
		strv_add(a, &list, arena_strndup(a, word.len ? word.s : "", word.len));
		p = skip_blanks(p);
	}
	*ret = list;
	return 0;
}

const char *
shell_quote(const char *word, struct arena *a)
{
	str_auto s = {0};

	if (*word && !strpbrk(word, " \t'\"\\"))
		return word;
	str_addc(&s, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			str_add(&s, "'\\''");
		else
			str_addc(&s, *word);
	}
	str_addc(&s, '\'');
	return arena_strdup(a, str_text(&s));
}

void
split_blanks(const char *text, struct arena *a, struct strv *ret)
{
	for (const char *p = skip_blanks(text); *p; p = skip_blanks(p)) {
		const size_t n = strcspn(p, " \t");

		strv_add(a, ret, arena_strndup(a, p, n));
		p += n;
	}
}
