/*
 * One jail's block of jail.conf(5), for an adopter whose tool keeps each in a file of its own.
 */
#ifndef WARDER_ADOPT_JAIL_CONF_H
#define WARDER_ADOPT_JAIL_CONF_H

#include "adopt/thin.h"

struct jail_conf_block {
	const char *name; /* of the jail that is asked for */
	/* what is found */
	struct srcloc at; /* file is NULL: there is no such block */
	const char *path; /* a clean absolute one; NULL: none that can be read */
};

/* Adds its parameters that can be taken over, a line each; the others are faults.  mount.fstab and path are taken for
 * read.  ERR_CONFIG for what is no jail.conf(5). */
int jail_conf_one(struct thin *t, const struct adopt_text *f, struct jail_conf_block *b, struct str *out,
	struct err *e) must_check;

#endif
