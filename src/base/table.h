/*
 * Tables for people: columns aligned, names never cut, no trailing blanks, bold heading on a colour terminal only.
 */
#ifndef WARDER_BASE_TABLE_H
#define WARDER_BASE_TABLE_H

#include "base/arena.h"

struct table {
	struct arena *a;
	size_t ncols;
	const char *const *heads; /* ncols of them; a head that starts with '>' makes its column right-aligned */
	const char **cells;
	size_t ncells;
};

void table_init(struct table *t, struct arena *a, const char *const *heads, size_t ncols);
/* Adds one cell, row by row; the text is escaped when printed.  NULL or "" prints "-". */
void table_add(struct table *t, const char *text);
void table_addf(struct table *t, const char *fmt, ...) printf_like(2, 3);
void table_print(const struct table *t, FILE *out, bool color);

#endif
