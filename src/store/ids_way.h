/*
 * Whether this system shows a jail's files and processes under other ids on the host.
 */
#ifndef WARDER_STORE_IDS_WAY_H
#define WARDER_STORE_IDS_WAY_H

#include <stdbool.h>

/* False: a jail has no range, its first id is 0, and its state has the ids that the jail gives it. */
extern const bool ids_are_shifted;

#endif
