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

#endif
