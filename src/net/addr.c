/*
 * Addresses by rtnetlink, and the check that a bridge's network is not already somebody else's on this host.
 *
 * A wider route that only covers the bridge's network (a default route, 10.0.0.0/8 by a gateway) is no conflict: the
 * narrower one is what the administrator asked for.  An interface that has an address in it is always one.
 */
#include "net/addr.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

static uint8_t
af_of(const struct addr *a)
{
	return a->family == 4 ? AF_INET : AF_INET6;
}

static size_t
length_of(const struct addr *a)
{
	return a->family == 4 ? 4 : 16;
}

static void
put_addr(struct nlmsghdr *h, uint16_t attr, const struct addr *a)
{
	mnl_attr_put(h, attr, length_of(a), a->bytes);
}

struct nlmsghdr *
addr_msg_add(struct rtnl_message *m, unsigned index, const struct addr *a)
{
	struct nlmsghdr *h = rtnl_begin(m, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	struct ifaddrmsg *info = mnl_nlmsg_put_extra_header(h, sizeof(*info));

	info->ifa_family = af_of(a);
	info->ifa_prefixlen = a->prefix;
	info->ifa_flags = a->family == 6 ? IFA_F_NODAD : 0;
	info->ifa_index = index;
	put_addr(h, IFA_LOCAL, a);
	put_addr(h, IFA_ADDRESS, a);
	return h;
}

struct nlmsghdr *
addr_msg_default_route(struct rtnl_message *m, unsigned index, const struct addr *gateway)
{
	struct nlmsghdr *h = rtnl_begin(m, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
	struct rtmsg *route = mnl_nlmsg_put_extra_header(h, sizeof(*route));

	route->rtm_family = af_of(gateway);
	route->rtm_table = RT_TABLE_MAIN;
	route->rtm_protocol = RTPROT_STATIC;
	route->rtm_scope = RT_SCOPE_UNIVERSE;
	route->rtm_type = RTN_UNICAST;
	put_addr(h, RTA_GATEWAY, gateway);
	mnl_attr_put_u32(h, RTA_OIF, index);
	return h;
}

struct nlmsghdr *
addr_msg_neighbour(struct rtnl_message *m, unsigned index, const struct addr *a, const uint8_t mac[6])
{
	struct nlmsghdr *h = rtnl_begin(m, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);
	struct ndmsg *entry = mnl_nlmsg_put_extra_header(h, sizeof(*entry));

	entry->ndm_family = af_of(a);
	entry->ndm_ifindex = (int)index;
	entry->ndm_state = NUD_REACHABLE;
	put_addr(h, NDA_DST, a);
	mnl_attr_put(h, NDA_LLADDR, 6, mac);
	return h;
}

bool
addr_networks_overlap(const struct addr *a, const struct addr *b)
{
	unsigned bits = a->prefix < b->prefix ? a->prefix : b->prefix;

	if (a->family != b->family || memcmp(a->bytes, b->bytes, bits / 8) != 0)
		return false;
	return bits % 8 == 0 || ((a->bytes[bits / 8] ^ b->bytes[bits / 8]) & (0xff00 >> bits % 8) & 0xff) == 0;
}

/* One address of an interface, as the kernel lists it. */
struct listed {
	unsigned index;
	struct addr addr;
};

/* What each listed address is compared with, and the first that was found. */
struct search {
	const struct addr *wanted;
	unsigned only, except; /* interfaces; 0: all, none */
	bool exact;
	unsigned found;
};

static int
listed_attr(const struct nlattr *attr, void *arg)
{
	struct listed *l = arg;
	uint16_t type = mnl_attr_get_type(attr);

	/* The peer of a point-to-point link is IFA_ADDRESS; its own is IFA_LOCAL, which comes later or is absent. */
	if ((type == IFA_LOCAL || type == IFA_ADDRESS) && mnl_attr_get_payload_len(attr) <= sizeof(l->addr.bytes))
		memcpy(l->addr.bytes, mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
	return MNL_CB_OK;
}

static int
search_each(const struct nlmsghdr *h, void *arg)
{
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(h);
	struct listed l = {.index = info->ifa_index};
	struct search *s = arg;

	l.addr.family = info->ifa_family == AF_INET ? 4 : 6;
	l.addr.prefix = info->ifa_prefixlen;
	if (mnl_attr_parse(h, sizeof(*info), listed_attr, &l) < 0)
		return MNL_CB_ERROR;
	if ((s->only != 0 && l.index != s->only) || l.index == s->except || s->found != 0)
		return MNL_CB_OK;
	if (s->exact ? addr_equal(&l.addr, s->wanted) : addr_networks_overlap(&l.addr, s->wanted))
		s->found = l.index;
	return MNL_CB_OK;
}

static int
addr_search(struct rtnl *r, struct search *s, struct err *e)
{
	struct rtnl_message m;
	struct nlmsghdr *h = rtnl_begin(&m, RTM_GETADDR, NLM_F_DUMP);
	struct ifaddrmsg *info = mnl_nlmsg_put_extra_header(h, sizeof(*info));

	info->ifa_family = af_of(s->wanted);
	info->ifa_index = s->only;
	return rtnl_ask(r, h, search_each, s, 0, "list addresses", "host", e);
}

int
addr_is_on(struct rtnl *r, unsigned index, const struct addr *a, bool *ret, struct err *e)
{
	struct search s = {.wanted = a, .only = index, .exact = true};

	if (addr_search(r, &s, e) < 0)
		return -1;
	*ret = s.found != 0;
	return 0;
}

/* The entry of the routing table that a packet to an address would take. */
struct route {
	unsigned oif, length, type;
};

static int
route_attr(const struct nlattr *attr, void *arg)
{
	struct route *route = arg;

	if (mnl_attr_get_type(attr) == RTA_OIF)
		route->oif = mnl_attr_get_u32(attr);
	return MNL_CB_OK;
}

static int
route_read(const struct nlmsghdr *h, void *arg)
{
	const struct rtmsg *info = mnl_nlmsg_get_payload(h);
	struct route *route = arg;

	route->length = info->rtm_dst_len;
	route->type = info->rtm_type;
	return mnl_attr_parse(h, sizeof(*info), route_attr, route);
}

/* What the kernel answers where no interface has the route: none, unreachable, prohibit, blackhole. */
static bool
is_no_route(int err_no)
{
	return err_no == ENETUNREACH || err_no == EHOSTUNREACH || err_no == EACCES || err_no == EINVAL;
}

static int
route_lookup(struct rtnl *r, const struct addr *a, struct route *ret, struct err *e)
{
	struct rtnl_message m;
	struct nlmsghdr *h = rtnl_begin(&m, RTM_GETROUTE, 0);
	struct rtmsg *info = mnl_nlmsg_put_extra_header(h, sizeof(*info));
	struct err why = {0};

	info->rtm_family = af_of(a);
	info->rtm_dst_len = a->family == 4 ? 32 : 128;
	info->rtm_flags = RTM_F_LOOKUP_TABLE | RTM_F_FIB_MATCH;
	put_addr(h, RTA_DST, a);
	if (rtnl_ask(r, h, route_read, ret, 0, "look up route", "host", &why) == 0 || is_no_route(why.err_no))
		return 0;
	*e = why;
	return -1;
}

static int
refuse(const struct addr *a, unsigned index, struct err *e)
{
	str_auto network = {0};
	char name[IF_NAMESIZE] = "another";

	addr_print(a, true, &network);
	(void)if_indextoname(index, name);
	err_set(e, ERR_CONFIG, "bridge address", str_text(&network),
		"its network is in use by interface %s of the host", name);
	return err_hint(e, "choose another network for the jails, or bridge_ip4, bridge_ip6");
}

int
addr_refuse_conflict(struct rtnl *r, const struct addr *a, unsigned except, struct err *e)
{
	struct search s = {.wanted = a, .except = except};
	struct route route = {0};

	if (addr_search(r, &s, e) < 0)
		return -1;
	if (s.found != 0)
		return refuse(a, s.found, e);
	if (route_lookup(r, a, &route, e) < 0)
		return -1;
	if (route.oif != 0 && route.oif != except && route.length >= a->prefix)
		return refuse(a, route.oif, e);
	return 0;
}
