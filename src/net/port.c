/*
 * up, down and check: what is done in which order.
 *
 * Theory of operation.  `up` refuses before it changes anything; then rules first, port second, so that a port never
 * runs without its rules, and the port is set up completely (locked, static forwarding entry, marked) before it comes
 * up. The bridge comes up last: an interface that comes up while it has a carrier is ready at once, while one that gets
 * its carrier later waits for the kernel's link watch, up to a second.  Whatever fails, `down` is the undo: it removes
 * what is ours and there.  What a killed run left is found by name and mark, and removed by the next `up` or `down`.
 */
#include "net/port.h"

#include <fcntl.h>
#include <linux/if.h>
#include <sched.h>

#include "base/fd.h"
#include "net/addr.h"
#include "net/filter.h"
#include "net/link.h"
#include "net/lock.h"
#include "net/netns.h"

/* The two interfaces of the host, as found before anything is done. */
struct found {
	struct link bridge, host;
};

static int
refuse_foreign(const struct link *l, const char *name, const char *kind, const char *owner, struct err *e)
{
	if (l->index == 0 || link_is_ours(l, kind, owner))
		return 0;
	if (str_has_prefix(l->alias, "warder "))
		return err_set(
			e, ERR_CANTCREATE, "use interface", name, "it belongs to another warder: \"%s\"", l->alias + 7);
	return err_set(e, ERR_CANTCREATE, "use interface", name, "it exists and is not warder's");
}

static int
find(struct rtnl *r, const struct net_port *p, struct found *ret, struct err *e)
{
	if (link_find(r, p->bridge, &ret->bridge, e) < 0 || link_find(r, p->host, &ret->host, e) < 0)
		return -1;
	return 0;
}

/* Those of the bridge's addresses that it does not have yet, checked against the host's other networks. */
static int
missing_addresses(struct rtnl *r, const struct net_port *p, unsigned bridge, bool missing[2], struct err *e)
{
	for (size_t i = 0; i < p->nbridge_addrs; i++) {
		bool present = false;

		if (bridge != 0 && addr_is_on(r, bridge, &p->bridge_addrs[i], &present, e) < 0)
			return -1;
		if (!present && addr_refuse_conflict(r, &p->bridge_addrs[i], bridge, e) < 0)
			return -1;
		missing[i] = !present;
	}
	return 0;
}

/* The MAC of a bridge is made from its name, so that it never changes with its ports. */
static int
bridge_make(struct rtnl *r, const struct net_port *p, const uint8_t mac[6], struct link *ret, struct err *e)
{
	struct rtnl_message m;

	if (ret->index == 0) {
		if (rtnl_do(r, link_msg_bridge(&m, p->bridge, mac), "create bridge", p->bridge, e) < 0 ||
			link_find(r, p->bridge, ret, e) < 0)
			return -1;
	}
	if (ret->alias[0] == '\0' &&
		rtnl_do(r, link_msg_mark(&m, ret->index, p->owner), "mark interface", p->bridge, e) < 0)
		return -1;
	if ((ret->flags & IFF_UP) != 0 || !netns_has_ip6())
		return 0;
	if (rtnl_do(r, link_msg_no_link_local(&m, ret->index), "set addr_gen_mode", p->bridge, e) < 0)
		return -1;
	return netns_refuse_autoconf(p->bridge, e);
}

static int
bridge_finish(struct rtnl *r, const struct net_port *p, const struct link *bridge, const bool missing[2], struct err *e)
{
	struct rtnl_message m;

	if ((bridge->flags & IFF_UP) == 0 && rtnl_do(r, link_msg_up(&m, bridge->index), "set up", p->bridge, e) < 0)
		return -1;
	for (size_t i = 0; i < p->nbridge_addrs; i++)
		if (missing[i] && rtnl_do(r, addr_msg_add(&m, bridge->index, &p->bridge_addrs[i]), "add address",
					  p->bridge, e) < 0)
			return -1;
	return 0;
}

/* The pair, with everything set that has to be before the first frame. */
static int
pair_make(struct rtnl *r, const struct net_port *p, unsigned bridge, struct link *ret, struct err *e)
{
	struct rtnl_message m;

	if (rtnl_do(r, link_msg_veth(&m, p, bridge), "create veth pair", p->host, e) < 0 ||
		link_find(r, p->host, ret, e) < 0 ||
		rtnl_do(r, link_msg_mark(&m, ret->index, p->owner), "mark interface", p->host, e) < 0 ||
		rtnl_do(r, link_msg_port(&m, ret->index, p->npeers == 0), "set bridge port", p->host, e) < 0 ||
		rtnl_do(r, link_msg_forward(&m, ret->index, p->mac), "add forwarding entry", p->host, e) < 0)
		return -1;
	if (netns_has_ip6() && rtnl_do(r, link_msg_no_link_local(&m, ret->index), "set addr_gen_mode", p->host, e) < 0)
		return -1;
	return rtnl_do(r, link_msg_up(&m, ret->index), "set up", p->host, e);
}

/* An address may have been another jail's a moment ago; the host's cache would still send to that one's MAC.  Only for
 * addresses in a network of the bridge. */
static int
tell_neighbours(struct rtnl *r, const struct net_port *p, unsigned bridge, struct err *e)
{
	struct rtnl_message m;

	for (size_t i = 0; i < p->naddrs; i++)
		for (size_t b = 0; b < p->nbridge_addrs; b++)
			if (addr_same_network(&p->addrs[i], &p->bridge_addrs[b]) &&
				rtnl_do(r, addr_msg_neighbour(&m, bridge, &p->addrs[i], p->mac), "add neighbour",
					p->bridge, e) < 0)
				return -1;
	return 0;
}

/* A bridge without ports gets a new table: a killed run may have left it with none, or with another's rules. */
static int
is_fresh(struct rtnl *r, const struct link *bridge, bool *ret, struct err *e)
{
	unsigned nports = 0;

	if (bridge->index != 0 && link_count_ports(r, bridge->index, &nports, e) < 0)
		return -1;
	*ret = nports == 0;
	return 0;
}

static int
up_make(struct rtnl *r, const struct net_port *p, struct found *f, const bool missing[2], struct err *e)
{
	uint8_t mac[6];
	bool fresh;

	mac_for(p->owner, p->bridge, mac);
	if (f->host.index != 0 && link_delete(r, f->host.index, p->host, e) < 0)
		return -1;
	if (is_fresh(r, &f->bridge, &fresh, e) < 0 || bridge_make(r, p, mac, &f->bridge, e) < 0 ||
		filter_add_port(p, mac, fresh, e) < 0 || pair_make(r, p, f->bridge.index, &f->host, e) < 0 ||
		netns_configure(p, e) < 0 || bridge_finish(r, p, &f->bridge, missing, e) < 0)
		return -1;
	return tell_neighbours(r, p, f->bridge.index, e);
}

static int
bridge_remove(struct rtnl *r, const struct net_port *p, unsigned index, struct err *e)
{
	if (link_delete(r, index, p->bridge, e) < 0)
		return -1;
	return filter_remove_table(p->bridge, e);
}

/* Another's bridge of that name has another's table; without a bridge, a table of that name is a killed run's. */
static int
down_locked(struct rtnl *r, const struct net_port *p, struct err *e)
{
	struct found f = {0};
	unsigned nports = 0;

	if (find(r, p, &f, e) < 0 || refuse_foreign(&f.host, p->host, "veth", p->owner, e) < 0)
		return -1;
	if (f.host.index != 0 && link_delete(r, f.host.index, p->host, e) < 0)
		return -1;
	if (f.bridge.index == 0)
		return filter_remove_table(p->bridge, e);
	if (!link_is_ours(&f.bridge, "bridge", p->owner))
		return 0;
	if (link_count_ports(r, f.bridge.index, &nports, e) < 0)
		return -1;
	return nports == 0 ? bridge_remove(r, p, f.bridge.index, e) : filter_remove_port(p->bridge, p->host, e);
}

static int
up_locked(struct rtnl *r, const struct net_port *p, struct err *e)
{
	bool missing[2] = {false, false};
	struct found f = {0};
	struct err ignored = {0};

	if (find(r, p, &f, e) < 0 || refuse_foreign(&f.bridge, p->bridge, "bridge", p->owner, e) < 0 ||
		refuse_foreign(&f.host, p->host, "veth", p->owner, e) < 0 ||
		missing_addresses(r, p, f.bridge.index, missing, e) < 0)
		return -1;
	if (up_make(r, p, &f, missing, e) == 0)
		return 0;
	(void)!down_locked(r, p, &ignored);
	return -1;
}

int
port_up(const struct net_port *p, struct err *e)
{
	if (netns_check(p->netns, e) < 0)
		return -1;
	lock_auto lock = lock_take(e);
	rtnl_auto r = {0};
	if (lock < 0 || rtnl_open(&r, e) < 0)
		return -1;
	return up_locked(&r, p, e);
}

int
port_down(const struct net_port *p, struct err *e)
{
	lock_auto lock = lock_take(e);
	rtnl_auto r = {0};

	if (lock < 0 || rtnl_open(&r, e) < 0)
		return -1;
	return down_locked(&r, p, e);
}

/* A network namespace of our own, and one that stands for a jail's. */
static int
scratch_namespaces(int *ret_jail, struct err *e)
{
	if (unshare(CLONE_NEWNET) < 0)
		return err_sys(e, "unshare", "network namespace");
	fd_auto jail = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (jail < 0)
		return err_sys(e, "open", "/proc/self/ns/net");
	if (unshare(CLONE_NEWNET) < 0)
		return err_sys(e, "unshare", "network namespace");
	*ret_jail = fd_take(&jail);
	return 0;
}

int
port_check(struct err *e)
{
	struct net_port p = {
		.host = "wdr0", .bridge = "warder0", .owner = "check", .mac = {2, 0, 0, 0, 0, 1}, .netns = -1};
	fd_auto jail = -1;
	rtnl_auto r = {0};

	if (scratch_namespaces(&jail, e) < 0 || rtnl_open(&r, e) < 0 ||
		addr_parse("10.66.0.4/24", 4, &p.addrs[0], e) < 0)
		return -1;
	p.netns = jail;
	p.naddrs = 1;
	if (up_locked(&r, &p, e) == 0)
		return 0;
	e->kind = ERR_UNAVAILABLE;
	return -1;
}
