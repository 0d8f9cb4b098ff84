/*
 * Every system call of the architecture, tried.
 */
#ifndef WARDER_PROBE_CALLS_H
#define WARDER_PROBE_CALLS_H

void calls_try(void);

#endif
