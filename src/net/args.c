/*
 * Command line of warder-net: one row for each option says which verbs take it, whether they need it and who reads its
 * value.  The caller is warder itself, but the checks are those for a stranger: a name goes into the text of rules.
 */
#include "net/args.h"

#include <limits.h>
#include <string.h>

enum { UP = 1 << NET_UP, DOWN = 1 << NET_DOWN, OWNER_MAX = 240 };

struct option {
	const char *name;
	unsigned verbs, required; /* bits of the verbs that take it, and that need it */
	bool many;
	int (*read)(struct net_port *p, const char *value);
};

static const char *const verb_names[NET_NVERBS] = {[NET_UP] = "up", [NET_DOWN] = "down", [NET_CHECK] = "check"};

bool
ifname_is_valid(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	size_t n = strlen(name);

	return n >= 1 && n <= 15 && strspn(name, allowed) == n && strchr("_-.", name[0]) == NULL;
}

static int
read_ifname(const char **field, const char *value)
{
	if (!ifname_is_valid(value))
		return -1;
	*field = value;
	return 0;
}

static int
read_host(struct net_port *p, const char *value)
{
	return read_ifname(&p->host, value);
}

static int
read_bridge(struct net_port *p, const char *value)
{
	return read_ifname(&p->bridge, value);
}

static int
read_peer(struct net_port *p, const char *value)
{
	if (p->npeers == NET_PEERS_MAX)
		return -1;
	return read_ifname(&p->peers[p->npeers++], value);
}

static int
read_owner(struct net_port *p, const char *value)
{
	size_t n = strlen(value);

	if (n == 0 || n > OWNER_MAX)
		return -1;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
			return -1;
	p->owner = value;
	return 0;
}

static int
read_netns(struct net_port *p, const char *value)
{
	uint64_t n;

	if (str_to_u64(value, INT_MAX, &n) < 0)
		return -1;
	p->netns = (int)n;
	return 0;
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c + 'a' - 'A' : c);

	return at == NULL ? -1 : (int)(at - digits);
}

/* Six pairs of digits with colons; a unicast address that is not all zero. */
static int
read_mac(struct net_port *p, const char *value)
{
	uint8_t mac[6];

	if (strlen(value) != 17)
		return -1;
	for (int i = 0; i < 6; i++) {
		int high = hex_digit(value[3 * i]), low = hex_digit(value[3 * i + 1]);

		if (high < 0 || low < 0 || (i < 5 && value[3 * i + 2] != ':'))
			return -1;
		mac[i] = (uint8_t)(high << 4 | low);
	}
	if ((mac[0] & 1) != 0 || memcmp(mac, "\0\0\0\0\0", 6) == 0)
		return -1;
	memcpy(p->mac, mac, sizeof(mac));
	return 0;
}

static int
read_addr(struct addr *list, size_t *n, size_t max, const char *value)
{
	struct err why = {0};

	if (*n == max || addr_parse(value, strchr(value, ':') == NULL ? 4 : 6, &list[*n], &why) < 0)
		return -1;
	++*n;
	return 0;
}

/* One for each family. */
static int
read_addr_of_family(struct addr *list, size_t *n, const char *value)
{
	if (read_addr(list, n, 2, value) < 0)
		return -1;
	return *n == 2 && list[0].family == list[1].family ? -1 : 0;
}

static int
read_own_addr(struct net_port *p, const char *value)
{
	return read_addr(p->addrs, &p->naddrs, NET_ADDRS_MAX, value);
}

static int
read_bridge_addr(struct net_port *p, const char *value)
{
	return read_addr_of_family(p->bridge_addrs, &p->nbridge_addrs, value);
}

static int
read_gateway(struct net_port *p, const char *value)
{
	return read_addr_of_family(p->gateways, &p->ngateways, value);
}

static const struct option options[] = {
	{"--netns", UP, UP, false, read_netns},
	{"--host", UP | DOWN, UP | DOWN, false, read_host},
	{"--mac", UP, UP, false, read_mac},
	{"--bridge", UP | DOWN, UP | DOWN, false, read_bridge},
	{"--bridge-addr", UP, 0, true, read_bridge_addr},
	{"--addr", UP, 0, true, read_own_addr},
	{"--gateway", UP, 0, true, read_gateway},
	{"--peer", UP, 0, true, read_peer},
	{"--owner", UP | DOWN, UP | DOWN, false, read_owner},
};
enum { NOPTIONS = sizeof(options) / sizeof(options[0]) };

static const struct option *
option_find(const char *name, enum net_verb verb)
{
	for (size_t i = 0; i < NOPTIONS; i++)
		if (strcmp(options[i].name, name) == 0 && (options[i].verbs & 1u << verb) != 0)
			return &options[i];
	return NULL;
}

static int
verb_find(const char *name, enum net_verb *ret, struct err *e)
{
	for (unsigned v = 0; v < NET_NVERBS; v++)
		if (strcmp(verb_names[v], name) == 0) {
			*ret = (enum net_verb)v;
			return 0;
		}
	return err_set(e, ERR_USAGE, "warder-net", name, "unknown command; up, down and check are known");
}

static int
options_read(int argc, char *const *argv, enum net_verb verb, struct net_port *p, unsigned *ret_seen, struct err *e)
{
	for (int i = 2; i < argc; i += 2) {
		const struct option *o = option_find(argv[i], verb);

		if (o == NULL)
			return err_set(e, ERR_USAGE, verb_names[verb], argv[i], "unknown option");
		if (i + 1 == argc)
			return err_set(e, ERR_USAGE, verb_names[verb], o->name, "needs a value");
		if (!o->many && (*ret_seen & 1u << (o - options)) != 0)
			return err_set(e, ERR_USAGE, verb_names[verb], o->name, "given twice");
		*ret_seen |= 1u << (o - options);
		if (o->read(p, argv[i + 1]) < 0)
			return err_set(e, ERR_USAGE, o->name, argv[i + 1], "not a valid value, or one too many");
	}
	return 0;
}

static int
options_complete(enum net_verb verb, unsigned seen, struct err *e)
{
	for (size_t i = 0; i < NOPTIONS; i++)
		if ((options[i].required & 1u << verb) != 0 && (seen & 1u << i) == 0)
			return err_set(e, ERR_USAGE, verb_names[verb], options[i].name, "is missing");
	return 0;
}

int
args_parse(int argc, char *const *argv, enum net_verb *ret_verb, struct net_port *ret, struct err *e)
{
	struct net_port p = {.netns = -1};
	enum net_verb verb = NET_NVERBS;
	unsigned seen = 0;

	if (argc < 2)
		return err_set(e, ERR_USAGE, "warder-net", NULL, "up, down or check is expected");
	if (verb_find(argv[1], &verb, e) < 0 || options_read(argc, argv, verb, &p, &seen, e) < 0 ||
		options_complete(verb, seen, e) < 0)
		return -1;
	if (p.host != NULL && strcmp(p.host, p.bridge) == 0)
		return err_set(e, ERR_USAGE, "--host", p.host, "is the bridge's name too");
	for (size_t i = 0; p.host != NULL && i < p.npeers; i++)
		if (strcmp(p.host, p.peers[i]) == 0)
			return err_set(e, ERR_USAGE, "--peer", p.host, "is the port itself");
	*ret_verb = verb;
	*ret = p;
	return 0;
}
