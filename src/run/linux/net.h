/*
 * A jail's network, carried out by warder-net (src/net/net.h says its arguments).
 */
#ifndef WARDER_RUN_LINUX_NET_H
#define WARDER_RUN_LINUX_NET_H

#include "model/plan.h"

/* Pure: the arguments of `warder-net up` for the plan; an empty list where the plan has no interface. */
void net_up_arguments(const struct plan *p, const char *program, int netns, struct arena *a, struct strv *ret);

/* Brings it up for the network namespace of the descriptor; 0 if the plan has no interface. */
int net_up(const struct plan *p, int netns, struct err *e) must_check;
/* Takes the host's end away, and the bridge with the last one.  0 if nothing is there. */
int net_down(const char *root, const char *veth, const char *bridge, struct err *e) must_check;
/* ERR_UNAVAILABLE, naming what is missing, where warder-net cannot work. */
int net_check(struct err *e) must_check;

#endif
