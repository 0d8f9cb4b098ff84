/*
 * How long a jail has to end, on every system: pure.
 */
#ifndef WARDER_RUN_BOUND_H
#define WARDER_RUN_BOUND_H

#include "model/jail.h"

/* Milliseconds that pid 1 has to end after it was asked to, before it is killed: what its declaration gives exec.stop
 * and the service, and some more; 0: none (kill), -1: as long as it takes.  j NULL: not declared any more.  Pure. */
int run_stop_bound_ms(const struct jail *j, bool kill);

#endif
