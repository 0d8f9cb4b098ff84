/*
 * fstab(5) as entries: fields taken apart, escapes undone, contradictions found.  Pure.
 */
#ifndef WARDER_ADOPT_FSTAB_READ_H
#define WARDER_ADOPT_FSTAB_READ_H

#include <stdint.h>

#include "base/arena.h"

struct fstab_entry {
	struct srcloc at; /* of its first field */
	const char *source, *target, *type;
	struct strv options;
	bool is_bind;   /* nullfs, or a bind of Linux: source and target are clean absolute paths */
	bool read_only; /* the last of ro and rw says so */
	size_t via;     /* of a bind: whose target its source lies in, the deepest one; NO_ENTRY: none's */
};
#define NO_ENTRY SIZE_MAX
enum { FSTAB_ENTRIES_MAX = 1 << 16 };

struct fstab_entries {
	struct fstab_entry *v; /* in the order written */
	size_t n;
};

/*
 * ERR_CONFIG with the place: fewer than four fields or more than six, an escape that is none, a number that is none, a
 * bind's path that is relative or has "..", "//" or a '/' at its end; two lines for one target; binds in a circle.
 */
int fstab_read(const char *file, const char *text, size_t len, struct arena *a, struct fstab_entries *ret,
	struct err *e) must_check;

#endif
