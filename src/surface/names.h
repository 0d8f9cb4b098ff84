/*
 * Names of numbers that the probe reports, and what a flag of a mount leaves open.  Numbers are those of one system:
 * names_*.c, chosen by name.
 */
#ifndef WARDER_SURFACE_NAMES_H
#define WARDER_SURFACE_NAMES_H

#include "surface/surface.h"

enum { NUMBER_MAX = 1 << 20 };

struct numbered {
	unsigned number;
	const char *name; /* NULL: the end */
};
/* The name, or "family 40" with otherwise "family". */
const char *numbered_name(const struct numbered *v, unsigned number, const char *otherwise, struct arena *a);

/* "inet stream", "netlink route", "family 40 raw"; how: type, or number of a protocol, as the probe wrote it. */
const char *socket_text(unsigned family, const char *how, struct arena *a);
/* The name of a system call by what the probe calls it; NULL: it calls none so. */
const char *call_text(const char *call, struct arena *a);
/* That there is a mount, and each right that its flags do not forbid. */
void surface_mount_facts(const char *target, unsigned flags, struct arena *a, struct facts *f);

#endif
