/*
 * The network: the addresses are the host's, on the interface that `bridge` names, and the jail may use these and no
 * others (ip4.addr, ip6.addr); a jail without an address has a network of its own with nothing but lo0 (vnet).
 */
#include "run/freebsd/translate.h"

static const char *const inet[] = {[4] = "inet", [6] = "inet6"};

static struct strv
ifconfig(struct fbsd_builder *b, const struct addr *a, unsigned prefix, const char *last)
{
	struct addr with = *a;
	struct strv command = {0};
	str_auto text = {0};

	with.prefix = (uint8_t)prefix;
	addr_print(&with, true, &text);
	strv_add(b->a, &command, "/sbin/ifconfig");
	strv_add(b->a, &command, b->p->jail->bridge);
	strv_add(b->a, &command, inet[a->family]);
	strv_add(b->a, &command, arena_strdup(b->a, str_text(&text)));
	strv_add(b->a, &command, last);
	return command;
}

static void
bridge_addr(struct fbsd_builder *b, const struct op *o, const struct addr *a)
{
	if (a->family != 0)
		fbsd_step_add(b, FBSD_ADDRESS, o)->command = ifconfig(b, a, a->prefix, "alias");
}

/* The host's own addresses stay: other jails are on the same network. */
static void
bridge(struct fbsd_builder *b, const struct op *o)
{
	static const char *const create[] = {"/sbin/ifconfig", "bridge", "create", "name"};
	struct fbsd_step *s = fbsd_step_add(b, FBSD_INTERFACE, o);

	s->path = o->u.bridge.name;
	for (size_t i = 0; i < sizeof(create) / sizeof(create[0]); i++)
		strv_add(b->a, &s->command, create[i]);
	strv_add(b->a, &s->command, o->u.bridge.name);
	bridge_addr(b, o, &o->u.bridge.ip4);
	bridge_addr(b, o, &o->u.bridge.ip6);
}

/* An alias has a prefix of one address: its network is the host's already. */
static void
address(struct fbsd_builder *b, const struct op *o)
{
	const struct addr *a = &o->u.address;
	struct fbsd_step *s = fbsd_step_add(b, FBSD_ADDRESS, o);
	unsigned prefix = a->family == 4 ? 32 : 128;

	s->command = ifconfig(b, a, prefix, "alias");
	s->undo = ifconfig(b, a, prefix, "-alias");
}

static int
filter(struct fbsd_builder *b, const struct op *o, struct err *e)
{
	const struct srcloc *peers = &b->p->jail->at[KEY_PEERS];

	if (peers->file != NULL) {
		err_set(e, ERR_CONFIG, "peers", b->p->jail->name,
			"not on FreeBSD: jails of one network stack reach each other");
		return err_at(e, peers);
	}
	fbsd_note_add(b, o, "filter",
		"it can send from its own addresses only; which jails it reaches is for the host's packet filter");
	return 0;
}

int
fbsd_network(struct fbsd_builder *b, const struct op *o, struct err *e)
{
	switch (o->kind) {
	case OP_BRIDGE:
		bridge(b, o);
		return 0;
	case OP_ADDRESS:
		address(b, o);
		return 0;
	case OP_FILTER:
		return filter(b, o, e);
	case OP_VETH:
		fbsd_note_add(b, o, "veth", "the jail uses the host's network stack, with its own addresses only");
		return 0;
	case OP_ROUTE:
		fbsd_note_add(b, o, "route", "the routes are the host's");
		return 0;
	default: /* lo0 is brought up from within, in translate_jail.c */
		return 0;
	}
}
