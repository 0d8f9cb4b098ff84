/*
 * A field of fstab(5) as text: blanks, tabs, newlines and backslashes in it are written as \ and three octal digits,
 * as getmntent(3) and strunvis(3) read them.  Pure.
 */
#ifndef WARDER_BASE_FSTAB_H
#define WARDER_BASE_FSTAB_H

#include "base/arena.h"
#include "base/str.h"

void fstab_escape(struct str *out, const char *field);
/* n bytes of a field as what they mean.  -1, and nothing else, if a backslash is not followed by the three octal digits
 * of a byte that is not NUL: the two readers differ on anything else. */
int fstab_unescape(const char *field, size_t n, struct arena *a, const char **ret) must_check;

#endif
