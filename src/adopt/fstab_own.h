/*
 * Lines that `emit fstab` makes without --plain: generations in the store, ids, the parts of a state, pins.  Pure.
 */
#ifndef WARDER_ADOPT_FSTAB_OWN_H
#define WARDER_ADOPT_FSTAB_OWN_H

#include "adopt/fstab_read.h"

/* The root of a line that mounts a generation of a base on a jail; NULL if it is none. */
const char *fstab_own_root(const struct fstab_entry *x, struct arena *a);
/* ROOT/.warder/base/BASE/N/root is what ROOT/j/BASE leads to, and ROOT/.warder/skel/JAIL/N what ROOT/s/JAIL does: where
 * the source is such a generation, that link, else the source itself. */
const char *fstab_own_link(const char *root, const char *source, struct arena *a);

enum fstab_own {
	OWN_NOT,
	OWN_VAR,
	OWN_TMP,
	OWN_PIN,      /* of the jail's declaration */
	OWN_ANYWAY,   /* an anchor, a pin that comes with a base or its kind, a device */
	OWN_PROGRAMS, /* exec.allow, or the directories of libraries that it needs */
	OWN_SHM,
};
/* What a mount on ROOT/j/NAME/REST is, if it is a further one of ours.  *ret: of a pin its path, of shm its size. */
enum fstab_own fstab_own_kind(const char *root, const struct fstab_entry *x, const char *name, const char *rest,
	struct arena *a, const char **ret);

#endif
