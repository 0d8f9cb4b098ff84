/*
 * Linux: capabilities, and the attempts to get more: each is one that does nothing where it succeeds, or is made in a
 * child.
 */
#include "probe/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe/child.h"
#include "probe/out.h"

enum { CAPS_END = 64, NETLINK_END = 32 };

/* Numbers that are the same everywhere (from 424 on), and that older headers lack. */
enum { NR_OPEN_TREE = 428, NR_MOVE_MOUNT = 429, NR_FSOPEN = 430, NR_MOUNT_SETATTR = 442 };

void
rights_capabilities(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct set[2];
	uint64_t has;

	if (syscall(SYS_capget, &head, set) < 0)
		out_give_up("capget", errno);
	has = (uint64_t)(set[0].permitted | set[0].inheritable) | (uint64_t)(set[1].permitted | set[1].inheritable)
									  << 32;
	for (int cap = 0; cap < CAPS_END; cap++) {
		int bounding = prctl(PR_CAPBSET_READ, (unsigned long)cap, 0UL, 0UL, 0UL);

		if (bounding == 1 || has >> cap & 1)
			out_number(PROBE_CAPABILITY, cap, "");
	}
	if (prctl(PR_GET_NO_NEW_PRIVS, 0UL, 0UL, 0UL, 0UL) != 1)
		out_record(PROBE_SETID, "no_new_privs", "is not set");
}

/* ---- namespaces ---- */

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif
static const struct kind {
	const char *name;
	unsigned long flag;
} kinds[] = {
	{"cgroup", CLONE_NEWCGROUP},
	{"ipc", CLONE_NEWIPC},
	{"mnt", CLONE_NEWNS},
	{"net", CLONE_NEWNET},
	{"pid", CLONE_NEWPID},
	{"time", CLONE_NEWTIME},
	{"user", CLONE_NEWUSER},
	{"uts", CLONE_NEWUTS},
};

static int
try_unshare(const void *arg)
{
	return unshare((int)((const struct kind *)arg)->flag) < 0 ? errno : 0;
}

static int
try_clone(const void *arg)
{
	long pid = syscall(SYS_clone, ((const struct kind *)arg)->flag | SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : 0;
}

void
rights_namespaces(void)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		/* clone(2) takes the bit of "time" for a part of the signal. */
		if (child_run(try_unshare, &kinds[i]) == 0 ||
			(kinds[i].flag != CLONE_NEWTIME && child_run(try_clone, &kinds[i]) == 0))
			out_record(PROBE_NAMESPACE, kinds[i].name, "");
	}
}

/* ---- mounts ---- */

/* None of them does anything: there is no such file system, no such mount; what is new is this process's alone. */
static int
try_mount(const void *arg)
{
	(void)arg;
	return mount("none", "/", "warder-none", 0, NULL) < 0 ? errno : 0;
}

static int
try_umount(const void *arg)
{
	(void)arg;
	return umount2("/proc/self", 0) < 0 ? errno : 0;
}

static int
try_open_tree(const void *arg)
{
	(void)arg;
	return syscall(NR_OPEN_TREE, AT_FDCWD, "/", 1 /* OPEN_TREE_CLONE */) < 0 ? errno : 0;
}

static int
try_fsopen(const void *arg)
{
	(void)arg;
	return syscall(NR_FSOPEN, "tmpfs", 0) < 0 ? errno : 0;
}

static int
try_move_mount(const void *arg)
{
	(void)arg;
	return syscall(NR_MOVE_MOUNT, AT_FDCWD, "/proc/self", AT_FDCWD, "/proc/self", 0) < 0 ? errno : 0;
}

static int
try_set(const void *arg)
{
	const uint64_t nothing[4] = {0};

	(void)arg;
	return syscall(NR_MOUNT_SETATTR, AT_FDCWD, "/", 0, nothing, sizeof(nothing)) < 0 ? errno : 0;
}

static int
try_pivot(const void *arg)
{
	(void)arg;
	return syscall(SYS_pivot_root, "/proc/self", "/proc/self") < 0 ? errno : 0;
}

static int
try_chroot(const void *arg)
{
	(void)arg;
	return chroot("/proc/self") < 0 ? errno : 0;
}

static const struct {
	const char *name;
	child_try *try;
} changes[] = {
	{"mount", try_mount},
	{"umount", try_umount},
	{"open_tree", try_open_tree},
	{"fsopen", try_fsopen},
	{"move_mount", try_move_mount},
	{"mount_setattr", try_set},
	{"pivot_root", try_pivot},
	{"chroot", try_chroot},
};

/* In a copy of the mount namespace, so that the jail's own stays as it is. */
static int
try_remount(const void *arg)
{
	const struct mount_row *m = arg;
	const uint64_t clear[4] = {0, 1 /* MOUNT_ATTR_RDONLY */, 0, 0};

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return errno;
	return syscall(NR_MOUNT_SETATTR, AT_FDCWD, m->target, 0, clear, sizeof(clear)) < 0 ? errno : 0;
}

static int
try_detach(const void *arg)
{
	const struct mount_row *m = arg;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return errno;
	return umount2(m->target, MNT_DETACH) < 0 ? errno : 0;
}

static void
try_each(const struct mounts *m, child_try *try, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (!m->v[i].covered && child_run(try, &m->v[i]) == 0)
			out_record(PROBE_MOUNTING, name, m->v[i].target);
}

void
rights_mounting(const struct mounts *m)
{
	bool any = false;

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		if (!is_refusal(child_run(changes[i].try, NULL))) {
			out_record(PROBE_MOUNTING, changes[i].name, "");
			any = true;
		}
	if (!any)
		return;
	try_each(m, try_remount, "remount");
	try_each(m, try_detach, "unmount");
}

/* ---- sockets ---- */

bool
rights_is_by_protocol(int family)
{
	return family == AF_NETLINK;
}

void
rights_sockets_by_protocol(void)
{
	for (int protocol = 0; protocol < NETLINK_END; protocol++)
		if (rights_can_open(AF_NETLINK, SOCK_RAW, protocol)) {
			char text[16];

			snprintf(text, sizeof(text), "%d", protocol);
			out_number(PROBE_SOCKET, AF_NETLINK, text);
		}
}
