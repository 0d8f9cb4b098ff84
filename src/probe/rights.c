/*
 * Owns what is the same on every system of what the process was given: descriptors and sockets.
 */
#include "probe/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe/out.h"

enum { DESCRIPTORS_MAX = 4096, FAMILIES_END = 46 };

void
rights_descriptors(void)
{
	for (int fd = 3; fd < DESCRIPTORS_MAX; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			out_number(PROBE_DESCRIPTOR, fd, "");
}

/* What a kernel without it says, or one that has no such type of it. */
static bool
is_no_socket(int err_no)
{
	return is_refusal(err_no) || err_no == EAFNOSUPPORT || err_no == EPROTONOSUPPORT || err_no == ESOCKTNOSUPPORT ||
	       err_no == EPROTOTYPE || err_no == EINVAL;
}

bool
rights_can_open(int family, int type, int protocol)
{
	int fd = socket(family, type | SOCK_CLOEXEC, protocol), err_no = errno;

	if (fd >= 0)
		close(fd);
	if (fd < 0 && !is_no_socket(err_no))
		out_give_up("socket", err_no);
	return fd >= 0;
}

/* A raw socket wants a protocol: that of ICMP. */
static int
protocol_of(int family, int type)
{
	if (type != SOCK_RAW)
		return 0;
	return family == AF_INET ? 1 : family == AF_INET6 ? 58 : 0;
}

void
rights_sockets(void)
{
	static const struct {
		const char *name;
		int type;
	} types[] = {{"stream", SOCK_STREAM}, {"dgram", SOCK_DGRAM}, {"raw", SOCK_RAW}, {"seqpacket", SOCK_SEQPACKET}};

	for (int family = 1; family < FAMILIES_END; family++)
		for (size_t i = 0; !rights_is_by_protocol(family) && i < sizeof(types) / sizeof(types[0]); i++)
			if (rights_can_open(family, types[i].type, protocol_of(family, types[i].type)))
				out_number(PROBE_SOCKET, family, types[i].name);
	rights_sockets_by_protocol();
}
