/*
 * Requests to rtnetlink, read back with libmnl; and the comparisons that decide without the kernel.
 */
#include "unit.h"

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/veth.h>
#include <net/if.h>

#include "net/addr.h"
#include "net/link.h"
#include "net/rules.h"

/* The attribute of that type behind the fixed header, or in a nest. */
static const struct nlattr *
top(const struct nlmsghdr *h, size_t header, unsigned type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, h, header) if (mnl_attr_get_type(attr) == type) return attr;
	fail_msg("no attribute %u", type);
	return NULL;
}

static const struct nlattr *
nested(const struct nlattr *nest, unsigned type)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) if (mnl_attr_get_type(attr) == type) return attr;
	fail_msg("no nested attribute %u", type);
	return NULL;
}

static struct addr
addr(const char *text)
{
	struct addr a;
	struct err e = {0};

	assert_int_equal(addr_parse(text, strchr(text, ':') == NULL ? 4 : 6, &a, &e), 0);
	return a;
}

static const size_t LINK = sizeof(struct ifinfomsg);

static void
what_is_created_is_marked_from_its_first_moment_and_never_replaces(void **state)
{
	struct net_port p = {.host = "wdr1", .bridge = "br0", .owner = "/j", .mac = {2, 0, 0, 0, 0, 4}, .netns = 7};
	struct rtnl_message m;
	const struct nlmsghdr *messages[] = {link_msg_bridge(&m, "br0", p.mac), NULL};

	assert_int_equal(messages[0]->nlmsg_flags, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL);
	assert_int_equal(mnl_attr_get_u32(top(messages[0], LINK, IFLA_GROUP)), NET_GROUP);
	messages[1] = link_msg_veth(&m, &p, 3);
	assert_int_equal(messages[1]->nlmsg_flags, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL);
	assert_int_equal(mnl_attr_get_u32(top(messages[1], LINK, IFLA_GROUP)), NET_GROUP);
}

static void
the_jails_end_is_made_in_its_namespace_and_the_hosts_on_the_bridge(void **state)
{
	struct net_port p = {.host = "wdr1", .bridge = "br0", .owner = "/j", .mac = {2, 0, 0, 0, 0, 4}, .netns = 7};
	struct rtnl_message m;
	const struct nlmsghdr *h = link_msg_veth(&m, &p, 3);
	const struct nlattr *peer = nested(nested(top(h, LINK, IFLA_LINKINFO), IFLA_INFO_DATA), VETH_INFO_PEER), *attr;
	const void *inside;
	unsigned seen = 0;

	assert_string_equal(mnl_attr_get_str(top(h, LINK, IFLA_IFNAME)), "wdr1");
	assert_int_equal(mnl_attr_get_u32(top(h, LINK, IFLA_MASTER)), 3);
	inside = (const char *)mnl_attr_get_payload(peer) + LINK;
	mnl_attr_for_each_payload(inside, mnl_attr_get_payload_len(peer) - LINK)
	{
		seen++;
		if (mnl_attr_get_type(attr) == IFLA_IFNAME)
			assert_string_equal(mnl_attr_get_str(attr), "eth0");
		if (mnl_attr_get_type(attr) == IFLA_ADDRESS)
			assert_memory_equal(mnl_attr_get_payload(attr), p.mac, 6);
		if (mnl_attr_get_type(attr) == IFLA_NET_NS_FD)
			assert_int_equal(mnl_attr_get_u32(attr), 7);
	}
	assert_int_equal(seen, 3);
}

static void
a_port_learns_nothing_is_locked_and_gets_no_unknown_frames(void **state)
{
	for (unsigned isolated = 0; isolated < 2; isolated++) {
		struct rtnl_message m;
		const struct nlmsghdr *h = link_msg_port(&m, 4, isolated);
		const struct nlattr *data = nested(top(h, LINK, IFLA_LINKINFO), IFLA_INFO_SLAVE_DATA);

		assert_int_equal(mnl_attr_get_u8(nested(data, IFLA_BRPORT_LEARNING)), 0);
		assert_int_equal(mnl_attr_get_u8(nested(data, IFLA_BRPORT_LOCKED)), 1);
		assert_int_equal(mnl_attr_get_u8(nested(data, IFLA_BRPORT_UNICAST_FLOOD)), 0);
		assert_int_equal(mnl_attr_get_u8(nested(data, IFLA_BRPORT_ISOLATED)), isolated);
		assert_int_equal(mnl_attr_get_u16(nested(data, IFLA_BRPORT_GROUP_FWD_MASK)), 0xfffd);
	}
}

static void
the_forwarding_entry_is_static_and_not_the_bridges_own(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 4};
	struct rtnl_message m;
	const struct ndmsg *n = mnl_nlmsg_get_payload(link_msg_forward(&m, 4, mac));

	assert_int_equal(n->ndm_family, PF_BRIDGE);
	assert_int_equal(n->ndm_state, NUD_NOARP);
	assert_int_equal(n->ndm_flags, NTF_MASTER);
}

static void
an_ipv6_address_is_used_without_detection_of_duplicates(void **state)
{
	struct addr a4 = addr("10.66.0.4/24"), a6 = addr("fd66::4/64");
	struct rtnl_message m;
	const struct nlmsghdr *h = addr_msg_add(&m, 2, &a6);
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(h);

	assert_int_equal(info->ifa_flags, IFA_F_NODAD);
	assert_int_equal(info->ifa_prefixlen, 64);
	assert_int_equal(mnl_attr_get_payload_len(top(h, sizeof(*info), IFA_LOCAL)), 16);
	h = addr_msg_add(&m, 2, &a4);
	info = mnl_nlmsg_get_payload(h);
	assert_int_equal(info->ifa_flags, 0);
	assert_memory_equal(mnl_attr_get_payload(top(h, sizeof(*info), IFA_LOCAL)), "\x0a\x42\0\x04", 4);
}

static void
a_default_route_has_no_destination_and_its_gateways_family(void **state)
{
	struct addr gateway = addr("fd66::1/64");
	struct rtnl_message m;
	const struct nlmsghdr *h = addr_msg_default_route(&m, 2, &gateway);
	const struct rtmsg *route = mnl_nlmsg_get_payload(h);

	assert_int_equal(route->rtm_family, AF_INET6);
	assert_int_equal(route->rtm_dst_len, 0);
	assert_memory_equal(mnl_attr_get_payload(top(h, sizeof(*route), RTA_GATEWAY)), gateway.bytes, 16);
}

static void
the_largest_request_fits(void **state)
{
	struct rtnl_message m;
	char owner[241];

	memset(owner, 'x', sizeof(owner) - 1);
	owner[sizeof(owner) - 1] = '\0';
	assert_in_range(link_msg_mark(&m, 1, owner)->nlmsg_len, 240, RTNL_MESSAGE_MAX);
}

static void
an_interface_is_ours_only_by_kind_group_and_owner(void **state)
{
	static const struct {
		struct link link;
		bool ours;
	} rows[] = {
		{{1, NET_GROUP, 0, "bridge", "warder /jails"}, true},
		{{1, NET_GROUP, 0, "bridge", ""}, true}, /* killed before it was marked */
		{{1, NET_GROUP, 0, "bridge", "warder /jails2"}, false},
		{{1, NET_GROUP, 0, "bridge", "warder"}, false},
		{{1, NET_GROUP, 0, "bridge", "my own"}, false},
		{{1, NET_GROUP, 0, "dummy", "warder /jails"}, false},
		{{1, 0, 0, "bridge", "warder /jails"}, false},
		{{1, 0, 0, "bridge", ""}, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (link_is_ours(&rows[i].link, "bridge", "/jails") != rows[i].ours)
			fail_msg("row %zu", i);
}

static void
networks_overlap_where_the_wider_one_contains_the_other(void **state)
{
	static const struct {
		const char *a, *b;
		bool overlap;
	} rows[] = {
		{"10.66.0.1/24", "10.66.0.200/24", true},
		{"10.66.0.1/24", "10.66.1.1/24", false},
		{"10.66.0.1/24", "10.66.9.9/16", true},
		{"10.66.0.1/24", "10.66.0.130/25", true},
		{"10.66.0.1/25", "10.66.0.130/25", false},
		{"10.66.0.1/23", "10.66.1.1/24", true},
		{"10.66.0.1/23", "10.66.2.1/24", false},
		{"fd66::1/64", "fd66::ffff:0:0:1/64", true},
		{"fd66::1/64", "fd66:0:0:1::1/64", false},
		{"fd66::1/64", "fd66:0:0:1::1/63", true},
		{"10.66.0.1/24", "fd66::1/64", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct addr a = addr(rows[i].a), b = addr(rows[i].b);

		if (addr_networks_overlap(&a, &b) != rows[i].overlap ||
			addr_networks_overlap(&b, &a) != rows[i].overlap)
			fail_msg("%s %s", rows[i].a, rows[i].b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_created_is_marked_from_its_first_moment_and_never_replaces),
		cmocka_unit_test(the_jails_end_is_made_in_its_namespace_and_the_hosts_on_the_bridge),
		cmocka_unit_test(a_port_learns_nothing_is_locked_and_gets_no_unknown_frames),
		cmocka_unit_test(the_forwarding_entry_is_static_and_not_the_bridges_own),
		cmocka_unit_test(an_ipv6_address_is_used_without_detection_of_duplicates),
		cmocka_unit_test(a_default_route_has_no_destination_and_its_gateways_family),
		cmocka_unit_test(the_largest_request_fits),
		cmocka_unit_test(an_interface_is_ours_only_by_kind_group_and_owner),
		cmocka_unit_test(networks_overlap_where_the_wider_one_contains_the_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
