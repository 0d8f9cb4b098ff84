/*
 * Names of numbers that the probe reports, and what a flag of a mount leaves open.
 */
#ifndef WARDER_SURFACE_NAMES_H
#define WARDER_SURFACE_NAMES_H

#include "surface/surface.h"

/* "inet", or "family 40". */
const char *socket_family_name(unsigned family, struct arena *a);
/* "route", or "protocol 9". */
const char *netlink_name(unsigned protocol, struct arena *a);
/* That there is a mount, and each right that its flags do not forbid. */
void surface_mount_facts(const char *target, unsigned flags, struct arena *a, struct facts *f);

#endif
