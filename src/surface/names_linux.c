/*
 * Owns the names of families of sockets, of socket(2) and netlink(7); those of system calls are the filter's.
 */
#include <string.h>

#include "seccomp/filter.h"
#include "surface/names.h"

enum { FAMILY_NETLINK = 16 };

static const struct numbered families[] = {
	{1, "unix"},
	{2, "inet"},
	{3, "ax25"},
	{4, "ipx"},
	{5, "appletalk"},
	{8, "atmpvc"},
	{9, "x25"},
	{10, "inet6"},
	{15, "key"},
	{16, "netlink"},
	{17, "packet"},
	{19, "rose"},
	{20, "atmsvc"},
	{21, "rds"},
	{23, "irda"},
	{24, "pppox"},
	{26, "llc"},
	{27, "ib"},
	{28, "mpls"},
	{29, "can"},
	{30, "tipc"},
	{31, "bluetooth"},
	{33, "rxrpc"},
	{35, "phonet"},
	{36, "ieee802154"},
	{37, "caif"},
	{38, "alg"},
	{39, "nfc"},
	{40, "vsock"},
	{41, "kcm"},
	{42, "qipcrtr"},
	{43, "smc"},
	{44, "xdp"},
	{45, "mctp"},
	{0, NULL},
};

static const struct numbered protocols[] = {
	{0, "route"},
	{2, "usersock"},
	{4, "sock_diag"},
	{6, "xfrm"},
	{7, "selinux"},
	{8, "iscsi"},
	{9, "audit"},
	{11, "connector"},
	{12, "netfilter"},
	{15, "kobject_uevent"},
	{16, "generic"},
	{18, "scsitransport"},
	{20, "rdma"},
	{21, "crypto"},
	{0, NULL},
};

const char *
socket_text(unsigned family, const char *how, struct arena *a)
{
	const char *name = numbered_name(families, family, "family", a);
	uint64_t protocol;

	if (family == FAMILY_NETLINK && str_to_u64(how, NUMBER_MAX, &protocol) == 0)
		how = numbered_name(protocols, (unsigned)protocol, "protocol", a);
	return arena_printf(a, "%s %s", name, how);
}

const char *
call_text(const char *call, struct arena *a)
{
	const char *name;
	uint64_t n;

	if (strcmp(call, "x32") == 0 || strcmp(call, "ia32") == 0)
		return call;
	if (str_to_u64(call, NUMBER_MAX, &n) < 0)
		return NULL;
	name = syscall_name((long)n);
	return name != NULL ? name : arena_printf(a, "number %s", call);
}
