/*
 * Owns jail_set(2), jail_attach(2) and jail_remove(2), and libjail's list of parameters.
 */
#include <sys/param.h> /* before the others, as they want it */

#include <sys/ioctl.h>
#include <sys/jail.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <net/if.h>
#include <netinet/in.h>

#include <errno.h>
#include <jail.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/freebsd/call.h"
#include "run/freebsd/iov.h"

enum { JAIL_ERROR_LEN = 1024 };

int
fbsd_kernel_ask(unsigned ruleset, struct arena *a, struct fbsd_kernel *ret, struct err *e)
{
	struct fbsd_kernel k = {.devfs_ruleset = ruleset};
	struct jailparam *params;
	int n = jailparam_all(&params);

	if (n < 0)
		return err_set(e, ERR_UNAVAILABLE, "jailparam_all", "security.jail.param", "%s", jail_errmsg);
	for (int i = 0; i < n; i++)
		strv_add(a, &k.params, arena_strdup(a, params[i].jp_name));
	jailparam_free(params, (unsigned)n);
	free(params);
	*ret = k;
	return 0;
}

int
fbsd_jail_create(const struct fbsd_args *l, struct err *e)
{
	struct arena a = {0};
	char why[JAIL_ERROR_LEN] = "";
	struct iovec *iov = fbsd_iov(l, &a);
	int jid;

	iov[2 * l->n] = (struct iovec){arena_strdup(&a, "errmsg"), sizeof("errmsg")};
	iov[2 * l->n + 1] = (struct iovec){why, sizeof(why)};
	jid = jail_set(iov, (unsigned)(2 * (l->n + 1)), JAIL_CREATE);
	if (jid < 0 && why[0] != '\0')
		err_set(e, errno == EEXIST ? ERR_BUSY : ERR_FAILED, "jail_set", l->v[0].text, "%s", why);
	else if (jid < 0)
		err_sys(e, "jail_set", l->v[0].text);
	arena_done(&a);
	return jid;
}

/* Dying ones are there, too. */
static bool
is_there(int jid)
{
	char name[] = "jid";
	struct iovec iov[] = {{name, sizeof(name)}, {&jid, sizeof(jid)}};

	return jail_get(iov, 2, JAIL_DYING) >= 0 || errno != ENOENT;
}

int
fbsd_jail_remove(int jid, struct err *e)
{
	enum { TRIES = 500 };
	const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
	char number[16];

	snprintf(number, sizeof(number), "%d", jid);
	if (jail_remove(jid) < 0 && errno != EINVAL)
		return err_sys(e, "jail_remove", number);
	for (int i = 0; i < TRIES; i++) {
		if (!is_there(jid))
			return 0;
		nanosleep(&pause, NULL);
	}
	return err_set(e, ERR_BUSY, "jail_remove", number, "the kernel still holds it");
}

static int
refuse_directories(struct err *e)
{
	struct stat st;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
			return err_set(e, ERR_FAILED, "jail_attach", NULL, "descriptor %d is a directory", fd);
	return 0;
}

int
fbsd_jail_enter(int jid, const char *view, int keep, struct err *e)
{
	enum { KEPT = STDERR_FILENO + 1 };

	if (refuse_directories(e) < 0)
		return -1;
	if (keep >= 0 && keep != KEPT && dup2(keep, KEPT) < 0)
		return err_sys(e, "dup2", NULL);
	closefrom(keep < 0 ? KEPT : KEPT + 1);
	if (chdir(view) < 0)
		return err_sys(e, "chdir", view);
	if (jail_attach(jid) < 0)
		return err_sys(e, "jail_attach", view);
	if (chdir("/") < 0)
		return err_sys(e, "chdir", "/");
	return 0;
}

int
fbsd_loopback(struct err *e)
{
	struct ifreq flags = {.ifr_name = "lo0"};
	struct ifaliasreq alias = {.ifra_name = "lo0"};
	struct sockaddr_in *addr = (struct sockaddr_in *)(void *)&alias.ifra_addr;
	struct sockaddr_in *mask = (struct sockaddr_in *)(void *)&alias.ifra_mask;
	fd_auto s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*addr = (struct sockaddr_in){.sin_len = sizeof(*addr), .sin_family = AF_INET};
	addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*mask = (struct sockaddr_in){.sin_len = sizeof(*mask), .sin_family = AF_INET};
	mask->sin_addr.s_addr = htonl(IN_CLASSA_NET);
	if (s < 0 || ioctl(s, SIOCGIFFLAGS, &flags) < 0)
		return err_sys(e, "SIOCGIFFLAGS", "lo0");
	flags.ifr_flags = (short)(flags.ifr_flags | IFF_UP);
	if (ioctl(s, SIOCSIFFLAGS, &flags) < 0)
		return err_sys(e, "SIOCSIFFLAGS", "lo0");
	if (ioctl(s, SIOCAIFADDR, &alias) < 0)
		return err_sys(e, "SIOCAIFADDR", "lo0");
	return 0;
}
