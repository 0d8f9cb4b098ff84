/*
 * /run: empty at each start, then with the directories that the declaration lists.
 */
#ifndef WARDER_INIT_RUN_H
#define WARDER_INIT_RUN_H

#include "init/check.h"
#include "init/report.h"

/* Where the jail's /var lies in every view (DESIGN.md section 3): no link leads there. */
#define RUN_STATE_VAR "/t/var"

/*
 * Removes all beneath the open directory, which stays: iteratively, with two descriptors at a time, following no link.
 * A mount beneath it is an error, and so is a tree that somebody else goes on filling; what is gone already is not.
 */
int run_empty(int dirfd, struct report *r) must_check;
/* Empties VAR/run (made anew if it is no directory; VAR is an absolute path without links) and makes the brief's
 * directories in it. */
int run_prepare(const char *var, const struct brief *b, struct report *r) must_check;

#endif
