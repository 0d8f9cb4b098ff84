/*
 * Writing JSON: commas, escapes and validity are this file's business.  Strings that are not UTF-8 are made valid by
 * replacing each bad byte with U+FFFD; control characters are escaped (SECURITY.md R21).
 */
#ifndef WARDER_BASE_JSON_H
#define WARDER_BASE_JSON_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct json {
	struct str out;
	unsigned depth;
	bool comma;
};

/* key is NULL inside an array and for the outermost value. */
void json_object(struct json *j, const char *key);
void json_object_end(struct json *j);
void json_array(struct json *j, const char *key);
void json_array_end(struct json *j);
void json_string(struct json *j, const char *key, const char *s); /* NULL writes null */
void json_uint(struct json *j, const char *key, uint64_t n);
void json_int(struct json *j, const char *key, int64_t n);
void json_bool(struct json *j, const char *key, bool b);
void json_null(struct json *j, const char *key);
void json_strings(struct json *j, const char *key, const struct strv *l);
/* ISO 8601 UTC to the second; 0 writes null. */
void json_time(struct json *j, const char *key, int64_t unix_seconds);
void json_done(struct json *j);

#endif
