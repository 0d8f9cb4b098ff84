/*
 * A jail's port: the whole of `up`, `down` and `check`.
 */
#ifndef WARDER_NET_PORT_H
#define WARDER_NET_PORT_H

#include "net/net.h"

/* All or nothing: a failure undoes what was made. */
int port_up(const struct net_port *p, struct err *e) must_check;
/* 0 if there is nothing (left). */
int port_down(const struct net_port *p, struct err *e) must_check;
/* An `up` in two scratch namespaces; leaves the process in one of them.  The error names what the kernel lacks. */
int port_check(struct err *e) must_check;

#endif
