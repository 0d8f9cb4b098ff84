/*
 * Addresses, routes and neighbours of an interface.  addr_msg_* are pure: they write one request.
 */
#ifndef WARDER_NET_ADDR_H
#define WARDER_NET_ADDR_H

#include "net/net.h"
#include "net/rtnl.h"

/* An address with its network; IPv6 without duplicate address detection. */
struct nlmsghdr *addr_msg_add(struct rtnl_message *m, unsigned index, const struct addr *a);
/* The default route of the gateway's family. */
struct nlmsghdr *addr_msg_default_route(struct rtnl_message *m, unsigned index, const struct addr *gateway);
/* Where a neighbour's address was last seen: replaces what an earlier jail with this address left in the cache. */
struct nlmsghdr *addr_msg_neighbour(struct rtnl_message *m, unsigned index, const struct addr *a, const uint8_t mac[6]);

/* Pure: the networks of the two have an address in common. */
bool addr_networks_overlap(const struct addr *a, const struct addr *b);
/* True if the interface has this very address. */
int addr_is_on(struct rtnl *r, unsigned index, const struct addr *a, bool *ret, struct err *e) must_check;
/*
 * ERR_CONFIG that names the interface if one other than except has an address whose network overlaps with a's, or has a
 * route to a's network or to the part of it in which a lies.
 */
int addr_refuse_conflict(struct rtnl *r, const struct addr *a, unsigned except, struct err *e) must_check;

#endif
