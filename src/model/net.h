/*
 * Addresses as data.  Pure.
 */
#ifndef WARDER_MODEL_NET_H
#define WARDER_MODEL_NET_H

#include <stdint.h>

#include "base/str.h"

struct addr {
	uint8_t family; /* 4 or 6; 0: unset */
	uint8_t prefix; /* length of the network's prefix */
	uint8_t bytes[16];
};

/* "10.66.0.4", "10.66.0.4/24", "fd66::4/64".  Without a prefix: 24 or 64.  Refuses the network's own address, the
 * broadcast address, unspecified, loopback, multicast and link-local ones, saying which. */
int addr_parse(const char *text, unsigned family, struct addr *ret, struct err *e) must_check;
void addr_print(const struct addr *a, bool with_prefix, struct str *out);
bool addr_equal(const struct addr *a, const struct addr *b); /* without the prefix */
bool addr_same_network(const struct addr *a, const struct addr *b);
/* The first host of a's network (10.66.0.1 for 10.66.0.4/24): the host's own address on a bridge by default. */
struct addr addr_first_host(const struct addr *a);
/* A locally administered unicast MAC from two names, the same at each start (02:xx:..., FNV-1a of both). */
void mac_for(const char *root, const char *jail, uint8_t ret[6]);
/* The host's end of a jail's veth, at most 15 bytes: "wdr" and twelve hex digits of a hash of root and name. */
void veth_name_for(const char *root, const char *jail, char ret[16]);

#endif
