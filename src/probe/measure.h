/*
 * The whole of a measurement: what is tried, in its order.
 */
#ifndef WARDER_PROBE_MEASURE_H
#define WARDER_PROBE_MEASURE_H

/* Writes records to descriptor 1, the last one being PROBE_END. */
void probe_measure(void);

/*
 * FreeBSD alone, where the probe is no program but a child that warder forks: before it enters the jail of that view,
 * for what the jail hides from its own processes, and so that none of them may look into it.  Gives up as probe_measure
 * does.
 */
void probe_outside(const char *view);

#endif
