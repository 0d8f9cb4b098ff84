/*
 * The keywords that a manifest is made of; for src/store alone.  Pure.
 */
#ifndef WARDER_STORE_SEAL_WORDS_H
#define WARDER_STORE_SEAL_WORDS_H

#include "store/seal.h"

struct seal_word {
	const char *name;
	unsigned types; /* which have it: bits 1 << enum seal_type */
	bool optional;  /* only with has_xattrs */
	void (*print)(const struct seal_entry *v, struct str *out);
	int (*parse)(const char *text, struct arena *a, struct seal_entry *v); /* -1: malformed */
};
/* In the order in which they are printed. */
extern const struct seal_word seal_words[WORD_COUNT];

/* Names with what either reader would misread as \ooo. */
void seal_name_print(const char *raw, struct str *out);
/* NULL if an escape is malformed or is of the byte 0. */
const char *seal_name_parse(const char *text, struct arena *a);
/* Whether no component is empty, "." or "..": such paths are opened. */
bool seal_path_is_clean(const char *path);

#endif
