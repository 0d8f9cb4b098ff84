/*
 * Owns the rule for the filter of system calls in a brief: Linux.
 */
#include <linux/filter.h>

#include "init/check.h"

/* It is never left out: an empty one would be a jail without it. */
bool
brief_has_filter(const struct brief *b)
{
	uint32_t n = b->seccomp.len / (uint32_t)sizeof(struct sock_filter);
	struct brief_list l = {b->seccomp.off, n};

	return n > 0 && b->seccomp.len % sizeof(struct sock_filter) == 0 &&
	       brief_has_array(b->size, l, sizeof(struct sock_filter), 8, BPF_MAXINSNS);
}
