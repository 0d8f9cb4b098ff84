/*
 * Owns the layout of tables for people.  Cells are escaped when they are added to a line, and are measured escaped.
 */
#include "base/table.h"

#include <stdarg.h>
#include <string.h>

#include "base/str.h"

enum { GAP = 2 };

void
table_init(struct table *t, struct arena *a, const char *const *heads, size_t ncols)
{
	*t = (struct table){.a = a, .heads = heads, .ncols = ncols};
}

static void
add_cell(struct table *t, const char *text)
{
	t->cells = arena_grow(t->a, t->cells, t->ncells, sizeof(*t->cells));
	t->cells[t->ncells++] = text;
}

void
table_add(struct table *t, const char *text)
{
	str_auto b = {0};
	if (text == NULL || *text == '\0')
		text = "-";
	str_add_escaped(&b, text, strlen(text));
	add_cell(t, arena_strdup(t->a, str_text(&b)));
}

void
table_addf(struct table *t, const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;
	va_start(ap, fmt);
	int len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		arena_out_of_memory();
	text = arena_alloc(t->a, (size_t)len + 1);
	va_start(ap, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, ap);
	va_end(ap);
	table_add(t, text);
}

static bool
is_right(const struct table *t, size_t col)
{
	return t->heads[col][0] == '>';
}

static const char *
head_text(const struct table *t, size_t col)
{
	return t->heads[col] + is_right(t, col);
}

static size_t
column_width(const struct table *t, size_t col)
{
	size_t width = str_columns(head_text(t, col));
	for (size_t i = col; i < t->ncells; i += t->ncols) {
		size_t w = str_columns(t->cells[i]);
		width = w > width ? w : width;
	}
	return width;
}

static void
add_blanks(struct str *line, size_t n)
{
	while (n-- > 0)
		str_addc(line, ' ');
}

static void
add_aligned(struct str *line, const char *text, size_t width, bool right, bool last)
{
	size_t pad = width - str_columns(text);
	if (right)
		add_blanks(line, pad);
	str_add(line, text);
	if (!last)
		add_blanks(line, GAP + (right ? 0 : pad));
}

static void
print_heads(const struct table *t, const size_t *widths, FILE *out, bool color)
{
	str_auto line = {0};
	for (size_t col = 0; col < t->ncols; col++)
		add_aligned(&line, head_text(t, col), widths[col], is_right(t, col), col + 1 == t->ncols);
	fprintf(out, "%s%s%s\n", color ? "\033[1m" : "", str_text(&line), color ? "\033[0m" : "");
}

void
table_print(const struct table *t, FILE *out, bool color)
{
	size_t *widths = arena_array(t->a, t->ncols, sizeof(*widths));
	for (size_t col = 0; col < t->ncols; col++)
		widths[col] = column_width(t, col);
	print_heads(t, widths, out, color);
	for (size_t i = 0; i < t->ncells; i += t->ncols) {
		str_auto line = {0};
		for (size_t col = 0; col < t->ncols && i + col < t->ncells; col++)
			add_aligned(&line, t->cells[i + col], widths[col], is_right(t, col),
				col + 1 == t->ncols || i + col + 1 == t->ncells);
		fprintf(out, "%s\n", str_text(&line));
	}
}
