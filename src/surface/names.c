/*
 * Owns the names of families of sockets, of socket(2) and netlink(7).
 */
#include "surface/names.h"

struct numbered {
	unsigned number;
	const char *name;
};

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
};

const char *
surface_covered(const char *target, unsigned n, struct arena *a)
{
	return n == 1 ? target : arena_printf(a, "%s (%u)", target, n);
}

const char *
socket_family_name(unsigned family, struct arena *a)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (families[i].number == family)
			return families[i].name;
	return arena_printf(a, "family %u", family);
}

const char *
netlink_name(unsigned protocol, struct arena *a)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (protocols[i].number == protocol)
			return protocols[i].name;
	return arena_printf(a, "protocol %u", protocol);
}
