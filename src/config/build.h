/*
 * From the resolved tree to the declaration.
 */
#ifndef WARDER_CONFIG_BUILD_H
#define WARDER_CONFIG_BUILD_H

#include "config/symbols.h"
#include "config/tree.h"
#include "model/jail.h"

/* Fills ret with everything that the tree declares, and defaults; unchecked but for each value by itself. */
int config_build(const struct tree *t, const struct symbols *symbols, struct config *ret, struct err *e) must_check;

#endif
