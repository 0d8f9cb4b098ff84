/*
 * Splitting one string into words, as a shell would but without expanding anything.  Pure.
 */
#ifndef WARDER_CONFIG_SPLIT_H
#define WARDER_CONFIG_SPLIT_H

#include "base/arena.h"

/* Blanks, '...', "...", backslashes; -1 for a quote or backslash without its end, or more than max words. */
int shell_split(const char *text, size_t max, struct arena *a, struct strv *ret) must_check;
/* A text that shell_split makes into exactly this word. */
const char *shell_quote(const char *word, struct arena *a);
/* Words between blanks; no quoting. */
void split_blanks(const char *text, struct arena *a, struct strv *ret);

#endif
