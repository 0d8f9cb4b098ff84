/*
 * The rights that a jail was started with, kept beside its record: exec takes them from there, and not from a
 * declaration that may have been changed or taken away since (SECURITY.md R12).  Pure.
 */
#ifndef WARDER_RUN_LINUX_RIGHTS_H
#define WARDER_RUN_LINUX_RIGHTS_H

#include "model/plan.h"

/* The plan's rights as text, each entry ended by NUL, so that no path or value can be taken for a further one: the
 * steps for limits of a process, Landlock, wx, capabilities and filter, and the variables of the declaration. */
void rights_print(const struct plan *p, struct str *out);

/*
 * Such a text (len bytes) as a plan of these steps alone; its jail has the name and the variables, and nothing else.
 * An entry that is malformed, or missing, and a filter that this warder does not have, are errors: exec is refused
 * then.  All in a.
 */
int rights_parse(
	const char *text, size_t len, const char *jail, struct arena *a, struct plan *ret, struct err *e) must_check;

#endif
