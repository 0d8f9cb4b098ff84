/*
 * From what was written to which key it is.
 */
#ifndef WARDER_CONFIG_RESOLVE_H
#define WARDER_CONFIG_RESOLVE_H

#include "config/symbols.h"
#include "config/tree.h"

/*
 * Finds the row of each parameter, turns bare names and `no` forms into true and false, numbers all names, refuses
 * unknown keys, keys in the wrong place and keys that stand twice in one block (everything outside of blocks counts as
 * one).
 */
int tree_resolve(struct tree *t, struct symbols *s, struct err *e) must_check;

#endif
