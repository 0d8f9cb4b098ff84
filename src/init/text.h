/*
 * A short text in a buffer of its owner: what little formatting pid 1 needs, without stdio.
 */
#ifndef WARDER_INIT_TEXT_H
#define WARDER_INIT_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
	char *s;
	size_t len, cap; /* s[len] is NUL; what does not fit is cut */
};
#define text_on(buf) ((struct text){(buf), 0, sizeof(buf)})

void text_add(struct text *t, const char *s);
/* The same with a '?' for each byte that steers a terminal: C0, DEL, C1 in UTF-8. */
void text_add_plain(struct text *t, const char *s);
void text_add_number(struct text *t, uint64_t n);
/* With leading zeros to this many digits. */
void text_add_digits(struct text *t, uint64_t n, unsigned digits);
/* ISO 8601 UTC with milliseconds: "2026-11-23T23:31:00.123Z".  Years 1970 to 9999. */
void text_add_time(struct text *t, int64_t seconds, unsigned milliseconds);

#endif
