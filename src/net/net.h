/*
 * warder-net: bridge, veth, addresses and filter of a jail, in a small program of its own, so that start and exec load
 * neither libmnl nor libnftables.  The backend runs it while the view is being put together.
 *
 *	warder-net up --netns FD --host VETH --mac MAC --bridge NAME [--bridge-addr ADDR/LEN]... [--addr ADDR/LEN]...
 *		[--gateway ADDR]... [--peer VETH]... --owner TAG
 *	warder-net down --host VETH --bridge NAME --owner TAG
 *	warder-net check
 *
 * FD is an inherited descriptor of the jail's network namespace (owned by the host's user namespace).  up makes the
 * bridge if it is not there (IFLA_IFALIAS "warder OWNER" marks it as ours), never touches one that is not ours (an
 * error that says so), the pair with one end in the namespace as eth0 with MAC and addresses, up; the host's end is an
 * isolated port of the bridge, and a bridge-family table "warder-NAME" of nftables lets it send only from MAC and its
 * addresses (ARP and ND included), and to isolated neighbours only if they are peers.  All or nothing.  down removes
 * the port, its rules, and the bridge and table when no port is left.  Errors: one struct err on descriptor 3 if that
 * is open (the caller's pipe), and the exit status of its kind.
 */
#ifndef WARDER_NET_NET_H
#define WARDER_NET_NET_H

#include "model/net.h"

enum { NET_ADDRS_MAX = 16, NET_PEERS_MAX = 256 };
struct net_port {
	const char *host, *bridge, *owner;
	uint8_t mac[6];
	int netns;
	struct addr bridge_addrs[2];
	size_t nbridge_addrs;
	struct addr addrs[NET_ADDRS_MAX];
	size_t naddrs;
	struct addr gateways[2];
	size_t ngateways;
	const char *peers[NET_PEERS_MAX]; /* host ends of jails that it may talk to */
	size_t npeers;
};

#endif
