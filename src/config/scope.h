/*
 * What holds for one jail or base: its parameters over the defaults, in order, with variables put in.
 */
#ifndef WARDER_CONFIG_SCOPE_H
#define WARDER_CONFIG_SCOPE_H

#include "config/keys.h"
#include "config/symbols.h"

/* A chain of parameters of one name: the last `=` and what was appended to it. */
struct slot {
	size_t round; /* of struct scope; another one: unset */
	const struct param **params;
	size_t nparams;
	bool expanding, expanded;
	struct value value;
};

struct scope {
	struct arena *a;
	const struct symbols *symbols;
	struct slot *slots; /* one for each symbol; kept from object to object */
	size_t round;
	const char *name; /* $name */
	size_t *set;      /* symbols that are set, in the order of their first setting */
	size_t nset;
	unsigned depth;
	size_t nset_total, nbytes_total; /* over all objects, capped */
};

void scope_init(struct scope *s, struct arena *a, const struct symbols *symbols);
/* Forgets everything that was set. */
void scope_begin(struct scope *s, const char *name);
int scope_set(struct scope *s, const struct param *p, struct err *e) must_check;
/* The values of a slot that is set, expanded once; NULL and an error where that cannot be done. */
const struct value *scope_value(struct scope *s, struct slot *slot, struct err *e) must_check;
/* The parameter that the slot's value begins with. */
const struct param *slot_first(const struct slot *slot);

#endif
