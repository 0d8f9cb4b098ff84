/*
 * The inside of a jail's network namespace.
 */
#ifndef WARDER_NET_NETNS_H
#define WARDER_NET_NETNS_H

#include "net/net.h"
#include "net/rtnl.h"

/* ERR_USAGE if fd is not a network namespace, or is the one that we are in. */
int netns_check(int fd, struct err *e) must_check;
/* eth0 of p->netns: addresses and default routes, up, no autoconfiguration. */
int netns_configure(const struct net_port *p, struct err *e) must_check;
/* Stops IPv6 autoconfiguration on an interface of the namespace that we are in; 0 where the kernel has no IPv6. */
int netns_refuse_autoconf(const char *interface, struct err *e) must_check;
/* True where the kernel does IPv6 in the namespace that we are in. */
bool netns_has_ip6(void);

#endif
