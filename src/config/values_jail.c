/*
 * Types that only jails have: addresses, argument lists, capabilities, run directories, resolver.
 */
#include <string.h>

#include "config/faults.h"
#include "config/split.h"
#include "config/types.h"
#include "model/caps.h"

enum { ADDRS_MAX = 16, RUN_DIRS_MAX = 64, RUN_MODE_MAX = 01777 };

/* ---- addresses ---- */

/* Without a prefix in the text it stays 0 until config/check_net.c knows the bridge's. */
static int
read_address(const struct key_use *u, const struct text *t, unsigned family, struct addr *ret, struct err *e)
{
	struct err why = {0};

	if (strchr(t->s, '|')) {
		value_fail(u, t, "names an interface", e);
		return err_hint(e, "write only the address; the jail's own interface is put on `bridge`");
	}
	if (strchr(t->s, ' ')) {
		value_fail(u, t, "has a netmask or an option after the address", e);
		return err_hint(e, "write ADDRESS/LENGTH");
	}
	if (addr_parse(t->s, family, ret, &why) < 0) {
		value_fail(u, t, why.reason, e);
		return *why.hint ? err_hint(e, "%s", why.hint) : -1;
	}
	if (!strchr(t->s, '/'))
		ret->prefix = 0;
	return 0;
}

/* Puts parsed addresses beside those of the other family, IPv4 first. */
static void
join_addresses(struct addrs *all, unsigned family, const struct addr *v, size_t n, struct arena *a)
{
	struct addrs joined = {.v = arena_array(a, n + all->n + 1, sizeof(*joined.v))};

	for (unsigned f = 4; f <= 6; f += 2) {
		const struct addr *from = f == family ? v : all->v;
		const size_t nfrom = f == family ? n : all->n;

		for (size_t i = 0; i < nfrom; i++)
			if (from[i].family == f)
				joined.v[joined.n++] = from[i];
	}
	*all = joined;
}

static int
addresses_parse(const struct key_use *u, unsigned family, struct err *e)
{
	struct addr v[ADDRS_MAX / 2] = {0};
	const size_t n = value_is_empty(u->v) ? 0 : u->v->n;

	if (n > ADDRS_MAX / 2)
		return fail_at(
			e, &u->v->v[ADDRS_MAX / 2].at, u->row->name, NULL, "more than %d addresses", ADDRS_MAX / 2);
	for (size_t i = 0; i < n; i++) {
		if (read_address(u, &u->v->v[i], family, &v[i], e) < 0)
			return -1;
		for (size_t k = 0; k < i; k++)
			if (addr_equal(&v[k], &v[i]))
				return value_fail(u, &u->v->v[i], "stands there twice", e);
	}
	join_addresses(u->field, family, v, n, u->a);
	return 0;
}

static int
ip4_parse(const struct key_use *u, struct err *e)
{
	return addresses_parse(u, 4, e);
}

static int
ip6_parse(const struct key_use *u, struct err *e)
{
	return addresses_parse(u, 6, e);
}

static const char *
address_text(const struct addr *addr, struct arena *a)
{
	str_auto s = {0};

	addr_print(addr, true, &s);
	return arena_strdup(a, str_text(&s));
}

static void
addresses_show(const struct addrs *all, unsigned family, struct arena *a, struct shown *ret)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].family == family)
			strv_add(a, &ret->list, address_text(&all->v[i], a));
	ret->json = ret->list;
}

static void
ip4_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	addresses_show(field_of(row, object), 4, a, ret);
}

static void
ip6_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	addresses_show(field_of(row, object), 6, a, ret);
}

const struct key_type type_ip4 = {"list", SHAPE_LIST, true, ip4_parse, ip4_show};
const struct key_type type_ip6 = {"list", SHAPE_LIST, true, ip6_parse, ip6_show};

static int
bridge_parse(const struct key_use *u, unsigned family, struct err *e)
{
	struct addr *field = u->field;
	const struct text *t = value_single(u, e);

	if (!t)
		return -1;
	if (!*t->s) {
		*field = (struct addr){0};
		return 0;
	}
	if (read_address(u, t, family, field, e) < 0)
		return -1;
	if (field->prefix == 0)
		field->prefix = family == 4 ? 24 : 64;
	return 0;
}

static int
bridge4_parse(const struct key_use *u, struct err *e)
{
	return bridge_parse(u, 4, e);
}

static int
bridge6_parse(const struct key_use *u, struct err *e)
{
	return bridge_parse(u, 6, e);
}

static void
bridge_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	const struct addr *addr = field_of(row, object);

	if (addr->family)
		strv_add(a, &ret->list, address_text(addr, a));
}

const struct key_type type_bridge4 = {"address", SHAPE_TEXT, false, bridge4_parse, bridge_show};
const struct key_type type_bridge6 = {"address", SHAPE_TEXT, false, bridge6_parse, bridge_show};

/* ---- the service's argument list ---- */

static int
argv_read(const struct key_use *u, struct strv *ret, struct err *e)
{
	const struct text *t = &u->v->v[0];

	for (size_t i = 0; u->v->n > 1 && i < u->v->n; i++)
		strv_add(u->a, ret, u->v->v[i].s);
	if (u->v->n > 1)
		return 0;
	if (shell_split(t->s, LIST_MAX, u->a, ret) < 0)
		return value_fail(u, t, "has a quote without its end, or too many arguments", e);
	return 0;
}

static int
argv_parse(const struct key_use *u, struct err *e)
{
	const struct text *t = &u->v->v[0];
	struct strv argv = {0};

	if (argv_read(u, &argv, e) < 0)
		return -1;
	if (argv.n && (*argv.v[0] != '/' || strchr(argv.v[0], ' '))) {
		value_fail(u, t, "does not begin with a program's absolute path", e);
		return err_hint(e, "in a list each argument is a value of its own: \"/bin/x\", \"-a\"");
	}
	*(struct strv *)u->field = argv;
	return 0;
}

static void
argv_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	ret->list = ret->json = *(const struct strv *)field_of(row, object);
	if (ret->list.n == 1) {
		ret->list = (struct strv){0};
		strv_add(a, &ret->list, shell_quote(ret->json.v[0], a));
	}
}

const struct key_type type_argv = {"arguments", SHAPE_LIST, true, argv_parse, argv_show};

/* ---- capabilities ---- */

static int
capability_read(const struct key_use *u, const struct text *t, bool forced, uint64_t *mask, struct err *e)
{
	const struct cap_row *row = cap_by_name(t->s);

	if (!row) {
		value_fail(u, t, "is no capability", e);
		return err_hint(e, "names as in capabilities(7): net_bind_service, setuid, ...");
	}
	if (!forced && row->class == CAP_FORBIDDEN) {
		value_fail(u, t, "breaks a jail's promise", e);
		return err_hint(e, "capabilities.force = %s; gives it all the same", row->name);
	}
	if (forced && row->class != CAP_FORBIDDEN) {
		value_fail(u, t, "need not be forced", e);
		return err_hint(e, "capabilities += %s;", row->name);
	}
	*mask |= UINT64_C(1) << row->number;
	return 0;
}

static int
capabilities_read(const struct key_use *u, bool forced, uint64_t *mask, struct err *e)
{
	if (value_is_empty(u->v) || (u->v->n == 1 && !strcmp(u->v->v[0].s, "none")))
		return 0;
	for (size_t i = 0; i < u->v->n; i++)
		if (capability_read(u, &u->v->v[i], forced, mask, e) < 0)
			return -1;
	return value_refuse_repeats(u, REPEATS_NO, e);
}

static int
caps_parse(const struct key_use *u, struct err *e)
{
	struct jail *j = u->object;
	uint64_t mask = u->v->appends ? cap_default_mask() : 0;

	if (capabilities_read(u, false, &mask, e) < 0)
		return -1;
	j->caps = mask | j->caps_forced;
	return 0;
}

static int
caps_force_parse(const struct key_use *u, struct err *e)
{
	struct jail *j = u->object;
	uint64_t mask = 0;

	if (capabilities_read(u, true, &mask, e) < 0)
		return -1;
	j->caps_forced = mask;
	j->caps |= mask;
	return 0;
}

static void
mask_show(uint64_t mask, struct arena *a, struct shown *ret)
{
	for (size_t i = 0; i < ncaps_table; i++)
		if (mask & UINT64_C(1) << caps_table[i].number)
			strv_add(a, &ret->list, caps_table[i].name);
	ret->json = ret->list;
}

static void
caps_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	const struct jail *j = object;

	mask_show(j->caps & ~j->caps_forced, a, ret);
	if (ret->list.n == 0)
		strv_add(a, &ret->list, "none");
}

static void
caps_force_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	mask_show(((const struct jail *)object)->caps_forced, a, ret);
}

const struct key_type type_caps = {"list", SHAPE_LIST, true, caps_parse, caps_show};
const struct key_type type_caps_force = {"list", SHAPE_LIST, true, caps_force_parse, caps_force_show};

/* ---- run directories ---- */

static const char *
run_dir_fault(const struct strv *words, struct run_dir *ret, struct arena *a)
{
	const char *owner = words->n == 3 ? words->v[1] : "";
	const size_t n = strcspn(owner, ":");

	if (words->n != 3)
		return "is not \"NAME OWNER[:GROUP] MODE\"";
	ret->name = words->v[0];
	if (strchr(ret->name, '/') || *ret->name == '.' || *ret->name == '-' || strlen(ret->name) > 255)
		return "has a name that is not one plain component";
	ret->owner = arena_strndup(a, owner, n);
	ret->group = owner[n] ? owner + n + 1 : NULL;
	if (!is_account_name(ret->owner, n) || (ret->group && !is_account_name(ret->group, strlen(ret->group))))
		return "has an owner that is not USER or USER:GROUP";
	if (str_to_mode(words->v[2], &ret->mode) < 0 || ret->mode > RUN_MODE_MAX)
		return "has a mode that is not octal, or has set-id bits";
	return NULL;
}

static int
run_dir_read(const struct key_use *u, const struct text *t, struct run_dir *ret, struct err *e)
{
	struct strv words = {0};
	const char *fault;

	split_blanks(t->s, u->a, &words);
	fault = run_dir_fault(&words, ret, u->a);
	if (!fault)
		return 0;
	value_fail(u, t, fault, e);
	return err_hint(e, "such as \"named bind 0775\", which makes /run/named");
}

static int
run_dirs_parse(const struct key_use *u, struct err *e)
{
	struct jail *j = u->object;
	const size_t n = value_is_empty(u->v) ? 0 : u->v->n;
	struct run_dir *v = arena_array(u->a, n + 1, sizeof(*v));

	if (n > RUN_DIRS_MAX)
		return fail_at(e, &u->v->v[RUN_DIRS_MAX].at, u->row->name, NULL, "more than %d", RUN_DIRS_MAX);
	for (size_t i = 0; i < n; i++) {
		if (run_dir_read(u, &u->v->v[i], &v[i], e) < 0)
			return -1;
		for (size_t k = 0; k < i; k++)
			if (!strcmp(v[k].name, v[i].name))
				return value_fail(u, &u->v->v[i], "names a directory twice", e);
	}
	j->run_dirs = v;
	j->nrun_dirs = n;
	return 0;
}

static void
run_dirs_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	const struct jail *j = object;

	for (size_t i = 0; i < j->nrun_dirs; i++) {
		const struct run_dir *d = &j->run_dirs[i];

		strv_add(a, &ret->list,
			arena_printf(a, "%s %s%s%s %04o", d->name, d->owner, d->group ? ":" : "",
				d->group ? d->group : "", (unsigned)d->mode));
	}
	ret->json = ret->list;
}

const struct key_type type_run_dirs = {"list", SHAPE_LIST, true, run_dirs_parse, run_dirs_show};

/* ---- resolver ---- */

static const char *const resolver_words[] = {[RESOLVER_NONE] = "none", [RESOLVER_HOST] = "host"};

static int
resolver_addresses(const struct key_use *u, struct strv *ret, struct err *e)
{
	for (size_t i = 0; i < u->v->n; i++) {
		if (!is_ip_address(u->v->v[i].s)) {
			value_fail(u, &u->v->v[i], "is no address", e);
			return err_hint(e, "none, host, or addresses of name servers");
		}
		strv_add(u->a, ret, u->v->v[i].s);
	}
	return value_refuse_repeats(u, REPEATS_NO, e);
}

static int
resolver_parse(const struct key_use *u, struct err *e)
{
	struct jail *j = u->object;
	struct strv addrs = {0};
	enum resolver_kind kind = RESOLVER_ADDRESSES;

	if (u->v->n == 1)
		for (unsigned i = RESOLVER_NONE; i <= RESOLVER_HOST; i++)
			if (!strcmp(u->v->v[0].s, resolver_words[i]))
				kind = (enum resolver_kind)i;
	if (kind == RESOLVER_ADDRESSES && resolver_addresses(u, &addrs, e) < 0)
		return -1;
	j->resolver = kind;
	j->resolver_addrs = addrs;
	return 0;
}

static void
resolver_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	const struct jail *j = object;

	if (j->resolver == RESOLVER_ADDRESSES)
		ret->list = j->resolver_addrs;
	else
		strv_add(a, &ret->list, resolver_words[j->resolver]);
	ret->json = ret->list;
}

const struct key_type type_resolver = {"list", SHAPE_LIST, true, resolver_parse, resolver_show};
