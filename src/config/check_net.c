/*
 * Addresses and bridges.
 *
 * A bridge has at most one network of each family and the host one address in it: the declared one, else the first of
 * the jails' network.  No address stands in two places.  An address without a length takes the bridge's.
 */
#include <stdlib.h>
#include <string.h>

#include "config/check.h"
#include "config/lex.h"

/* One address and where it was written. */
struct place {
	struct addr addr;
	const char *bridge;
	const struct jail *jail;
	const struct srcloc *at;
	bool of_host;
};
struct places {
	struct place *v;
	size_t n;
};

/* What a loop over both families needs to know. */
static const struct family {
	unsigned number;
	enum key addr, bridge;
	const char *addr_name, *bridge_name;
	size_t offset;
	uint8_t prefix;
} families[] = {
	{4, KEY_IP4_ADDR, KEY_BRIDGE_IP4, "ip4.addr", "bridge.ip4", offsetof(struct jail, bridge_ip4), 24},
	{6, KEY_IP6_ADDR, KEY_BRIDGE_IP6, "ip6.addr", "bridge.ip6", offsetof(struct jail, bridge_ip6), 64},
};

static struct addr *
bridge_addr(struct jail *j, const struct family *f)
{
	return (struct addr *)((char *)j + f->offset);
}

static int
compare_by_bridge(const void *a, const void *b)
{
	const struct jail *x = *(struct jail *const *)a, *y = *(struct jail *const *)b;
	const int r = strcmp(x->bridge, y->bridge);

	return r ? r : (x > y) - (x < y);
}

static bool
is_networked(const struct jail *j)
{
	return j->addrs.n > 0;
}

static int
fail_not_in_network(const struct jail *j, const struct addr *addr, const struct family *f, const struct jail *other,
	const struct addr *host, struct err *e)
{
	str_auto text = {0}, network = {0};

	addr_print(addr, true, &text);
	addr_print(host, true, &network);
	fail_at(e, jail_at(j, f->addr), f->addr_name, str_text(&text),
		"is not in %s's network, %s by jail %s on line %u", j->bridge, str_text(&network), other->name,
		other->loc.line);
	return err_hint(e, "say %s = ADDRESS/LENGTH; that holds both, or another bridge", f->bridge_name);
}

/* The first of n jails on a bridge that says the host's address, n if none does; an error if two say different ones. */
static int
find_declared(struct jail *const *v, size_t n, const struct family *f, size_t *ret, struct err *e)
{
	size_t first = n;

	for (size_t i = 0; i < n; i++) {
		const struct addr *addr = bridge_addr(v[i], f);

		if (addr->family && first == n)
			first = i;
		if (!addr->family || (addr_equal(addr, bridge_addr(v[first], f)) &&
					     addr->prefix == bridge_addr(v[first], f)->prefix))
			continue;
		return fail_at(e, jail_at(v[i], f->bridge), f->bridge_name, v[i]->name,
			"differs from that of jail %s on the same bridge, line %u of %s", v[first]->name,
			jail_at(v[first], f->bridge)->line, jail_at(v[first], f->bridge)->file);
	}
	*ret = first;
	return 0;
}

static int
settle_address(struct jail *j, struct addr *addr, const struct family *f, struct addr *host, struct jail **first,
	struct err *e)
{
	if (addr->prefix == 0)
		addr->prefix = host->family ? host->prefix : f->prefix;
	if (!*first) {
		*host = addr_first_host(addr);
		*first = j;
	}
	if (addr->prefix != host->prefix || !addr_same_network(addr, host))
		return fail_not_in_network(j, addr, f, *first, host, e);
	return 0;
}

/* Jails on one bridge, one family: gives all of them the same address of the host, and each address its length. */
static int
settle_bridge(struct jail *const *v, size_t n, const struct family *f, struct err *e)
{
	struct addr host = {0};
	struct jail *first = NULL;
	size_t declared;

	if (find_declared(v, n, f, &declared, e) < 0)
		return -1;
	if (declared < n) {
		first = v[declared];
		host = *bridge_addr(first, f);
	}
	for (size_t i = 0; i < n; i++) {
		struct jail *j = v[i];

		if (declared < n && is_networked(j))
			*bridge_addr(j, f) = host;
		for (size_t k = 0; k < j->addrs.n; k++) {
			struct addr *addr = &j->addrs.v[k];

			if (addr->family == f->number && settle_address(j, addr, f, &host, &first, e) < 0)
				return -1;
		}
	}
	return 0;
}

static int
settle_bridges(struct jail *const *sorted, size_t n, struct err *e)
{
	for (size_t start = 0, end; start < n; start = end) {
		for (end = start + 1; end < n && !strcmp(sorted[end]->bridge, sorted[start]->bridge);)
			end++;
		for (size_t f = 0; f < sizeof(families) / sizeof(*families); f++)
			if (settle_bridge(sorted + start, end - start, &families[f], e) < 0)
				return -1;
	}
	return 0;
}

static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int r = x->addr.family - y->addr.family;

	if (r == 0)
		r = memcmp(x->addr.bytes, y->addr.bytes, sizeof(x->addr.bytes));
	if (r == 0 && x->of_host != y->of_host)
		r = x->of_host ? -1 : 1;
	return r ? r : (x->jail > y->jail) - (x->jail < y->jail);
}

static void
add_jail_places(struct places *p, struct jail *j)
{
	for (size_t k = 0; k < j->addrs.n; k++) {
		const struct addr *addr = &j->addrs.v[k];
		const struct family *f = &families[addr->family == 6];
		const struct addr *declared = bridge_addr(j, f);
		const struct addr host = declared->family ? *declared : addr_first_host(addr);

		p->v[p->n++] = (struct place){*addr, j->bridge, j, jail_at(j, f->addr), false};
		p->v[p->n++] = (struct place){host, j->bridge, j, jail_at(j, f->bridge), true};
	}
}

static int
fail_twice(const struct place *first, const struct place *second, struct err *e)
{
	str_auto text = {0};

	addr_print(&second->addr, false, &text);
	if (first->of_host) {
		fail_at(e, second->at, "address", str_text(&text), "is the host's own on bridge %s", first->bridge);
		return err_hint(e, "take another one, or say bridge.ip4 or bridge.ip6");
	}
	return fail_at(e, second->at, "address", str_text(&text), "jail %s has it already, line %u of %s",
		first->jail->name, first->at->line, first->at->file);
}

/* The host's address on one bridge stands there for each jail on it; everything else only once. */
static int
refuse_twice(const struct places *p, struct err *e)
{
	for (size_t i = 1; i < p->n; i++) {
		const struct place *x = &p->v[i - 1], *y = &p->v[i];

		if (x->addr.family != y->addr.family || !addr_equal(&x->addr, &y->addr))
			continue;
		if (!x->of_host || !y->of_host || strcmp(x->bridge, y->bridge) != 0)
			return fail_twice(x, y, e);
	}
	return 0;
}

int
config_check_net(struct config *c, struct arena *a, struct err *e)
{
	const size_t njails = c->njails;
	struct jail **sorted = arena_array(a, njails + 1, sizeof(*sorted));
	struct places places = {0};
	size_t naddrs = 0;

	for (size_t i = 0; i < njails; i++) {
		sorted[i] = &c->jails[i];
		naddrs += c->jails[i].addrs.n;
	}
	qsort(sorted, njails, sizeof(*sorted), compare_by_bridge);
	if (settle_bridges(sorted, njails, e) < 0)
		return -1;
	places.v = arena_array(a, naddrs * 2 + 1, sizeof(*places.v));
	for (size_t i = 0; i < njails; i++)
		add_jail_places(&places, &c->jails[i]);
	qsort(places.v, places.n, sizeof(*places.v), compare_places);
	return refuse_twice(&places, e);
}
