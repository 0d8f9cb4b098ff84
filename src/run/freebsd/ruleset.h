/*
 * The rules of devfs(8) that a jail's /dev is mounted with, those of data/devfs.rules.  Pure.
 */
#ifndef WARDER_RUN_FREEBSD_RULESET_H
#define WARDER_RUN_FREEBSD_RULESET_H

#include <stddef.h>

/* FreeBSD's own, and those of most examples, are below 100. */
enum { FBSD_RULESET = 4100 };

/* Patterns of what is shown again, after everything was hidden. */
extern const char *const fbsd_ruleset_shown[];
extern const size_t nfbsd_ruleset_shown;

#endif
