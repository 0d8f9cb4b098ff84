/*
 * Owns the names of FreeBSD's families of sockets, of <sys/socket.h>.  System calls have none here: none of them is
 * tried there.
 */
#include "surface/names.h"

static const struct numbered families[] = {
	{1, "unix"},
	{2, "inet"},
	{16, "appletalk"},
	{17, "route"},
	{18, "link"},
	{23, "ipx"},
	{26, "isdn"},
	{27, "key"},
	{28, "inet6"},
	{29, "natm"},
	{30, "atm"},
	{32, "netgraph"},
	{35, "arp"},
	{36, "bluetooth"},
	{40, "inet_sdp"},
	{42, "inet6_sdp"},
	{0, NULL},
};

const char *
socket_text(unsigned family, const char *how, struct arena *a)
{
	return arena_printf(a, "%s %s", numbered_name(families, family, "family", a), how);
}

const char *
call_text(const char *call, struct arena *a)
{
	return NULL;
}
