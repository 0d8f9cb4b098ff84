/*
 * The lexer: bytes -> tokens.
 *
 * Follows jail.conf(5): three kinds of comment, tokens of plain characters, single quotes without and double quotes
 * with variables, C's backslash escapes everywhere in a string, and a '$' that no name follows stands for itself.
 * Places are counted as they are asked for, in characters, so that long lines cost nothing.
 */
#include "config/lex.h"

#include <ctype.h>
#include <string.h>

static const char plain_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_!%&()-.:<>?@[]^`|~";

static const struct {
	char c;
	enum token token;
} punctuation[] = {
	{';', TOKEN_SEMICOLON},
	{',', TOKEN_COMMA},
	{'=', TOKEN_EQUALS},
	{'{', TOKEN_OPEN},
	{'}', TOKEN_CLOSE},
};

static const struct {
	char c, stands_for;
} escapes[] = {
	{'a', '\a'},
	{'b', '\b'},
	{'f', '\f'},
	{'n', '\n'},
	{'r', '\r'},
	{'t', '\t'},
	{'v', '\v'},
};

static const char *const token_names[] = {
	[TOKEN_END] = "end of file",
	[TOKEN_WORD] = "a word",
	[TOKEN_SEMICOLON] = "';'",
	[TOKEN_COMMA] = "','",
	[TOKEN_EQUALS] = "'='",
	[TOKEN_APPEND] = "'+='",
	[TOKEN_OPEN] = "'{'",
	[TOKEN_CLOSE] = "'}'",
};

const char *
token_name(enum token t)
{
	return token_names[t];
}

void
lex_init(struct lexer *l, struct arena *a, const char *file, const char *text, size_t len)
{
	*l = (struct lexer){.a = a, .file = file, .p = text, .end = text + len, .mark = text, .line = 1, .col = 1};
}

void
lex_done(struct lexer *l)
{
	str_done(&l->text);
}

static struct srcloc
here(struct lexer *l)
{
	for (; l->mark < l->p; l->mark++) {
		if (*l->mark == '\n') {
			l->line++;
			l->col = 1;
		} else if ((*l->mark & 0xc0) != 0x80) {
			l->col++;
		}
	}
	return (struct srcloc){l->file, l->line, l->col};
}

/* The character n further on, or NUL past the end. */
static char
peek(const struct lexer *l, size_t n)
{
	return (size_t)(l->end - l->p) > n ? l->p[n] : '\0';
}

static bool
at_comment(const struct lexer *l)
{
	return *l->p == '#' || (*l->p == '/' && (peek(l, 1) == '/' || peek(l, 1) == '*'));
}

static void
skip_line(struct lexer *l)
{
	const char *newline = memchr(l->p, '\n', (size_t)(l->end - l->p));

	l->p = newline ? newline : l->end;
}

static int
skip_comment(struct lexer *l, struct err *e)
{
	const struct srcloc at = here(l);
	const char *close;

	if (*l->p == '#' || l->p[1] == '/') {
		skip_line(l);
		return 0;
	}
	close = memmem(l->p + 2, (size_t)(l->end - l->p) - 2, "*/", 2);
	if (!close)
		return fail_at(e, &at, "syntax", "/*", "comment without its end");
	l->p = close + 2;
	return 0;
}

static int
skip_blanks(struct lexer *l, struct err *e)
{
	while (l->p < l->end) {
		if (*l->p == ' ' || *l->p == '\t' || *l->p == '\n')
			l->p++;
		else if (!at_comment(l))
			return 0;
		else if (skip_comment(l, e) < 0)
			return -1;
	}
	return 0;
}

static struct piece *
add_piece(struct lexer *l, const char *text, size_t len)
{
	struct word *w = &l->word;

	w->v = arena_grow(l->a, w->v, w->n, sizeof(*w->v));
	w->v[w->n] = (struct piece){.text = arena_strndup(l->a, text, len), .len = len};
	return &w->v[w->n++];
}

static void
end_literal(struct lexer *l)
{
	if (l->text.len)
		add_piece(l, l->text.s, l->text.len);
	l->text.len = 0;
}

/* Up to max digits of the base at p: *ret_value is what they say, the return value their number. */
static unsigned
read_digits(const struct lexer *l, size_t from, unsigned base, unsigned max, unsigned *ret_value)
{
	static const char digits[] = "0123456789abcdef";
	unsigned n = 0;

	*ret_value = 0;
	for (; n < max; n++) {
		const char c = (char)tolower((unsigned char)peek(l, from + n));
		const char *digit = c ? memchr(digits, c, base) : NULL;

		if (!digit)
			break;
		*ret_value = *ret_value * base + (unsigned)(digit - digits);
	}
	return n;
}

static char
simple_escape(char c)
{
	for (size_t i = 0; i < sizeof(escapes) / sizeof(*escapes); i++)
		if (escapes[i].c == c)
			return escapes[i].stands_for;
	return c;
}

static int
read_escape(struct lexer *l, struct err *e)
{
	const struct srcloc at = here(l);
	const char c = peek(l, 1);
	unsigned value, n;

	if (l->end - l->p < 2)
		return fail_at(e, &at, "syntax", "\\", "nothing follows the backslash");
	n = read_digits(l, 1, 8, 3, &value);
	if (n == 0 && c == 'x' && (n = read_digits(l, 2, 16, 2, &value)))
		n++;
	l->p += n ? n + 1 : 2;
	if (n == 0 && c == '\n')
		return 0;
	if (n == 0)
		value = (unsigned char)simple_escape(c);
	if (value == 0 || value > 255)
		return fail_at(e, &at, "syntax", "\\", "escape that stands for no character");
	str_addc(&l->text, (char)value);
	return 0;
}

static bool
is_name_char(char c, bool first)
{
	return isalpha((unsigned char)c) || c == '_' || (!first && isdigit((unsigned char)c));
}

static int
read_braced(struct lexer *l, struct err *e)
{
	const struct srcloc at = here(l);
	size_t n = 2;

	while (is_name_char(peek(l, n), n == 2) || (n > 2 && (peek(l, n) == '.' || peek(l, n) == '-')))
		n++;
	if (peek(l, n) != '}' || n == 2) {
		fail_at(e, &at, "syntax", "${", "variable without a name or without its '}'");
		return err_hint(e, "write ${name}, or put the text between single quotes");
	}
	end_literal(l);
	*add_piece(l, l->p + 2, n - 2) =
		(struct piece){.text = l->word.v[l->word.n - 1].text, .len = n - 2, .is_var = true, .braced = true};
	l->p += n + 1;
	return 0;
}

static int
read_dollar(struct lexer *l, struct err *e)
{
	size_t n = 1;

	if (peek(l, 1) == '{')
		return read_braced(l, e);
	while (is_name_char(peek(l, n), n == 1))
		n++;
	if (n == 1) {
		str_addc(&l->text, '$');
	} else {
		end_literal(l);
		add_piece(l, l->p + 1, n - 1)->is_var = true;
	}
	l->p += n;
	return 0;
}

static int
read_quoted(struct lexer *l, struct err *e)
{
	const struct srcloc at = here(l);
	const char quote = *l->p++;

	l->word.quoted = true;
	while (l->p < l->end && *l->p != quote) {
		int r = 0;

		if (*l->p == '\\') {
			r = read_escape(l, e);
		} else if (*l->p == '$' && quote == '"') {
			r = read_dollar(l, e);
		} else if (*l->p == '\0') {
			const struct srcloc nul = here(l);

			r = fail_at(e, &nul, "syntax", NULL, "NUL byte");
		} else {
			str_addc(&l->text, *l->p++);
		}
		if (r < 0)
			return -1;
	}
	if (l->p == l->end)
		return fail_at(e, &at, "syntax", (char[]){quote, '\0'}, "string without its closing quote");
	l->p++;
	return 0;
}

/* One part of a word.  *ret_more is false at a character that cannot be in one. */
static int
read_part(struct lexer *l, bool *ret_more, struct err *e)
{
	const char c = *l->p;

	*ret_more = true;
	if (c == '\'' || c == '"')
		return read_quoted(l, e);
	if (c == '\\')
		return read_escape(l, e);
	if (c == '$')
		return read_dollar(l, e);
	if (c == '\0' || at_comment(l) || (c == '+' && peek(l, 1) == '=') ||
		!(strchr(plain_chars, c) || strchr("*+/", c))) {
		*ret_more = false;
		return 0;
	}
	str_addc(&l->text, c);
	l->p++;
	return 0;
}

static int
fail_character(struct lexer *l, struct err *e)
{
	fail_at(e, &l->at, "syntax", (char[]){*l->p, '\0'}, "unexpected character");
	if (*l->p == '\r')
		return err_hint(e, "the file has DOS line ends");
	return err_hint(e, "put quotes around the value");
}

static int
read_word(struct lexer *l, struct err *e)
{
	const char *start = l->p;
	bool more = true;

	l->word = (struct word){.at = l->at};
	l->text.len = 0;
	while (l->p < l->end) {
		if (read_part(l, &more, e) < 0)
			return -1;
		if (!more)
			break;
	}
	if (l->p == start)
		return fail_character(l, e);
	end_literal(l);
	l->token = TOKEN_WORD;
	return 0;
}

int
lex_next(struct lexer *l, struct err *e)
{
	if (skip_blanks(l, e) < 0)
		return -1;
	l->at = here(l);
	l->token = TOKEN_END;
	if (l->p == l->end)
		return 0;
	for (size_t i = 0; i < sizeof(punctuation) / sizeof(*punctuation); i++) {
		if (punctuation[i].c == *l->p) {
			l->token = punctuation[i].token;
			l->p++;
			return 0;
		}
	}
	if (*l->p == '+' && peek(l, 1) == '=') {
		l->token = TOKEN_APPEND;
		l->p += 2;
		return 0;
	}
	return read_word(l, e);
}
