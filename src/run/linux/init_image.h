/*
 * The bytes of warder-init, which are part of warder itself, and a descriptor to execute them from (SECURITY.md R10).
 */
#ifndef WARDER_RUN_LINUX_INIT_IMAGE_H
#define WARDER_RUN_LINUX_INIT_IMAGE_H

#include <stddef.h>

#include "base/err.h"

extern const unsigned char init_image[], init_image_end[];

/* A sealed memfd with warder-init, for execveat(fd, "", ..., AT_EMPTY_PATH): nothing can change it, and what runs in a
 * jail has no way to a file of the host. */
int init_image_open(struct err *e) must_check;
/* A memfd with the brief, at offset 0. */
int brief_open(const void *data, size_t n, struct err *e) must_check;

#endif
