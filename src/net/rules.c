/*
 * Which frames a jail may send, and to whom, as text for nftables.
 *
 * Theory of operation.  A frame from a port meets, in this order:
 *  - `prerouting` and from there the chain from-PORT, before the bridge looks at it: only the port's own MAC, and only
 *    ARP, IPv4 and IPv6 with its own addresses.  "ether type" is read from the frame, so that one with a VLAN tag is of
 *    another type, and dropped.  Frames to 01:80:c2:00:00:0X come here only because link_msg_port asks for it.
 *  - `forward`, if it leaves by another port: dropped unless one of the two ports has the other among its peers.  This
 *    covers broadcast and multicast, ARP among them.
 *  - `forward` of the inet table, if a host that routes (ip_forward) would send it back to a bridge of ours: dropped.
 *    That way round the bridge would otherwise lead to every jail.  A frame that is only bridged passes this hook too
 *    where br_netfilter is on; it is told by its destination, which is not the bridge's own MAC.
 *
 * What a jail may ask of the host itself, at any of the host's addresses, is left to the host's own firewall.
 *
 * Peers are sets of interface names, so a peer may come up later.  What belongs to one port hangs on names made from
 * the port's, so it is removed without knowing what was in it.
 */
#include "net/rules.h"

/* The maps and base chains of a table in the order of making; the bridge's name goes between the two halves. */
static const struct {
	const char *before, *after;
} table_text[] = {
	{"create table bridge warder-", ""},
	{"add map bridge warder-", " from { type ifname : verdict; }"},
	{"add map bridge warder-", " senders { type ifname : verdict; }"},
	{"add map bridge warder-", " receivers { type ifname : verdict; }"},
	{"add set bridge warder-", " own { type ifname; }"},
	{"add chain bridge warder-", " prerouting { type filter hook prerouting priority -200; policy accept; }"},
	{"add chain bridge warder-", " forward { type filter hook forward priority -200; policy accept; }"},
	{"add rule bridge warder-", " prerouting iifname vmap @from"},
	{"add rule bridge warder-", " forward iifname vmap @senders"},
	{"add rule bridge warder-", " forward oifname vmap @receivers"},
	{"add rule bridge warder-", " forward iifname @own drop"},
	{"add rule bridge warder-", " forward oifname @own drop"},
	{"create table inet warder-", ""},
	{"add chain inet warder-", " forward { type filter hook forward priority -200; policy accept; }"},
};

static void
add_mac(struct str *out, const uint8_t mac[6])
{
	str_addf(out, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

void
rules_add_table(const char *bridge, const uint8_t mac[6], struct str *out)
{
	for (size_t i = 0; i < sizeof(table_text) / sizeof(table_text[0]); i++)
		str_addf(out, "%s%s%s\n", table_text[i].before, bridge, table_text[i].after);
	str_addf(out, "add rule inet warder-%s forward meta iifgroup %u meta oifgroup %u ether daddr ", bridge,
		NET_GROUP, NET_GROUP);
	add_mac(out, mac);
	str_add(out, " drop\n");
}

void
rules_remove_table(const char *bridge, struct str *out)
{
	static const char *const families[] = {"bridge", "inet"};

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		str_addf(out, "add table %s warder-%s\ndelete table %s warder-%s\n", families[i], bridge, families[i],
			bridge);
}

/* "{ 10.66.0.4, 10.66.0.5 }"; hex: as one number, for a match on raw bytes. */
static void
add_addrs(struct str *out, const struct net_port *p, unsigned family, bool hex)
{
	const char *separator = "{ ";

	for (size_t i = 0; i < p->naddrs; i++) {
		if (p->addrs[i].family != family)
			continue;
		str_add(out, separator);
		separator = ", ";
		if (!hex) {
			addr_print(&p->addrs[i], false, out);
			continue;
		}
		str_add(out, "0x");
		for (size_t b = 0; b < sizeof(p->addrs[i].bytes); b++)
			str_addf(out, "%02x", p->addrs[i].bytes[b]);
	}
	str_add(out, " }");
}

static bool
has_family(const struct net_port *p, unsigned family)
{
	for (size_t i = 0; i < p->naddrs; i++)
		if (p->addrs[i].family == family)
			return true;
	return false;
}

/* Starts a rule of the port's own chain. */
static void
add_rule(struct str *out, const struct net_port *p, const char *rule)
{
	str_addf(out, "add rule bridge warder-%s from-%s %s", p->bridge, p->host, rule);
}

static void
add_link_rules(struct str *out, const struct net_port *p)
{
	add_rule(out, p, "ether saddr != ");
	add_mac(out, p->mac);
	str_add(out, " drop\n");
	add_rule(out, p, "ether daddr & ff:ff:ff:ff:ff:f0 == 01:80:c2:00:00:00 drop\n");
}

/* ARP of its own; IPv4 from its own; no DHCP server. */
static void
add_ip4_rules(struct str *out, const struct net_port *p)
{
	add_rule(out, p, "ether type arp arp htype 1 arp ptype ip arp hlen 6 arp plen 4 arp saddr ether ");
	add_mac(out, p->mac);
	str_add(out, " arp saddr ip ");
	add_addrs(out, p, 4, false);
	str_add(out, " accept\n");
	add_rule(out, p, "ether type ip udp sport 67 drop\n");
	add_rule(out, p, "ether type ip ip saddr ");
	add_addrs(out, p, 4, false);
	str_add(out, " accept\n");
}

/* IPv6 from its own; no router advertisement, redirect, DHCPv6 server; advertises no neighbour but itself. */
static void
add_ip6_rules(struct str *out, const struct net_port *p)
{
	add_rule(out, p, "ether type ip6 udp sport 547 drop\n");
	add_rule(out, p, "ether type ip6 icmpv6 type { nd-router-advert, nd-redirect } drop\n");
	add_rule(out, p, "ether type ip6 icmpv6 type nd-neighbor-advert @th,64,128 != ");
	add_addrs(out, p, 6, true);
	str_add(out, " drop\n");
	add_rule(out, p, "ether type ip6 ip6 saddr ");
	add_addrs(out, p, 6, false);
	str_add(out, " accept\n");
}

static void
add_peers(struct str *out, const struct net_port *p)
{
	str_addf(out, "create set bridge warder-%s peers-%s { type ifname; }\n", p->bridge, p->host);
	str_addf(out, "add element bridge warder-%s peers-%s {", p->bridge, p->host);
	for (size_t i = 0; i < p->npeers; i++)
		str_addf(out, "%s \"%s\"", i == 0 ? "" : ",", p->peers[i]);
	str_add(out, " }\n");
	str_addf(out, "create chain bridge warder-%s to-%s\n", p->bridge, p->host);
	str_addf(out, "add rule bridge warder-%s to-%s iifname @peers-%s accept\n", p->bridge, p->host, p->host);
	str_addf(out, "add rule bridge warder-%s to-%s oifname @peers-%s accept\n", p->bridge, p->host, p->host);
}

/* The entry of a map that leads to one of the port's chains. */
static void
add_jump(struct str *out, const char *what, const char *bridge, const char *map, const char *host, const char *chain)
{
	str_addf(out, "%s element bridge warder-%s %s { \"%s\" : jump %s-%s }\n", what, bridge, map, host, chain, host);
}

void
rules_add_port(const struct net_port *p, struct str *out)
{
	str_addf(out, "create chain bridge warder-%s from-%s\n", p->bridge, p->host);
	add_link_rules(out, p);
	if (has_family(p, 4))
		add_ip4_rules(out, p);
	if (has_family(p, 6))
		add_ip6_rules(out, p);
	add_rule(out, p, "drop\n");
	add_jump(out, "add", p->bridge, "from", p->host, "from");
	str_addf(out, "add element bridge warder-%s own { \"%s\" }\n", p->bridge, p->host);
	if (p->npeers == 0)
		return;
	add_peers(out, p);
	add_jump(out, "add", p->bridge, "senders", p->host, "to");
	add_jump(out, "add", p->bridge, "receivers", p->host, "to");
}

/* Everything is added first, since deleting what is not there would fail. */
void
rules_remove_port(const char *bridge, const char *host, struct str *out)
{
	static const char *const jumps[][2] = {{"from", "from"}, {"senders", "to"}, {"receivers", "to"}};
	static const char *const chains[] = {"from", "to"};

	for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++)
		str_addf(out, "add chain bridge warder-%s %s-%s\nflush chain bridge warder-%s %s-%s\n", bridge,
			chains[i], host, bridge, chains[i], host);
	for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++) {
		add_jump(out, "add", bridge, jumps[i][0], host, jumps[i][1]);
		add_jump(out, "delete", bridge, jumps[i][0], host, jumps[i][1]);
	}
	str_addf(out, "add element bridge warder-%s own { \"%s\" }\ndelete element bridge warder-%s own { \"%s\" }\n",
		bridge, host, bridge, host);
	str_addf(out, "add set bridge warder-%s peers-%s { type ifname; }\ndelete set bridge warder-%s peers-%s\n",
		bridge, host, bridge, host);
	for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++)
		str_addf(out, "delete chain bridge warder-%s %s-%s\n", bridge, chains[i], host);
}
