/*
 * Writing YAML: block style for structure, every text between double quotes and in ASCII, so that no text can mean
 * anything else ("no", "1e3", "{", a newline).  Keys are ours and plain.
 */
#ifndef WARDER_EMIT_YAML_H
#define WARDER_EMIT_YAML_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* Zeroed is ready. */
struct yaml {
	struct str out;
	unsigned depth;
	bool dash; /* the next line begins an item */
};

void yaml_document(struct yaml *y);
/* A map or a list under a key; yaml_end ends both, and items. */
void yaml_open(struct yaml *y, const char *key);
/* An item that is a map: what follows is in it. */
void yaml_item(struct yaml *y);
void yaml_end(struct yaml *y);
void yaml_text(struct yaml *y, const char *key, const char *value);
void yaml_number(struct yaml *y, const char *key, uint64_t n);
void yaml_bool(struct yaml *y, const char *key, bool b);
/* "key:" and an item for each text; "key: []" for none. */
void yaml_texts(struct yaml *y, const char *key, const struct strv *l);
/* An item that is a number, of the list that was opened. */
void yaml_number_item(struct yaml *y, uint64_t n);
/* Appends s between double quotes. */
void yaml_quote(struct str *out, const char *s);

#endif
