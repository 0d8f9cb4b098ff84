/*
 * Whether a block of bytes is a brief: pure, so that it can be fuzzed on any machine.
 */
#ifndef WARDER_INIT_CHECK_H
#define WARDER_INIT_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "init/brief.h"

/* More strings than this in one list are refused: the pointers to them have a fixed place. */
enum { BRIEF_MAX_STRINGS = 4096, BRIEF_MAX_GROUPS = 65536, BRIEF_MAX_RUNDIRS = 1024, BRIEF_MAX_RLIMITS = 64 };

/*
 * NULL if every offset, count and value in the block of size bytes is in order, else the name of the field that is not.
 * block is aligned to 8.  Afterwards the functions below may be used on it without further checks.
 */
const char *brief_fault(const void *block, size_t size);

static inline const char *
brief_string(const struct brief *b, uint32_t off)
{
	return (const char *)b + off;
}

/* Points v[0..n-1] at the list's strings and v[n] at nothing; v has room for n + 1. */
void brief_strings(const struct brief *b, struct brief_list l, const char **v);
/* The i-th string of a list. */
const char *brief_string_at(const struct brief *b, struct brief_list l, uint32_t i);

/* ---- shared by check*.c ---- */

/* A list of elements of one size at an aligned offset; n 0 needs no place. */
bool brief_has_array(size_t size, struct brief_list l, size_t element, size_t align, uint32_t max);
/* check_linux.c, check_freebsd.c: whether the filter of system calls is what that system has. */
bool brief_has_filter(const struct brief *b);

#endif
