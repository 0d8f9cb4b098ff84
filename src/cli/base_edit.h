/*
 * The subverbs of base that have to do with generations.
 */
#ifndef WARDER_CLI_BASE_EDIT_H
#define WARDER_CLI_BASE_EDIT_H

#include "cli/verb.h"

extern const struct verb base_edit, base_use, base_rollback;

struct cli;
struct err;
struct base_meta;
/* Completes every jail that takes the generation in use, which is `generation` now; each jail's error is printed.  Of
 * own, whose lock "manage.JAIL" the caller has, only the state; NULL: there is none.  The exit status, or -1. */
int base_use_followers(struct cli *c, const char *base, unsigned generation, const char *own, struct err *e);
/* Makes in the jail's /var what the open directory var has and it lacks, and says how much that was. */
int base_use_seed(struct cli *c, const char *jail, const struct base_meta *m, int var, struct err *e);

#endif
