/*
 * Extended attributes from one open file to another.
 */
#ifndef WARDER_BASE_XATTR_H
#define WARDER_BASE_XATTR_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct xattr_rules {
	uint32_t id_shift, id_count; /* ids in access control lists, as in struct tree_copy_options */
	bool no_capabilities;        /* leave security.capability behind */
};
/* Copies every attribute; either descriptor may be O_PATH, also of a symbolic link.  subject is for errors. */
int xattr_copy(int from, int to, const struct xattr_rules *r, const char *subject, struct err *e) must_check;

/* Pure: adds shift to the ids in the value of a system.posix_acl_* attribute.  -1 if it is malformed or an id is not
 * less than count. */
int xattr_shift_acl(void *value, size_t len, uint32_t shift, uint32_t count) must_check;

#endif
