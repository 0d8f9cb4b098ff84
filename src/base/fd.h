/*
 * File descriptors: -1 when unset, closed by the cleanup attribute, handed on only with fd_take.
 */
#ifndef WARDER_BASE_FD_H
#define WARDER_BASE_FD_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

#define fd_auto __attribute__((cleanup(fd_close))) int

/* Closes *fd if it is set, and unsets it; keeps errno. */
void fd_close(int *fd);
/* Returns *fd and unsets it: the caller's cleanup no longer closes it. */
int fd_take(int *fd);

/* Writes all n bytes, going on after EINTR and short writes.  subject names the file in the error. */
int fd_write_all(int fd, const void *buf, size_t n, const char *subject, struct err *e) must_check;
/* Reads until n bytes or the end; the number read, or -1. */
ssize_t fd_read_full(int fd, void *buf, size_t n, const char *subject, struct err *e) must_check;

#endif
