/*
 * System call filters, generated at build time (SECURITY.md R18): a binary tree over merged ranges of system call
 * numbers, as struct sock_filter[], one array for each variant.  tools/seccomp-gen.c writes filter-data.c from
 * src/seccomp/policy.h with libseccomp's table of names; nothing is compiled at start.
 */
#ifndef WARDER_SECCOMP_FILTER_H
#define WARDER_SECCOMP_FILTER_H

#include <linux/filter.h>
#include <stddef.h>

#include "base/arena.h"

struct filter_variant {
	const char *name; /* a row of policy_variants: "default", "no-memfd-shm", "manage" */
	const struct sock_filter *code;
	unsigned short len; /* instructions */
};
extern const struct filter_variant filter_variants[];
extern const size_t nfilter_variants;
const struct filter_variant *filter_by_name(const char *name);

/* The names of the calls that the variant lets through, with some arguments at least; none for an unknown variant. */
void filter_allowed(const char *variant, struct arena *a, struct strv *ret);
/* The name of a system call of this architecture; NULL: none that the build knows. */
const char *syscall_name(long nr);

#endif
