/*
 * Interfaces: the bridge, the pair, a port's settings.  link_msg_* are pure: they write one request.
 */
#ifndef WARDER_NET_LINK_H
#define WARDER_NET_LINK_H

#include "net/net.h"
#include "net/rtnl.h"

/* What is known of an interface; index 0: there is none. */
struct link {
	unsigned index, group, flags;
	char kind[16], alias[256];
};

struct nlmsghdr *link_msg_bridge(struct rtnl_message *m, const char *name, const uint8_t mac[6]);
/* The pair: `host` as a port of the bridge, eth0 with mac in the namespace; both down. */
struct nlmsghdr *link_msg_veth(struct rtnl_message *m, const struct net_port *p, unsigned bridge_index);
/* IFLA_IFALIAS "warder OWNER". */
struct nlmsghdr *link_msg_mark(struct rtnl_message *m, unsigned index, const char *owner);
/* No link-local address when it comes up. */
struct nlmsghdr *link_msg_no_link_local(struct rtnl_message *m, unsigned index);
/*
 * A port that learns no address, lets in no frame whose source is not a static entry of the forwarding database, gets
 * no frame for unknown addresses, takes no part in spanning trees, and reaches no other isolated port.
 */
struct nlmsghdr *link_msg_port(struct rtnl_message *m, unsigned index, bool isolated);
/* The entry of the forwarding database that leads to the port, never aged. */
struct nlmsghdr *link_msg_forward(struct rtnl_message *m, unsigned index, const uint8_t mac[6]);
struct nlmsghdr *link_msg_up(struct rtnl_message *m, unsigned index);
struct nlmsghdr *link_msg_delete(struct rtnl_message *m, unsigned index);

/* True for an interface of this kind that carries the owner's mark, or that a killed run of ours had not marked yet. */
bool link_is_ours(const struct link *l, const char *kind, const char *owner);
/* ret->index is 0 if there is no interface of that name. */
int link_find(struct rtnl *r, const char *name, struct link *ret, struct err *e) must_check;
/* How many ports the bridge has. */
int link_count_ports(struct rtnl *r, unsigned bridge_index, unsigned *ret, struct err *e) must_check;
/* 0 if it is gone already. */
int link_delete(struct rtnl *r, unsigned index, const char *name, struct err *e) must_check;

#endif
