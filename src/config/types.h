/*
 * What the types of values share; only config/values*.c include it.
 */
#ifndef WARDER_CONFIG_TYPES_H
#define WARDER_CONFIG_TYPES_H

#include "config/keys.h"

static inline const void *
field_of(const struct key_row *row, const void *object)
{
	return (const char *)object + row->offset;
}

/* An error at one of the values; -1. */
int value_fail(const struct key_use *u, const struct text *t, const char *reason, struct err *e);
/* The only value; NULL and an error if there are more. */
const struct text *value_single(const struct key_use *u, struct err *e) must_check;
/* `key = "";` empties a list. */
bool value_is_empty(const struct value *v);
/* The row's own check of one text. */
int value_check(const struct key_use *u, const struct text *t, struct err *e) must_check;
int value_refuse_repeats(const struct key_use *u, enum repeats repeats, struct err *e) must_check;

#endif
