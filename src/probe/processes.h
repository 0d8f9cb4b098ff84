/*
 * /proc and /sys: what of them can be written, and whose roots lead elsewhere.
 */
#ifndef WARDER_PROBE_PROCESSES_H
#define WARDER_PROBE_PROCESSES_H

#include "probe/mounts.h"

void processes_try(const struct mounts *m);

#endif
