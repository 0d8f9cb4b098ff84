/*
 * The extended attributes that a manifest covers; for seal_make.c alone.
 */
#ifndef WARDER_STORE_SEAL_XATTR_H
#define WARDER_STORE_SEAL_XATTR_H

#include "store/seal.h"

/* Room to read them into, for a whole walk; zeroed is ready. */
struct seal_xattrs {
	char *names, *value;
};
void seal_xattrs_done(struct seal_xattrs *x);
/* Fills v->has_xattrs and v->xattrs from an open file; -1 with errno. */
int seal_xattrs_of_fd(struct seal_xattrs *x, int fd, struct seal_entry *v) must_check;
/* The same for what only PATH_ONLY can hold; the host's /proc must be mounted. */
int seal_xattrs_of_path(struct seal_xattrs *x, int pathfd, struct seal_entry *v) must_check;

#endif
