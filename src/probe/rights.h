/*
 * What the process itself was given: descriptors, capabilities, namespaces, mounts, sockets.
 */
#ifndef WARDER_PROBE_RIGHTS_H
#define WARDER_PROBE_RIGHTS_H

#include "probe/mounts.h"

/* The first thing that the probe does: before it opens any. */
void rights_descriptors(void);
void rights_capabilities(void);
void rights_namespaces(void);
void rights_mounting(const struct mounts *m);
void rights_sockets(void);

/* ---- shared by rights*.c ---- */

/* A family whose sockets are told by protocol, not by type; and those of it. */
bool rights_is_by_protocol(int family);
void rights_sockets_by_protocol(void);
/* Whether such a socket can be had.  Gives up. */
bool rights_can_open(int family, int type, int protocol);

#endif
