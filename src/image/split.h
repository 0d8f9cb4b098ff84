/*
 * The pieces of image_split: each does one thing to the open directories of a new generation.
 */
#ifndef WARDER_IMAGE_SPLIT_H
#define WARDER_IMAGE_SPLIT_H

#include <sys/types.h>

#include "image/image.h"

/* The directories of the generation that is being made; -1 when not open yet. */
struct split {
	const struct base_decl *d;
	const struct flavour *flavour;
	int root, skel, s, t, pins;
	struct arena *a;
};

/* Pure: what a link's target means. */
enum link_side {
	LINK_PLAIN, /* to another place of the root: nothing is displaced */
	LINK_S,     /* what was there moves to skel/s */
	LINK_T,     /* to skel/t */
};
/* *ret_rest is the path in that side: "usr-local" for "../s/usr-local"; the target itself for LINK_PLAIN. */
enum link_side link_side_of(const char *target, const char **ret_rest);
/* Pure: one line of a declaration's links, "opt -> s/opt", cut in two; -1 if it is not of that form, if the path is not
 * clean and relative, or if the target does not lead into s or t from where the link lies. */
int link_parse(const char *text, struct arena *a, struct flavour_link *ret);

/* links.c: one link; what is in its way moves. */
int split_link(const struct split *sp, const struct flavour_link *l, struct err *e) must_check;
/* pins.c: pins of flavour and declaration, sorted, a parent before what lies in it. */
int split_pins(const struct split *sp, struct pin **ret, size_t *ret_n, struct err *e) must_check;
/* scan.c: exec_dirs, library_dirs, loaders of the finished root. */
int scan_root(int rootfd, const struct flavour *f, struct arena *a, struct base_meta *ret, struct err *e) must_check;

/* split.c: devices and sockets beneath dirfd go; bar may be NULL. */
int image_remove_devices(int dirfd, struct progress *bar, struct err *e) must_check;

/* Makes parent directories of rel under dirfd (0755) and opens the last; *ret_name is rel's own name. */
int split_parent(int dirfd, const char *rel, struct arena *a, const char **ret_name, struct err *e) must_check;
/* mkdir with exactly this mode; 0 if a directory (no link) is there already. */
int split_mkdir(int dirfd, const char *name, mode_t mode, struct err *e) must_check;

#endif
