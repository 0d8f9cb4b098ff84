/*
 * UTF-8, one code point at a time, without a locale.
 */
#ifndef WARDER_BASE_UTF8_H
#define WARDER_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length (1 to 4) of the code point at s, which has n >= 1 bytes; 0 if it is malformed, overlong, a surrogate or
 * over U+10FFFF (RFC 3629). */
size_t utf8_decode(const char *s, size_t n, uint32_t *ret);
/* True for what must not reach a terminal or a log as it is: C0 and C1 controls, DEL, line and paragraph separator and
 * the bidirectional controls. */
bool utf8_is_unsafe(uint32_t c);
/* True for marks that are drawn over the code point before. */
bool utf8_is_combining(uint32_t c);
/* The longest length <= n that does not cut a code point of s in two. */
size_t utf8_cut(const char *s, size_t n);

#endif
