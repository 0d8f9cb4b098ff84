/*
 * Reading JSON (RFC 8259), strictly: one value, nothing but white space around it, UTF-8 only, no comment, no comma too
 * many.  What was read lies in the arena and in the text itself.
 */
#ifndef WARDER_BASE_JSON_READ_H
#define WARDER_BASE_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };
struct json_value {
	enum json_type type;
	bool truth;
	/* A number without sign, fraction and exponent, at most INT64_MAX; else false. */
	bool is_natural;
	uint64_t number;
	const char *text;        /* a string, with its NUL; it may hold others: len */
	size_t len;              /* of text, in bytes; of an array, an object: how many are in it */
	const char *key;         /* in an object */
	size_t key_len;          /* the same for it */
	const char *raw;         /* where it is written in the text that was read */
	size_t raw_len;          /* and how long that is */
	struct json_value *next; /* in the same array or object */
	struct json_value *first;
};

/* NULL, with *ret_why in words, if it is none.  depth: of arrays and objects within each other, at most. */
const struct json_value *json_read(const char *text, size_t len, unsigned depth, struct arena *a, const char **ret_why);
/* The last member of that name, as most readers take it; NULL if there is none or o is no object. */
const struct json_value *json_member(const struct json_value *o, const char *key);
/* A string without NUL in it; NULL if v is none or NULL. */
const char *json_text(const struct json_value *v);

#endif
