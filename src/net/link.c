/*
 * Interfaces by rtnetlink.
 *
 * An interface that we make is of group NET_GROUP from its first moment, since the kernel takes no alias at creation;
 * the alias follows and says whose it is.  So one that a killed run left behind is always known as ours.
 */
#include "net/link.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/veth.h>
#include <string.h>
#include <sys/socket.h>

#include "net/rules.h"

/*
 * Frames to 01:80:c2:00:00:0X that the bridge treats as any other, so that prerouting sees and drops them: one bit
 * each, all but 1 (pause frames), which the kernel refuses here and drops itself.  Otherwise it hands 0E (LLDP) to the
 * host's own stack without asking any hook, whatever packet is in it.
 */
enum { RESERVED_FILTERED = 0xfffd };

static struct nlmsghdr *
begin(struct rtnl_message *m, uint16_t type, uint16_t flags, unsigned index)
{
	struct nlmsghdr *h = rtnl_begin(m, type, flags);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(h, sizeof(*info));

	info->ifi_family = AF_UNSPEC;
	info->ifi_index = (int)index;
	return h;
}

struct nlmsghdr *
link_msg_bridge(struct rtnl_message *m, const char *name, const uint8_t mac[6])
{
	struct nlmsghdr *h = begin(m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0);
	struct nlattr *info, *data;

	mnl_attr_put_strz(h, IFLA_IFNAME, name);
	mnl_attr_put(h, IFLA_ADDRESS, 6, mac);
	mnl_attr_put_u32(h, IFLA_GROUP, NET_GROUP);
	info = mnl_attr_nest_start(h, IFLA_LINKINFO);
	mnl_attr_put_strz(h, IFLA_INFO_KIND, "bridge");
	data = mnl_attr_nest_start(h, IFLA_INFO_DATA);
	mnl_attr_put_u32(h, IFLA_BR_STP_STATE, 0);
	mnl_attr_put_u32(h, IFLA_BR_FORWARD_DELAY, 0);
	mnl_attr_put_u8(h, IFLA_BR_MCAST_SNOOPING, 0);
	mnl_attr_nest_end(h, data);
	mnl_attr_nest_end(h, info);
	return h;
}

struct nlmsghdr *
link_msg_veth(struct rtnl_message *m, const struct net_port *p, unsigned bridge_index)
{
	struct nlmsghdr *h = begin(m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0);
	struct nlattr *info, *data, *peer;
	struct ifinfomsg *inside;

	mnl_attr_put_strz(h, IFLA_IFNAME, p->host);
	mnl_attr_put_u32(h, IFLA_GROUP, NET_GROUP);
	mnl_attr_put_u32(h, IFLA_MASTER, bridge_index);
	info = mnl_attr_nest_start(h, IFLA_LINKINFO);
	mnl_attr_put_strz(h, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(h, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(h, VETH_INFO_PEER);
	inside = mnl_nlmsg_put_extra_header(h, sizeof(*inside));
	inside->ifi_family = AF_UNSPEC;
	mnl_attr_put_strz(h, IFLA_IFNAME, "eth0");
	mnl_attr_put(h, IFLA_ADDRESS, 6, p->mac);
	mnl_attr_put_u32(h, IFLA_NET_NS_FD, (uint32_t)p->netns);
	mnl_attr_nest_end(h, peer);
	mnl_attr_nest_end(h, data);
	mnl_attr_nest_end(h, info);
	return h;
}

struct nlmsghdr *
link_msg_mark(struct rtnl_message *m, unsigned index, const char *owner)
{
	struct nlmsghdr *h = begin(m, RTM_NEWLINK, 0, index);
	char alias[256];

	(void)snprintf(alias, sizeof(alias), "warder %s", owner);
	mnl_attr_put_str(h, IFLA_IFALIAS, alias);
	return h;
}

struct nlmsghdr *
link_msg_no_link_local(struct rtnl_message *m, unsigned index)
{
	struct nlmsghdr *h = begin(m, RTM_NEWLINK, 0, index);
	struct nlattr *families = mnl_attr_nest_start(h, IFLA_AF_SPEC);
	struct nlattr *inet6 = mnl_attr_nest_start(h, AF_INET6);

	mnl_attr_put_u8(h, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	mnl_attr_nest_end(h, inet6);
	mnl_attr_nest_end(h, families);
	return h;
}

struct nlmsghdr *
link_msg_port(struct rtnl_message *m, unsigned index, bool isolated)
{
	const struct {
		uint16_t attr;
		uint8_t value;
	} settings[] = {
		{IFLA_BRPORT_LEARNING, 0},
		{IFLA_BRPORT_LOCKED, 1},
		{IFLA_BRPORT_UNICAST_FLOOD, 0},
		{IFLA_BRPORT_GUARD, 1},
		{IFLA_BRPORT_ISOLATED, isolated},
	};
	struct nlmsghdr *h = begin(m, RTM_NEWLINK, 0, index);
	struct nlattr *info, *data;

	info = mnl_attr_nest_start(h, IFLA_LINKINFO);
	mnl_attr_put_strz(h, IFLA_INFO_SLAVE_KIND, "bridge");
	data = mnl_attr_nest_start(h, IFLA_INFO_SLAVE_DATA);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		mnl_attr_put_u8(h, settings[i].attr, settings[i].value);
	mnl_attr_put_u16(h, IFLA_BRPORT_GROUP_FWD_MASK, RESERVED_FILTERED);
	mnl_attr_nest_end(h, data);
	mnl_attr_nest_end(h, info);
	return h;
}

struct nlmsghdr *
link_msg_forward(struct rtnl_message *m, unsigned index, const uint8_t mac[6])
{
	struct nlmsghdr *h = rtnl_begin(m, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);
	struct ndmsg *entry = mnl_nlmsg_put_extra_header(h, sizeof(*entry));

	entry->ndm_family = PF_BRIDGE;
	entry->ndm_ifindex = (int)index;
	entry->ndm_state = NUD_NOARP; /* static; NUD_PERMANENT would make it the bridge's own address */
	entry->ndm_flags = NTF_MASTER;
	mnl_attr_put(h, NDA_LLADDR, 6, mac);
	return h;
}

struct nlmsghdr *
link_msg_up(struct rtnl_message *m, unsigned index)
{
	struct nlmsghdr *h = begin(m, RTM_NEWLINK, 0, index);
	struct ifinfomsg *info = mnl_nlmsg_get_payload(h);

	info->ifi_flags = IFF_UP;
	info->ifi_change = IFF_UP;
	return h;
}

struct nlmsghdr *
link_msg_delete(struct rtnl_message *m, unsigned index)
{
	return begin(m, RTM_DELLINK, 0, index);
}

bool
link_is_ours(const struct link *l, const char *kind, const char *owner)
{
	if (strcmp(l->kind, kind) != 0 || l->group != NET_GROUP)
		return false;
	return l->alias[0] == '\0' || (str_has_prefix(l->alias, "warder ") && strcmp(l->alias + 7, owner) == 0);
}

static void
text_attr(const struct nlattr *attr, char *ret, size_t size)
{
	size_t n = strnlen(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));

	if (n >= size)
		n = size - 1;
	memcpy(ret, mnl_attr_get_payload(attr), n);
	ret[n] = '\0';
}

static int
link_attr_kind(const struct nlattr *attr, void *arg)
{
	struct link *l = arg;

	if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
		text_attr(attr, l->kind, sizeof(l->kind));
	return MNL_CB_OK;
}

static int
link_attr(const struct nlattr *attr, void *arg)
{
	struct link *l = arg;

	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFALIAS:
		text_attr(attr, l->alias, sizeof(l->alias));
		break;
	case IFLA_GROUP:
		l->group = mnl_attr_get_u32(attr);
		break;
	case IFLA_LINKINFO:
		return mnl_attr_parse_nested(attr, link_attr_kind, l);
	}
	return MNL_CB_OK;
}

static int
link_read(const struct nlmsghdr *h, void *arg)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(h);
	struct link *l = arg;

	l->index = (unsigned)info->ifi_index;
	l->flags = info->ifi_flags;
	return mnl_attr_parse(h, sizeof(*info), link_attr, l);
}

int
link_find(struct rtnl *r, const char *name, struct link *ret, struct err *e)
{
	struct rtnl_message m;
	struct nlmsghdr *h = begin(&m, RTM_GETLINK, 0, 0);
	struct link l = {0};

	mnl_attr_put_strz(h, IFLA_IFNAME, name);
	mnl_attr_put_u32(h, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	if (rtnl_ask(r, h, link_read, &l, ENODEV, "find interface", name, e) < 0)
		return -1;
	*ret = l;
	return 0;
}

static int
port_count(const struct nlmsghdr *h, void *arg)
{
	++*(unsigned *)arg;
	return MNL_CB_OK;
}

int
link_count_ports(struct rtnl *r, unsigned bridge_index, unsigned *ret, struct err *e)
{
	struct rtnl_message m;
	struct nlmsghdr *h = begin(&m, RTM_GETLINK, NLM_F_DUMP, 0);
	unsigned n = 0;

	mnl_attr_put_u32(h, IFLA_MASTER, bridge_index);
	mnl_attr_put_u32(h, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	if (rtnl_ask(r, h, port_count, &n, 0, "list ports", "bridge", e) < 0)
		return -1;
	*ret = n;
	return 0;
}

int
link_delete(struct rtnl *r, unsigned index, const char *name, struct err *e)
{
	struct rtnl_message m;

	return rtnl_ask(r, link_msg_delete(&m, index), NULL, NULL, ENODEV, "remove interface", name, e);
}
