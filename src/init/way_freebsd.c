/*
 * Owns jail_attach(2), and all that has to be done before it: what a process holds when it attaches itself, it holds in
 * the jail.  Between that call and the execution of a program the process still has warder's memory; PROC_TRACE_CTL
 * keeps the root of the jail from looking into it (procctl(2)).
 */
#include <sys/param.h> /* before the others, as they want it */

#include <sys/ioctl.h>
#include <sys/jail.h>
#include <sys/procctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <net/if.h>
#include <netinet/in.h>

#include <unistd.h>

#include "init/way_freebsd.h"

static struct {
	int jid;
	const char *view;
} way = {-1, NULL};

void
way_set(int jid, const char *view)
{
	way.jid = jid;
	way.view = view;
}

static int
refuse_directories(struct report *r)
{
	struct stat st;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fstat(fd, &st) < 0)
			return report_sys(r, "fstat", "standard descriptors");
		if (S_ISDIR(st.st_mode))
			return report_set(r, ERR_FAILED, "jail_attach", "standard descriptors", "one is a directory");
	}
	return 0;
}

int
way_enter(int first, int last, struct report *r)
{
	int off = PROC_TRACE_CTL_DISABLE;

	if (way.jid < 0)
		return report_set(r, ERR_FAILED, "jail_attach", "jail", "there is none");
	if (refuse_directories(r) < 0)
		return -1;
	for (int fd = STDERR_FILENO + 1; fd < first; fd++)
		close(fd);
	closefrom(last + 1);
	if (procctl(P_PID, getpid(), PROC_TRACE_CTL, &off) < 0)
		return report_sys(r, "procctl", "PROC_TRACE_CTL");
	if (chdir(way.view) < 0)
		return report_sys(r, "chdir", way.view);
	if (jail_attach(way.jid) < 0)
		return report_sys(r, "jail_attach", way.view);
	return chdir("/") < 0 ? report_sys(r, "chdir", "/") : 0;
}

pid_t
way_fork(void)
{
	struct report ignored;
	pid_t pid = fork();

	if (pid == 0 && way_enter(STDERR_FILENO + 1, STDERR_FILENO, &ignored) < 0)
		_exit(INIT_EXIT_FAILED);
	return pid;
}

void
way_kill(void)
{
	if (way.jid >= 0)
		(void)jail_remove(way.jid); /* EINVAL: it is gone */
}

int
way_loopback(struct report *r)
{
	struct ifreq flags = {.ifr_name = "lo0"};
	struct ifaliasreq alias = {.ifra_name = "lo0"};
	struct sockaddr_in *addr = (struct sockaddr_in *)(void *)&alias.ifra_addr;
	struct sockaddr_in *mask = (struct sockaddr_in *)(void *)&alias.ifra_mask;
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), result = 0;

	*addr = (struct sockaddr_in){.sin_len = sizeof(*addr), .sin_family = AF_INET};
	addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*mask = (struct sockaddr_in){.sin_len = sizeof(*mask), .sin_family = AF_INET};
	mask->sin_addr.s_addr = htonl(IN_CLASSA_NET);
	if (s < 0)
		return report_sys(r, "socket", "lo0");
	if (ioctl(s, SIOCGIFFLAGS, &flags) < 0)
		result = report_sys(r, "SIOCGIFFLAGS", "lo0");
	flags.ifr_flags = (short)(flags.ifr_flags | IFF_UP);
	if (result == 0 && ioctl(s, SIOCSIFFLAGS, &flags) < 0)
		result = report_sys(r, "SIOCSIFFLAGS", "lo0");
	if (result == 0 && ioctl(s, SIOCAIFADDR, &alias) < 0)
		result = report_sys(r, "SIOCAIFADDR", "lo0");
	close(s);
	return result;
}
