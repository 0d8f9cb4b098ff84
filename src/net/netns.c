/*
 * Configures eth0 from the host's side: a socket and a sysctl are opened in the jail's namespace during one short
 * visit, and everything else goes through the socket, which stays there.
 */
#include "net/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "net/addr.h"
#include "net/link.h"

static const char own_netns[] = "/proc/self/ns/net";

int
netns_check(int fd, struct err *e)
{
	struct stat theirs, ours;

	if (fcntl(fd, F_GETFD) < 0 || ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET || fstat(fd, &theirs) < 0)
		return err_set(e, ERR_USAGE, "--netns", NULL, "descriptor %d is not a network namespace", fd);
	if (stat(own_netns, &ours) < 0)
		return err_sys(e, "stat", own_netns);
	if (theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev)
		return err_set(e, ERR_USAGE, "--netns", NULL, "descriptor %d is the host's own network namespace", fd);
	return 0;
}

bool
netns_has_ip6(void)
{
	return access("/proc/sys/net/ipv6/conf", F_OK) == 0;
}

int
netns_refuse_autoconf(const char *interface, struct err *e)
{
	str_auto path = {0};
	struct statfs fs;

	if (!netns_has_ip6())
		return 0;
	str_addf(&path, "/proc/sys/net/ipv6/conf/%s/accept_ra", interface);
	fd_auto fd = open(str_text(&path), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_sys(e, "open", str_text(&path));
	if (fstatfs(fd, &fs) < 0)
		return err_sys(e, "statfs", str_text(&path));
	if (fs.f_type != PROC_SUPER_MAGIC)
		return err_set(e, ERR_FAILED, "write", str_text(&path), "is not in a proc file system");
	return fd_write_all(fd, "0", 1, str_text(&path), e);
}

/* A socket of the jail's namespace.  However it ends, we are back in our own, or the program ends. */
static int
visit(int netns, struct rtnl *ret, struct err *e)
{
	fd_auto home = open(own_netns, O_RDONLY | O_CLOEXEC);
	int rc;

	if (home < 0)
		return err_sys(e, "open", own_netns);
	if (setns(netns, CLONE_NEWNET) < 0)
		return err_sys(e, "setns", "the jail's network namespace");
	rc = netns_refuse_autoconf("eth0", e);
	if (rc == 0)
		rc = rtnl_open(ret, e);
	if (setns(home, CLONE_NEWNET) < 0)
		return err_sys(e, "setns", "the host's network namespace");
	return rc;
}

static int
add_addresses(struct rtnl *r, unsigned index, const struct net_port *p, struct err *e)
{
	struct rtnl_message m;

	for (size_t i = 0; i < p->naddrs; i++)
		if (rtnl_do(r, addr_msg_add(&m, index, &p->addrs[i]), "add address", "eth0", e) < 0)
			return -1;
	for (size_t i = 0; i < p->ngateways; i++)
		if (rtnl_do(r, addr_msg_default_route(&m, index, &p->gateways[i]), "add default route", "eth0", e) < 0)
			return -1;
	return 0;
}

int
netns_configure(const struct net_port *p, struct err *e)
{
	rtnl_auto r = {0};
	struct rtnl_message m;
	struct link eth0;

	if (visit(p->netns, &r, e) < 0 || link_find(&r, "eth0", &eth0, e) < 0)
		return -1;
	if (netns_has_ip6() && rtnl_do(&r, link_msg_no_link_local(&m, eth0.index), "set addr_gen_mode", "eth0", e) < 0)
		return -1;
	if (rtnl_do(&r, link_msg_up(&m, eth0.index), "set up", "eth0", e) < 0)
		return -1;
	return add_addresses(&r, eth0.index, p, e);
}
