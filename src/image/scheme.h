/*
 * What the places that bases come from share: one function for each scheme, and the links of image's own files.
 */
#ifndef WARDER_IMAGE_SCHEME_H
#define WARDER_IMAGE_SCHEME_H

#include "image/image.h"

/*
 * A scheme fills the empty directory dirfd with a plain tree.  arg is what follows the colon ("" without one).  On
 * failure dirfd may be left half filled: the caller abandons the whole generation.
 */
int debian_fetch(const struct base_decl *d, const char *arg, int dirfd, struct progress *bar, struct err *e) must_check;
int tar_fetch(const struct base_decl *d, const char *arg, int dirfd, struct progress *bar, struct err *e) must_check;
int dir_fetch(const struct base_decl *d, const char *arg, int dirfd, struct progress *bar, struct err *e) must_check;
int busybox_fetch(
	const struct base_decl *d, const char *arg, int dirfd, struct progress *bar, struct err *e) must_check;

#endif
