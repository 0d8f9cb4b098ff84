/*
 * A file of a shell's assignments, as tools keep their settings in them.  It is read as data and never run, so only
 * what means the same without a shell is understood.  Pure.
 */
#ifndef WARDER_ADOPT_SHELL_READ_H
#define WARDER_ADOPT_SHELL_READ_H

#include "adopt/adopt.h"

struct shell_setting {
	struct srcloc at;
	const char *name;
	const char *value; /* without its quotes; NULL: only a shell could tell it, which is a fault already */
};
struct shell_settings {
	struct shell_setting *v; /* in the order written */
	size_t n;
};

/*
 * NAME=VALUE, with or without "export", one a line; VALUE is a word of plain characters and quoted parts.  $NAME,
 * $(...) and backquotes are faults, and so is any other line; after such a one nothing is understood any more, since it
 * may decide what follows.  ERR_CONFIG: a quote that is not closed, a NUL byte or another control character, a name
 * assigned twice.
 */
int shell_read(const struct adopt_text *f, struct arena *a, struct adopted *r, struct shell_settings *ret,
	struct err *e) must_check;

#endif
