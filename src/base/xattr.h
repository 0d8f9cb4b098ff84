/*
 * Extended attributes from one open file to another.
 */
#ifndef WARDER_BASE_XATTR_H
#define WARDER_BASE_XATTR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct xattr_rules {
	uint32_t id_shift, id_count; /* ids in access control lists, as in struct tree_copy_options */
	bool no_capabilities;        /* leave security.capability behind */
};
/*
 * Copies every attribute; either descriptor may be PATH_ONLY, also of a symbolic link.  subject is for errors. FreeBSD:
 * those of the namespace "user" and access control lists, and none where a descriptor is -1.
 */
int xattr_copy(int from, int to, const struct xattr_rules *r, const char *subject, struct err *e) must_check;

/* Pure: adds shift to the ids in the value of a system.posix_acl_* attribute.  -1 if it is malformed or an id is not
 * less than count. */
int xattr_shift_acl(void *value, size_t len, uint32_t shift, uint32_t count) must_check;

/* As fgetxattr(2), by Linux's names; FreeBSD has none of them (-1). */
ssize_t xattr_value(int fd, const char *name, void *value, size_t size) must_check;

#endif
