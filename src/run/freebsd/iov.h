/*
 * Names and values as nmount(2) and jail_set(2) take them: two struct iovec each.  Pure.
 */
#ifndef WARDER_RUN_FREEBSD_IOV_H
#define WARDER_RUN_FREEBSD_IOV_H

#include <sys/uio.h>

#include "run/freebsd/args.h"

/*
 * 2 * l->n elements in a, and room for two more (errmsg).  A text has its NUL, a number is an int, and a flag's value
 * is NULL with length 0.
 */
struct iovec *fbsd_iov(const struct fbsd_args *l, struct arena *a) must_check;

#endif
