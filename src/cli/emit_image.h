/*
 * warder emit oci-image: images in a layout.
 */
#ifndef WARDER_CLI_EMIT_IMAGE_H
#define WARDER_CLI_EMIT_IMAGE_H

#include "cli/cli.h"
#include "model/plan.h"

/* Writes an image of each jail into the layout -o.  The exit status, or -1 with the error. */
int emit_image(struct cli *c, const struct plan *plans, size_t n, struct err *e) must_check;

#endif
