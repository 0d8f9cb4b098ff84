/*
 * What a base's draft needs while it is edited, and must not keep: no service may be started by a package's script, and
 * names must resolve by the host's own resolvers.
 */
#ifndef WARDER_IMAGE_EDIT_H
#define WARDER_IMAGE_EDIT_H

#include "model/facts.h"

/* Puts the guests of the flavour's table into the draft (generation: the open directory above root, skel and pins;
 * origin: that of the one that it was copied from), a new one or one that is taken up again: guests that are in it
 * still are put in anew, and what was changed in the place of one stays. */
int image_edit_begin(int generation, int origin, const char *flavour, struct err *e) must_check;
/* Takes them out again: what was there in the origin comes back.  A guest that was changed in the meantime is no longer
 * one, and stays.  Then what a new base is cleaned of goes (keys that scripts made, logs, downloads), and /run is
 * empty. */
int image_edit_end(int generation, int origin, const char *flavour, struct err *e) must_check;
/*
 * After an edit: what the planner, the store and pid 1 rely on must hold still (links, mount points, pins, /var/run),
 * or ERR_FAILED names what does not.  Devices and sockets go.  *m's exec_dirs, library_dirs, loaders, entries and bytes
 * are found anew.
 */
int image_edit_check(int generation, struct arena *a, struct base_meta *m, struct err *e) must_check;
/* Environment for a view in which the flavour's package tool may run: the host's proxies. */
int image_edit_environment(const char *flavour, struct arena *a, struct strv *ret, struct err *e) must_check;
/*
 * The command that installs packages, for a view of the flavour: an argument list that the packages are added to; NULL
 * if warder knows of none.  quiet: for output that is no terminal's.
 */
const char *const *image_install_command(const char *flavour, bool quiet);
/* ERR_USAGE unless name can be a package's: never an option, never a path. */
int image_check_package(const char *name, struct err *e) must_check;

#endif
