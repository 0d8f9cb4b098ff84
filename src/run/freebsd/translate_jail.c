/*
 * The jail itself: parameters of jail_set(2).  Their meaning is in jail(8).
 *
 * Which allow.* there are depends on the kernel and its modules, and one that the kernel does not know is an error: so
 * it is asked for its list (security.jail.param), and all of them are turned off but the two below.  One that a later
 * FreeBSD adds is off, too.
 */
#include <string.h>

#include "run/freebsd/translate.h"

enum { SYS_DISABLE, SYS_NEW, SYS_INHERIT }; /* values of vnet, ip4, sysvshm, ...: <sys/jail.h> */

/* Without the first no service binds port 53; without the second there is no root. */
static const char *const allowed[] = {"allow.reserved_ports", "allow.suser"};

static bool
is_allowed(const char *name)
{
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (strcmp(name, allowed[i]) == 0)
			return true;
	return false;
}

/* "allow.mount.devfs" -> "allow.mount.nodevfs" */
static const char *
negated(struct fbsd_builder *b, const char *name)
{
	const char *last = strrchr(name, '.') + 1;

	return arena_printf(b->a, "%.*sno%s", (int)(last - name), name, last);
}

/* A parameter that has others below it may be listed with a dot at its end ("allow.mount."). */
static void
nothing_allowed(struct fbsd_builder *b, struct fbsd_args *l)
{
	const struct strv *params = &b->k->params;

	for (size_t i = 0; i < params->n; i++) {
		size_t len = strlen(params->v[i]);
		const char *name = arena_strndup(b->a, params->v[i], len - (len > 0 && params->v[i][len - 1] == '.'));

		if (str_has_prefix(name, "allow.") && !is_allowed(name))
			fbsd_arg_flag(b, l, negated(b, name));
	}
}

static void
known_number(struct fbsd_builder *b, struct fbsd_args *l, const char *name, int number)
{
	if (strv_has(&b->k->params, name))
		fbsd_arg_number(b, l, name, number);
}

/* The kernel wants a jail's addresses of one family in one value. */
static bool
addresses(struct fbsd_builder *b, struct fbsd_args *l, unsigned family)
{
	const struct addrs *all = &b->p->jail->addrs;
	size_t size = family == 4 ? 4 : 16, n = 0;
	uint8_t *bytes = arena_array(b->a, all->n, size);

	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].family == family)
			memcpy(bytes + n++ * size, all->v[i].bytes, size);
	if (n == 0)
		return false;
	l->v = arena_grow(b->a, l->v, l->n, sizeof(*l->v));
	l->v[l->n++] = (struct fbsd_arg){
		.name = family == 4 ? "ip4.addr" : "ip6.addr", .kind = FBSD_BYTES, .bytes = bytes, .nbytes = n * size};
	return true;
}

/* A management view that asks for it. */
static bool
has_host_network(struct fbsd_builder *b)
{
	for (size_t i = 0; i < b->p->nops; i++)
		if (b->p->ops[i].kind == OP_NAMESPACES)
			return b->p->ops[i].u.namespaces.host_network;
	return false;
}

static bool
has_own_network(struct fbsd_builder *b)
{
	return b->p->jail->addrs.n == 0 && !has_host_network(b) && strv_has(&b->k->params, "vnet");
}

/* A family without an address is off: else the jail had all of the host's. */
static void
network(struct fbsd_builder *b, const struct op *o, struct fbsd_args *l)
{
	if (has_host_network(b)) {
		fbsd_arg_number(b, l, "ip4", SYS_INHERIT);
		fbsd_arg_number(b, l, "ip6", SYS_INHERIT);
		return;
	}
	if (has_own_network(b)) {
		fbsd_arg_number(b, l, "vnet", SYS_NEW);
		return;
	}
	if (!addresses(b, l, 4))
		fbsd_arg_number(b, l, "ip4", SYS_DISABLE);
	if (!addresses(b, l, 6))
		fbsd_arg_number(b, l, "ip6", SYS_DISABLE);
	fbsd_note_add(b, o, "loopback", "127.0.0.1 in the jail is its first address, or nothing");
}

static bool
is_number(const char *name)
{
	return name[strspn(name, "0123456789")] == '\0';
}

/* A management view is a jail beside that of its name, which may be running. */
static const char *
name_of(struct fbsd_builder *b)
{
	for (size_t i = 0; i < b->p->nops; i++)
		if (b->p->ops[i].kind == OP_ASSERT && b->p->ops[i].u.assertion.drafts)
			return arena_printf(b->a, "manage@%s", b->p->jail->name);
	return b->p->jail->name;
}

int
fbsd_jail(struct fbsd_builder *b, const struct op *o, struct err *e)
{
	const struct jail *j = b->p->jail;
	struct fbsd_step *s;
	struct fbsd_args *l;

	if (is_number(j->name)) {
		err_set(e, ERR_CONFIG, "name", j->name, "not on FreeBSD: a jail's name cannot be a number");
		return err_at(e, &j->loc);
	}
	s = fbsd_step_add(b, FBSD_JAIL, o);
	l = &s->args;
	fbsd_arg_text(b, l, "name", name_of(b));
	fbsd_arg_text(b, l, "path", fbsd_view(b));
	fbsd_arg_text(b, l, "host.hostname", j->hostname);
	fbsd_arg_flag(b, l, "persist");
	fbsd_arg_number(b, l, "enforce_statfs", 2);
	fbsd_arg_number(b, l, "children.max", 0);
	fbsd_arg_number(b, l, "securelevel", 3);
	fbsd_arg_number(b, l, "devfs_ruleset", (int)b->k->devfs_ruleset);
	network(b, o, l);
	known_number(b, l, "sysvmsg", SYS_NEW);
	known_number(b, l, "sysvsem", SYS_NEW);
	known_number(b, l, "sysvshm", j->sysvshm == SYSVSHM_NEW ? SYS_NEW : SYS_DISABLE);
	nothing_allowed(b, l);
	if (has_own_network(b))
		fbsd_step_add(b, FBSD_LOOPBACK, o);
	return 0;
}
