/*
 * Who a command runs as in a jail or a view: looked up in the skeleton, never on the host (SECURITY.md R11).
 */
#ifndef WARDER_RUN_USER_H
#define WARDER_RUN_USER_H

#include "base/passwd.h"
#include "store/store.h"

/* skel: where the skeleton lies (struct tree_paths).  spec as passwd_lookup takes it; NULL: root.  *ret lives in a. */
int user_find(const struct store *s, const char *skel, const char *spec, struct arena *a, struct user *ret,
	struct err *e) must_check;
/* The administrator's TERM, for a command with a terminal, if it is a plain name; else NULL. */
const char *user_terminal(bool tty);

#endif
