/*
 * A string that grows, and the escaping of text that we did not write.
 */
#ifndef WARDER_BASE_STR_H
#define WARDER_BASE_STR_H

#include <stddef.h>

#include "base/err.h"

/* Zeroed is empty and ready; s is NULL or NUL-terminated at s[len]. */
struct str {
	char *s;
	size_t len, cap;
};
#define str_auto __attribute__((cleanup(str_done))) struct str

void str_done(struct str *b);
void str_add(struct str *b, const char *s);
void str_addn(struct str *b, const char *s, size_t n);
void str_addc(struct str *b, char c);
/* In decimal digits; where many are written, str_addf costs too much. */
void str_addu(struct str *b, uint64_t n);
void str_addf(struct str *b, const char *fmt, ...) printf_like(2, 3);
/* The text, "" when empty; valid until the next change. */
const char *str_text(const struct str *b);

/*
 * Appends n bytes so that they are safe on a terminal and in a log: C0 and C1 controls, DEL, backslash and bytes that
 * are not UTF-8 as \n, \t, \\ or \xHH; also U+2028, U+2029 and the bidirectional controls.  Printable UTF-8 stays.
 */
void str_add_escaped(struct str *b, const char *s, size_t n);
/* Appends s between double quotes, with a backslash before each of the characters of special. */
void str_add_quoted(struct str *b, const char *s, const char *special);
/* Bytes for people: "0 B", "512 KiB", "1.5 GiB". */
void str_add_size(struct str *b, uint64_t bytes);

/* Length in columns of a UTF-8 text for tables (no locale: every code point counts one, combining marks none). */
size_t str_columns(const char *s);
bool str_has_prefix(const char *s, const char *prefix);
/* The row of names nearest to s by edit distance (Damerau), if the distance is at most 2 and less than strlen(s);
 * else NULL. */
const char *str_nearest(const char *s, const char *const *names, size_t n);

/* Strict numbers: decimal digits only, no sign, no space, no leading '+', no overflow past max.  -1 if not. */
int str_to_u64(const char *s, uint64_t max, uint64_t *ret) must_check;
/* As above in base 8 (file modes). */
int str_to_mode(const char *s, uint32_t *ret) must_check;
/* A size with an optional suffix K, M, G, T (powers of 1024, either case).  -1 if malformed or too large. */
int str_to_size(const char *s, uint64_t *ret) must_check;

#endif
