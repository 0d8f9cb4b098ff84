/*
 * The command line of warder-net as data.  Pure.
 */
#ifndef WARDER_NET_ARGS_H
#define WARDER_NET_ARGS_H

#include "net/net.h"

enum net_verb { NET_UP, NET_DOWN, NET_CHECK, NET_NVERBS };

/*
 * Reads "up|down|check" and its options into ret; texts point into argv.  Unknown, missing and doubled options, names
 * that cannot be an interface's, and values out of range are ERR_USAGE, naming the option or the value.
 */
int args_parse(int argc, char *const *argv, enum net_verb *ret_verb, struct net_port *ret, struct err *e) must_check;
/* Pure: 1 to 15 bytes of letters, digits, '_', '-' and '.', a letter or digit first. */
bool ifname_is_valid(const char *name);

#endif
