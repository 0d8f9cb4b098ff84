/*
 * The text of the rules, for nft(8) or libnftables.  Pure.
 *
 * Each bridge has a table "warder-BRIDGE" of family bridge and one of family inet; each port a chain, a set of peers
 * and entries in the table's maps.  Every text is one transaction.
 */
#ifndef WARDER_NET_RULES_H
#define WARDER_NET_RULES_H

#include "net/net.h"

/* The group of interfaces (IFLA_GROUP) that marks a bridge or port as ours from the moment that it exists: "ward". */
enum { NET_GROUP = 0x77617264 };

/* Table, maps and base chains; fails in the kernel if they are there.  mac: the bridge's. */
void rules_add_table(const char *bridge, const uint8_t mac[6], struct str *out);
/* Whether they are there or not. */
void rules_remove_table(const char *bridge, struct str *out);
/* One port; fails in the kernel if it is there or the table is not. */
void rules_add_port(const struct net_port *p, struct str *out);
/* Whether the port is there or not; the table must be there (or be added by the same text). */
void rules_remove_port(const char *bridge, const char *host, struct str *out);

#endif
