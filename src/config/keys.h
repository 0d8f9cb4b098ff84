/*
 * The table of keys: THE place where a key is declared.
 */
#ifndef WARDER_CONFIG_KEYS_H
#define WARDER_CONFIG_KEYS_H

#include "config/config.h"
#include "config/tree.h"
#include "config/values.h"

/* Whether a list may have the same value twice. */
enum repeats { REPEATS_OK, REPEATS_NO, REPEATS_NO_NAME /* what is before '=' */ };

enum key_where { WHERE_GLOBAL, WHERE_BASE, WHERE_JAIL };

struct key_row {
	enum key key;
	enum key_where where;
	const char *name;
	const struct key_type *type;
	size_t offset, width; /* of the field in struct config, base_decl or jail */
	const char *(*fault)(
		const char *text, struct value_note *note); /* text, strings: what is wrong, NULL: nothing */
	uint64_t min, max; /* numbers and sizes; strings: max is the longest list, 0: LIST_MAX */
	enum repeats repeats;
	const char *const *words; /* words: NULL-ended, in the order of the enum */
	const char *fallback;     /* as it would be written, "" for nothing, in brackets what no value says */
	const char *text;
};

extern const struct key_row key_table[];
extern const size_t nkey_table;

const char *key_where_name(enum key_where w);
const struct key_row *key_find(const char *name, enum key_where where);
/* A key of any other place with this name, or NULL. */
const struct key_row *key_find_elsewhere(const char *name, enum key_where where);
/* The nearest name that may stand there, or NULL. */
const char *key_nearest(const char *name, enum key_where where);

/* What jail.conf(5) knows and we refuse, or need not be told. */
struct foreign_key {
	const char *name; /* ends in '.': a prefix */
	enum key key;     /* KEY_COUNT: no row of its own */
	bool false_is_so; /* `false` only says what is so anyway */
	const char *reason, *hint;
};
const struct foreign_key *foreign_find(const char *name);

#endif
