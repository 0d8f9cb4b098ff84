/*
 * Where bases come from, and how a plain tree becomes base + skeleton + pins.
 */
#ifndef WARDER_IMAGE_IMAGE_H
#define WARDER_IMAGE_IMAGE_H

#include "base/progress.h"
#include "model/facts.h"
#include "model/jail.h"

/* One link of a flavour: path in the root becomes a link to target; what was there moves to skel (s or t by target). */
struct flavour_link {
	const char *path;   /* "usr/local" */
	const char *target; /* "../s/usr-local" */
};
struct flavour_pin {
	const char *path; /* "/var/lib/dpkg" */
	enum pin_source source;
	bool required; /* false: only where the tree has it */
};
struct flavour {
	const char *name;         /* "debian", "busybox", "freebsd", "generic" */
	const char *const *marks; /* files that all exist in such a tree, NULL-ended */
	const struct flavour_link *links;
	size_t nlinks;
	const struct flavour_pin *pins;
	size_t npins;
	const char *const *mount_points; /* empty directories that root/ ships: "s", "t", "dev", "proc" */
	const char *const *library_dirs; /* globs: "usr/lib/NAME-linux-gnu*" ... for exec.allow */
};
extern const struct flavour *const flavours[];
extern const size_t nflavours;
/* Pure apart from looking: the first flavour whose marks are all there; the last row, generic, has none. */
const struct flavour *flavour_find(int treefd);
const struct flavour *flavour_by_name(const char *name);

/* Fills dirfd (an empty directory) with a plain tree from d->from: one row for each scheme ("debian:", "tar:", "dir:",
 * "busybox"). */
int image_fetch(const struct base_decl *d, int dirfd, struct progress *bar, struct err *e) must_check;
/* Fails for an empty directory or a tree of data, which only a jail that cannot start would show to be no system. */
int image_require_program(const struct base_decl *d, int dirfd, struct err *e) must_check;
/*
 * Turns the plain tree dirfd/root into root + skel/{s,t} + pins beside it, by its flavour's table and the declaration's
 * links and pins, makes mount points, and fills in *ret (pins, exec_dirs, library_dirs, loaders, sizes).  What pid 1
 * and the store rely on holds afterwards, or it fails: t/var/run is a directory, no device nodes, no set-id programs
 * unless kept by nosuid mounts anyway, every mount point exists.
 */
int image_split(const struct base_decl *d, int dirfd, struct arena *a, struct base_meta *ret, struct progress *bar,
	struct err *e) must_check;

#endif
