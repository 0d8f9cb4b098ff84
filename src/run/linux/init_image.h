/*
 * The bytes of warder-init, which are part of warder itself, and a descriptor to execute them from (SECURITY.md R10).
 */
#ifndef WARDER_RUN_LINUX_INIT_IMAGE_H
#define WARDER_RUN_LINUX_INIT_IMAGE_H

#include <stddef.h>

#include "base/err.h"

extern const unsigned char init_image[], init_image_end[], probe_image[], probe_image_end[];

/* A sealed memfd with warder-init, for execveat(fd, "", ..., AT_EMPTY_PATH): nothing can change it, and what runs in a
 * jail has no way to a file of the host. */
int init_image_open(struct err *e) must_check;
/*
 * The same of the probe (src/probe), which runs among the processes of the jail.  It is the host's root's and cannot be
 * read: whoever executes a program that it may not read is not dumpable from then on, and belongs to the user namespace
 * that the file's owner has a name in, so that no process of the jail may trace it or look into it, whatever its
 * rights.
 */
int probe_image_open(struct err *e) must_check;
/* A memfd with the brief, at offset 0. */
int brief_open(const void *data, size_t n, struct err *e) must_check;

#endif
