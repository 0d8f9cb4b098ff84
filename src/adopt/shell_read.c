/*
 * Reading a file of a shell's assignments.
 */
#include "adopt/shell_read.h"

#include <string.h>

struct reader {
	struct arena *a;
	struct adopted *r;
	struct shell_settings s;
	const char *p, *end, *line; /* line: where the current one begins */
	struct srcloc at;
	unsigned odd; /* the line that was not understood; 0: none */
};

static const char name_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
/* What stands for itself outside of quotes, beside bytes of UTF-8. */
static const char plain_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789%+,-./:=@^";
enum { SETTINGS_MAX = 4096 };

static bool
is_in(const char *set, char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static int
bad(struct reader *f, const char *subject, const char *why, struct err *e)
{
	f->at.col = (unsigned)(f->p - f->line) + 1;
	err_set(e, ERR_CONFIG, "settings", subject, "%s", why);
	return err_at(e, &f->at);
}

static void
skip_blanks(struct reader *f)
{
	while (f->p < f->end && (*f->p == ' ' || *f->p == '\t'))
		f->p++;
}

/* At the end of the line, or at a comment. */
static bool
is_done(const struct reader *f)
{
	return f->p == f->end || *f->p == '\n' || *f->p == '#';
}

static bool
is_plain(char c)
{
	return (unsigned char)c >= 0x80 || is_in(plain_chars, c);
}

/* After the opening quote, up to and with the closing one; *ret_known is cleared for what a shell would work out. */
static int
read_quoted(struct reader *f, char quote, struct str *value, bool *ret_known, struct err *e)
{
	struct srcloc at = f->at;

	at.col = (unsigned)(f->p - f->line);
	while (f->p < f->end && *f->p != quote) {
		char c = *f->p++;

		if (quote == '"' && c == '\\' && f->p < f->end && is_in("\"\\$`\n", *f->p))
			c = *f->p++;
		else if (quote == '"' && (c == '$' || c == '`'))
			*ret_known = false;
		if (c == '\n') {
			*ret_known = false;
			f->at.line++;
			f->line = f->p;
		}
		str_addc(value, c);
	}
	if (f->p == f->end) {
		err_set(e, ERR_CONFIG, "settings", NULL, "a quote is not closed");
		return err_at(e, &at);
	}
	f->p++;
	return 0;
}

/* 1: a word; 0: something else that only a shell understands. */
static int
read_value(struct reader *f, struct str *value, bool *ret_known, struct err *e)
{
	while (!is_done(f) && *f->p != ' ' && *f->p != '\t') {
		char c = *f->p;

		if (c == '"' || c == '\'') {
			f->p++;
			if (read_quoted(f, c, value, ret_known, e) == -1)
				return -1;
			continue;
		}
		if (!is_plain(c))
			return 0;
		str_addc(value, c);
		f->p++;
	}
	skip_blanks(f);
	return is_done(f);
}

static int
add(struct reader *f, const struct srcloc *at, const char *name, const char *value, struct err *e)
{
	for (size_t i = 0; i < f->s.n; i++)
		if (strcmp(f->s.v[i].name, name) == 0) {
			err_set(e, ERR_CONFIG, "settings", name, "is set twice; line %u does it, too",
				f->s.v[i].at.line);
			return err_at(e, at);
		}
	if (f->s.n == SETTINGS_MAX)
		return bad(f, name, "is one setting too many", e);
	f->s.v = arena_grow(f->a, f->s.v, f->s.n, sizeof(*f->s.v));
	f->s.v[f->s.n++] = (struct shell_setting){*at, name, value};
	return 0;
}

/* 1: an assignment, which is added; 0: something else. */
static int
read_assignment(struct reader *f, const struct srcloc *at, struct err *e)
{
	static const char export[] = "export";
	size_t len = sizeof(export) - 1;
	const char *name;
	str_auto value = {0};
	bool known = true;
	int r;

	if ((size_t)(f->end - f->p) > len && memcmp(f->p, export, len) == 0 && is_in(" \t", f->p[len])) {
		f->p += len;
		skip_blanks(f);
	}
	for (len = 0; f->p + len < f->end && is_in(name_chars, f->p[len]);)
		len++;
	if (len == 0 || is_in("0123456789", *f->p) || f->p + len == f->end || f->p[len] != '=')
		return 0;
	name = arena_strndup(f->a, f->p, len);
	f->p += len + 1;
	r = read_value(f, &value, &known, e);
	if (r != 1)
		return r;
	if (f->odd != 0)
		adopt_fault(f->a, f->r, at, name, "line %u, which is not understood, may decide about it", f->odd);
	else if (!known)
		adopt_fault(f->a, f->r, at, name, "only a shell can tell its value");
	return add(f, at, name, known && f->odd == 0 ? arena_strdup(f->a, str_text(&value)) : NULL, e) == -1 ? -1 : 1;
}

/* To the end of the line. */
static void
skip_line(struct reader *f)
{
	while (f->p < f->end && *f->p != '\n')
		f->p++;
}

static int
read_line(struct reader *f, struct err *e)
{
	struct srcloc at;
	const char *start;
	int r;

	skip_blanks(f);
	start = f->p;
	f->at.col = (unsigned)(f->p - f->line) + 1;
	at = f->at;
	r = is_done(f) ? 1 : read_assignment(f, &at, e);
	if (r == -1)
		return -1;
	skip_line(f);
	if (r == 0) {
		size_t len = (size_t)(f->p - start);

		adopt_fault(f->a, f->r, &at, arena_strndup(f->a, start, len), "it is no assignment of plain words");
		f->odd = f->odd != 0 ? f->odd : at.line;
	}
	return 0;
}

static int
check_bytes(struct reader *f, struct err *e)
{
	for (; f->p < f->end; f->p++) {
		unsigned char c = (unsigned char)*f->p;

		if (c == '\n') {
			f->at.line++;
			f->line = f->p + 1;
		} else if (c == '\r')
			return bad(f, NULL, "has a carriage return; lines end with a newline only", e);
		else if ((c < ' ' && c != '\t') || c == 0x7f)
			return bad(f, NULL, "has a control character in it", e);
	}
	return 0;
}

int
shell_read(const struct adopt_text *t, struct arena *a, struct adopted *r, struct shell_settings *ret, struct err *e)
{
	struct reader f = {.a = a, .r = r, .at = {.file = t->file, .line = 1}, .end = t->text + t->len};

	f.p = f.line = t->text;
	if (check_bytes(&f, e) == -1)
		return -1;
	f.p = f.line = t->text;
	f.at.line = 1;
	while (f.p < f.end) {
		if (read_line(&f, e) == -1)
			return -1;
		if (f.p < f.end) {
			f.p++;
			f.at.line++;
			f.line = f.p;
		}
	}
	*ret = f.s;
	return 0;
}
