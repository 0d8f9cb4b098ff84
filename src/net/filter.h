/*
 * Loads the rules of rules.h into the kernel.
 */
#ifndef WARDER_NET_FILTER_H
#define WARDER_NET_FILTER_H

#include "net/net.h"

/*
 * The port's rules, replacing what a killed run left; with fresh, the bridge is new and its table is made (anew).  Made
 * before the port exists, so that it never runs without them.  mac: the bridge's.
 */
int filter_add_port(const struct net_port *p, const uint8_t mac[6], bool fresh, struct err *e) must_check;
/* 0 if the port, or the whole table, is not there. */
int filter_remove_port(const char *bridge, const char *host, struct err *e) must_check;
int filter_remove_table(const char *bridge, struct err *e) must_check;

#endif
