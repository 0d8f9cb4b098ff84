/*
 * Owns the rule for the filter of system calls in a brief: FreeBSD has none, and a brief that names one is not of here.
 */
#include "init/check.h"

bool
brief_has_filter(const struct brief *b)
{
	return b->seccomp.len == 0;
}
