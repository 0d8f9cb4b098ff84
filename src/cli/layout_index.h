/*
 * What a layout says of itself.  Pure.
 */
#ifndef WARDER_CLI_LAYOUT_INDEX_H
#define WARDER_CLI_LAYOUT_INDEX_H

#include "base/arena.h"
#include "base/str.h"

/* Whether text, of the file oci-layout, names that version. */
bool layout_is_version(const char *text, const char *version);
/* The index text (NULL: there is none yet), with the descriptors in the place of those of the same names, or behind.
 * -1 if it is no index. */
int layout_index_add(const char *text, const struct strv *descriptors, struct str *out) must_check;

#endif
