/*
 * Where a path of a jail lies on the host.
 *
 * A jail sees one tree that is put together from three: links of the base lead into the skeleton ("etc -> s/etc") and
 * the state ("var -> t/var"), and pins lie over parts of the state.  The same way is gone here, component by component,
 * on the base's and the skeleton's own trees.  A link in the state is the jail's and is never read.
 */
#ifndef WARDER_STORE_LOCATE_H
#define WARDER_STORE_LOCATE_H

#include "base/arena.h"
#include "model/facts.h"

enum locate_tree { LOCATE_BASE, LOCATE_SKEL, LOCATE_STATE };

struct locate_view {
	int generation;         /* the base generation's directory, above root and pins */
	int skel;               /* the skeleton */
	const struct pin *pins; /* of base and declaration */
	size_t npins;
};
struct location {
	enum locate_tree tree;
	/* Beneath the generation's directory ("root/usr/bin"), the skeleton or the state; "." is that itself.  The last
	 * component may be a link or missing; on the way to it there is no link. */
	const char *rel;
	const struct pin *pin; /* that it lies in; tree and rel say where in the pin's source; NULL: in none */
	const char *path;      /* as the jail sees it, links followed: "/t/var/lib/x", "/s/etc"; "" is the root */
};

/*
 * path is absolute and has no ".." in it (else ERR_USAGE).  A link at its end is not followed, unless it is one of the
 * base's own into /s or /t.  What is missing is taken as written.  ERR_FAILED with ELOOP for a circle of links.
 */
int locate(
	const struct locate_view *v, const char *path, struct arena *a, struct location *ret, struct err *e) must_check;

/* The same, and a link at its end is followed, too. */
int locate_through(
	const struct locate_view *v, const char *path, struct arena *a, struct location *ret, struct err *e) must_check;

/* Pure: the innermost pin that path ("/var/lib/dpkg/info") lies in or is; NULL if there is none. */
const struct pin *pin_at(const struct pin *pins, size_t n, const char *path);

#endif
