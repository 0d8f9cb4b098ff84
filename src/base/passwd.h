/*
 * passwd(5) and group(5) of a jail, parsed from bytes: no NSS, no host files (SECURITY.md R11).  Pure.
 */
#ifndef WARDER_BASE_PASSWD_H
#define WARDER_BASE_PASSWD_H

#include <stdint.h>

#include "base/arena.h"

struct user {
	uint32_t uid, gid;
	const char *name, *home, *shell;
	uint32_t *groups; /* supplementary, gid itself first */
	size_t ngroups;
};

/*
 * Looks spec up: a name, or a number ("0" to "4294967294"; a number need not have an entry: gid is then the same
 * number, home "/", shell "/bin/sh"), or "user:group" with either form on each side: the group is then the only one.
 * Names win over numbers.  A malformed line is skipped, as getpwnam(3) does, and so are comments and the +/- entries of
 * NIS; an entry with an id of 4294967295 or over limit - 1 is an error.
 */
int passwd_lookup(const char *passwd, const char *group, const char *spec, uint32_t limit, struct arena *a,
	struct user *ret, struct err *e) must_check;
/* A group by name or number.  Either text may be NULL: there is no such file. */
int group_lookup(const char *group, const char *spec, uint32_t limit, uint32_t *ret_gid, struct err *e) must_check;

#endif
