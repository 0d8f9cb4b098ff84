/*
 * Where the parts of a jail's view lie once its links are flattened to real paths, as in an image: what "etc -> s/etc"
 * leads to is at "etc", and "s/etc" is a link to it, so that both paths mean there what they mean in the jail.
 *
 * Pure.  Paths are relative to the root and clean ("usr/local"), "." is none.
 */
#ifndef WARDER_EMIT_FLAT_H
#define WARDER_EMIT_FLAT_H

#include "base/arena.h"

enum flat_side { FLAT_S, FLAT_T };

/* A link of the base's root into the skeleton or into the state. */
struct flat_part {
	enum flat_side side;
	const char *rest; /* within that side: "usr-local" */
	const char *path; /* of the link: "usr/local" */
};
struct flat {
	struct flat_part *v;
	size_t n;
	struct strv same; /* names for which "s/NAME -> ../NAME" */
};

/* What a link of the base's root is: added and true if it leads into one of the sides from where it lies, and none that
 * was added leads to the same place: a second one stays the link that it is. */
bool flat_add(struct flat *f, struct arena *a, const char *path, const char *text);
/* A link at the top of the skeleton. */
void flat_add_skel_link(struct flat *f, struct arena *a, const char *name, const char *text);
/* True for the links that were added. */
bool flat_is_part(const struct flat *f, const char *path);

struct flat_place {
	const char *path; /* in the image */
	const char *link; /* where a link to it has to be: "s/etc"; NULL: none, it is not the top of a part */
};
/* Where an entry of a side lies, by its path there. */
struct flat_place flat_place(const struct flat *f, enum flat_side side, const char *rel, struct arena *a);
/* The text of a symbolic link at rel of a side, as it has to be at place: another where it climbs out of its part to
 * what lies elsewhere in the image. */
const char *flat_link(const struct flat *f, enum flat_side side, const char *rel, const char *place, const char *text,
	struct arena *a);
/* "../../DEST" for a link that lies at path. */
const char *flat_relative(const char *path, const char *dest, struct arena *a);

#endif
