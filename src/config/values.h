/*
 * Types of values: text as written -> field, and back.
 */
#ifndef WARDER_CONFIG_VALUES_H
#define WARDER_CONFIG_VALUES_H

#include "model/jail.h"

struct key_row;

/* One value after substitution. */
struct text {
	const char *s;
	struct srcloc at;
};
/* All values of a key: a list of at least one. */
struct value {
	struct text *v;
	size_t n;
	bool appends; /* only `+=`: to what the default is */
};

/* More about a fault than a fixed text can say. */
struct value_note {
	const char *hint;
};

struct key_use {
	const struct key_row *row;
	void *object; /* struct config, base_decl or jail */
	void *field;  /* of it */
	const struct value *v;
	struct arena *a;
};

/* A field as data, to be printed. */
enum shape { SHAPE_TEXT, SHAPE_LIST, SHAPE_NUMBER, SHAPE_BOOL };
struct shown {
	struct strv list; /* as it would be written; empty: nothing to say */
	uint64_t number;  /* SHAPE_NUMBER, SHAPE_BOOL */
	struct strv json; /* SHAPE_LIST: its elements */
};

struct key_type {
	const char *name;
	enum shape shape;
	bool many; /* takes a list */
	int (*parse)(const struct key_use *u, struct err *e);
	void (*show)(const struct key_row *row, const void *object, struct arena *a, struct shown *ret);
};

extern const struct key_type type_text, type_strings, type_words, type_bool, type_number, type_size, type_percent,
	type_always, type_ip4, type_ip6, type_bridge4, type_bridge6, type_argv, type_signal, type_caps, type_caps_force,
	type_run_dirs, type_resolver, type_keep, type_refused;

#endif
