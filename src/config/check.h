/*
 * Checks across jails and bases.
 */
#ifndef WARDER_CONFIG_CHECK_H
#define WARDER_CONFIG_CHECK_H

#include "model/jail.h"

/* Finds an object by its name in O(log n); the first one declared where two have it. */
struct name_index {
	const struct name_entry {
		const char *name;
		const struct srcloc *loc;
		size_t i;
	} * v;
	size_t n;
};
struct name_index index_jails(const struct config *c, struct arena *a);
struct name_index index_bases(const struct config *c, struct arena *a);
const struct name_entry *index_find(const struct name_index *x, const char *name);

/*
 * Refuses what no single value shows to be wrong, and completes what depends on other jails (prefix lengths and bridge
 * addresses).
 */
int config_check(struct config *c, struct arena *a, struct err *e) must_check;
/* Its parts: names and references; logs; addresses and bridges. */
int config_check_names(const struct config *c, struct arena *a, struct err *e) must_check;
int config_check_depend(
	const struct config *c, const struct name_index *jails, struct arena *a, struct err *e) must_check;
int config_check_logs(const struct config *c, struct arena *a, struct err *e) must_check;
int config_check_net(struct config *c, struct arena *a, struct err *e) must_check;
/* Where a jail's key was written, else its block. */
const struct srcloc *jail_at(const struct jail *j, enum key key);

#endif
