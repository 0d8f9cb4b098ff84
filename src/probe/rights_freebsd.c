/*
 * FreeBSD: privileges of priv(9), one attempt each, made in a child and so that it does nothing where it is allowed:
 * the kernel asks for the privilege before it looks at what is wrong with the rest.
 */
#include <sys/param.h> /* before the others, as they want it */

#include <sys/jail.h>
#include <sys/linker.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/rtprio.h>
#include <sys/stat.h>
#include <sys/sysctl.h>
#include <sys/time.h>
#include <sys/uio.h>

#include <errno.h>
#include <kenv.h>
#include <string.h>
#include <unistd.h>

#include "probe/child.h"
#include "probe/out.h"
#include "probe/rights.h"

static char no_path[] = "/.warder-none";

static int
answer(int result)
{
	return result < 0 ? errno : 0;
}

/* What is not there is no right. */
static int
answer_of_sysctl(int result)
{
	return result < 0 && errno == ENOENT ? EPERM : answer(result);
}

static int
try_acct(const void *arg)
{
	(void)arg;
	return answer(acct(no_path));
}

static int
try_chroot(const void *arg)
{
	(void)arg;
	return answer(chroot("/"));
}

/* More than one mount is seen, or one that is not the root. */
static int
try_getfsstat(const void *arg)
{
	struct statfs v[2];
	int n = getfsstat(v, (long)sizeof(v), MNT_NOWAIT);

	(void)arg;
	return n == 1 && strcmp(v[0].f_mntonname, "/") == 0 ? EPERM : 0;
}

static int
try_hostname(const void *arg)
{
	char name[MAXHOSTNAMELEN];

	(void)arg;
	if (gethostname(name, sizeof(name)) < 0)
		return errno;
	return answer(sethostname(name, (int)strlen(name)));
}

static int
try_kenv(const void *arg)
{
	(void)arg;
	return answer(kenv(KENV_UNSET, "warder.none", NULL, 0));
}

static int
try_kldload(const void *arg)
{
	(void)arg;
	return answer(kldload(no_path));
}

/* There is a file of that name. */
static int
try_mknod(const void *arg)
{
	(void)arg;
	return answer(mknod("/", S_IFCHR | 0600, makedev(1, 1)));
}

static int
try_mlock(const void *arg)
{
	void *p = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);

	(void)arg;
	return p == MAP_FAILED ? errno : answer(mlock(p, PAGE_SIZE));
}

static int
try_msgbuf(const void *arg)
{
	size_t size = 0;

	(void)arg;
	return answer_of_sysctl(sysctlbyname("kern.msgbuf", NULL, &size, NULL, 0));
}

static int
try_priority(const void *arg)
{
	(void)arg;
	return answer(setpriority(PRIO_PROCESS, 0, -1));
}

static int
try_realtime(const void *arg)
{
	struct rtprio p = {.type = RTP_PRIO_REALTIME, .prio = RTP_PRIO_MAX};

	(void)arg;
	return answer(rtprio(RTP_SET, 0, &p));
}

static int
try_setgid(const void *arg)
{
	(void)arg;
	return answer(setgid(1));
}

static int
try_setrlimit(const void *arg)
{
	struct rlimit l;

	(void)arg;
	if (getrlimit(RLIMIT_NOFILE, &l) < 0)
		return errno;
	l.rlim_max += l.rlim_max != RLIM_INFINITY;
	return answer(setrlimit(RLIMIT_NOFILE, &l));
}

/* No time has so many microseconds. */
static int
try_settime(const void *arg)
{
	const struct timeval nonsense = {.tv_usec = 2000000};

	(void)arg;
	return answer(settimeofday(&nonsense, NULL));
}

static int
try_setuid(const void *arg)
{
	(void)arg;
	return answer(setuid(1));
}

static int
try_swapon(const void *arg)
{
	(void)arg;
	return answer(swapon(no_path));
}

/* One that is not for jails, to what it is. */
static int
try_sysctl(const void *arg)
{
	static const char name[] = "kern.coredump";
	int value;
	size_t size = sizeof(value);

	(void)arg;
	if (sysctlbyname(name, &value, &size, NULL, 0) < 0)
		return answer_of_sysctl(-1);
	return answer_of_sysctl(sysctlbyname(name, NULL, NULL, &value, size));
}

static const struct attempt {
	const char *name;
	child_try *try;
} privileges[] = {
	{"acct", try_acct},
	{"chroot", try_chroot},
	{"getfsstat", try_getfsstat},
	{"hostname", try_hostname},
	{"kenv", try_kenv},
	{"kldload", try_kldload},
	{"mknod", try_mknod},
	{"mlock", try_mlock},
	{"msgbuf", try_msgbuf},
	{"priority", try_priority},
	{"realtime", try_realtime},
	{"setgid", try_setgid},
	{"setrlimit", try_setrlimit},
	{"settime", try_settime},
	{"setuid", try_setuid},
	{"swapon", try_swapon},
	{"sysctl", try_sysctl},
};

static void
try_each(const struct attempt *v, size_t n, enum probe_word word)
{
	for (size_t i = 0; i < n; i++)
		if (!is_refusal(child_run(v[i].try, NULL)))
			out_record(word, v[i].name, "");
}

void
rights_capabilities(void)
{
	try_each(privileges, sizeof(privileges) / sizeof(privileges[0]), PROBE_PRIVILEGE);
	out_tried(
		"privileges", sizeof(privileges) / sizeof(privileges[0]) + 1); /* with chflags, of execute_freebsd.c */
}

/* It would end with the child, which is its only process. */
static int
try_jail(const void *arg)
{
	char name[] = "path", path[] = "/";
	struct iovec iov[] = {{name, sizeof(name)}, {path, sizeof(path)}};

	(void)arg;
	return answer(jail_set(iov, 2, JAIL_CREATE | JAIL_ATTACH));
}

void
rights_namespaces(void)
{
	static const struct attempt kinds[] = {{"jail", try_jail}};

	try_each(kinds, sizeof(kinds) / sizeof(kinds[0]), PROBE_NAMESPACE);
}

/* flags: 0, or MNT_UPDATE, which changes the mount there is.  There is no such place and no such type. */
static int
mount_nothing(int flags)
{
	char fstype[] = "fstype", type[] = "warder-none", fspath[] = "fspath";
	struct iovec iov[] = {
		{fstype, sizeof(fstype)}, {type, sizeof(type)}, {fspath, sizeof(fspath)}, {no_path, sizeof(no_path)}};

	return answer(nmount(iov, 4, flags));
}

static int
try_nmount(const void *arg)
{
	(void)arg;
	return mount_nothing(0);
}

static int
try_remount(const void *arg)
{
	(void)arg;
	return mount_nothing(MNT_UPDATE);
}

static int
try_unmount(const void *arg)
{
	(void)arg;
	return answer(unmount(no_path, 0));
}

void
rights_mounting(const struct mounts *m)
{
	static const struct attempt changes[] = {
		{"nmount", try_nmount}, {"nmount with MNT_UPDATE", try_remount}, {"unmount", try_unmount}};

	(void)m;
	try_each(changes, sizeof(changes) / sizeof(changes[0]), PROBE_MOUNTING);
}

bool
rights_is_by_protocol(int family)
{
	(void)family;
	return false;
}

void
rights_sockets_by_protocol(void)
{
}
