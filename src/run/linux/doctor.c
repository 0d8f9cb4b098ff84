/*
 * What this kernel and machine offer: each row of the table is tried, not looked up by version.
 *
 * A probe leaves nothing: namespaces are made by a child that ends, mounts are detached trees.
 */
#include "run/linux/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/doctor.h"
#include "run/linux/cgroup.h"
#include "run/linux/landlock.h"
#include "run/linux/mount.h"
#include "run/linux/net.h"
#include "run/linux/sys.h"
#include "run/linux/userns.h"

enum { PROBE_FIRST_ID = 1U << 30 };

static enum offer
probe_kernel(struct probe *p)
{
	struct utsname u;

	uname(&u);
	p->detail = arena_strdup(p->a, u.release);
	return OFFER_YES;
}

/* In a child, because it changes who we are; 0 or its errno. */
static int
in_child(int (*f)(void))
{
	int pid = fork(), status;

	if (pid < 0)
		return errno;
	if (pid == 0)
		_exit(f() < 0 ? errno : 0);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

static enum offer
answer(struct probe *p, int err)
{
	p->detail = err == 0 ? "" : arena_strdup(p->a, strerrordesc_np(err));
	return err == 0 ? OFFER_YES : OFFER_NO;
}

static int
try_namespaces(void)
{
	return unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWCGROUP);
}

static enum offer
probe_namespaces(struct probe *p)
{
	return answer(p, in_child(try_namespaces));
}

static int
open_userns(struct err *e)
{
	fd_auto proc = mount_proc_fd(e);

	return proc < 0 ? -1 : userns_open(proc, PROBE_FIRST_ID, ID_COUNT, e);
}

static enum offer
probe_userns(struct probe *p)
{
	struct err e = {0};
	fd_auto fd = open_userns(&e);

	return answer(p, fd < 0 ? e.err_no : 0);
}

static bool
idmaps(int userns, const char *dir)
{
	fd_auto fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && mount_can_idmap(fd, userns);
}

/* Where a root may lie: what was asked for first, then places that hosts have. */
static enum offer
probe_idmap(struct probe *p)
{
	const char *const places[] = {p->root, "/", "/var", "/home", "/srv", "/tmp", "/run"};
	struct err e = {0};
	fd_auto userns = open_userns(&e);
	str_auto yes = {0};
	bool asked = false;

	for (size_t i = 0; userns >= 0 && i < sizeof(places) / sizeof(places[0]); i++)
		if (idmaps(userns, places[i])) {
			asked |= i == 0;
			str_addf(&yes, "%s%s", yes.len > 0 ? " " : "", places[i]);
		}
	p->detail = arena_printf(p->a, "%s%s", yes.len > 0 ? "works on " : "works nowhere", str_text(&yes));
	if (asked)
		return OFFER_YES;
	return access(p->root, F_OK) < 0 && yes.len > 0 ? OFFER_PARTLY : OFFER_NO;
}

static enum offer
probe_landlock(struct probe *p)
{
	int abi = landlock_abi();

	p->detail = abi > 0 ? arena_printf(p->a, "ABI %d", abi) : "not enabled";
	return abi == 0 ? OFFER_NO : abi < 5 ? OFFER_PARTLY : OFFER_YES;
}

static enum offer
probe_scopes(struct probe *p)
{
	bool have = landlock_abi() >= LANDLOCK_ABI_SCOPED;

	p->detail = have ? "by Landlock" : "before Linux 6.12";
	return have ? OFFER_YES : OFFER_NO;
}

static int
try_seccomp(void)
{
	struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	struct sock_fprog prog = {1, allow};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}

static enum offer
probe_seccomp(struct probe *p)
{
	return answer(p, in_child(try_seccomp));
}

static enum offer
probe_memfd_noexec(struct probe *p)
{
	bool have = linux_has_memfd_noexec();

	p->detail = have ? "by the filter and by vm.memfd_noexec" : "by the filter; no vm.memfd_noexec (6.3)";
	return have ? OFFER_YES : OFFER_PARTLY;
}

static int
try_mdwe(void)
{
	return prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
}

static enum offer
probe_mdwe(struct probe *p)
{
	return answer(p, in_child(try_mdwe));
}

static enum offer
probe_limits(struct probe *p)
{
	str_auto text = {0};

	cgroup_offers(&text);
	p->detail = text.len > 0 ? arena_strdup(p->a, str_text(&text)) : "no control group hierarchy";
	return strstr(p->detail, "memory") && strstr(p->detail, "pids") && strstr(p->detail, "cpu") ? OFFER_YES
	       : text.len > 0                                                                       ? OFFER_PARTLY
												    : OFFER_NO;
}

static enum offer
probe_network(struct probe *p)
{
	struct err e = {0};

	if (net_check(&e) == 0) {
		p->detail = "bridge, veth, nftables";
		return OFFER_YES;
	}
	p->detail = arena_printf(p->a, "%s %s", e.subject, e.reason);
	return OFFER_NO;
}

static enum offer
probe_program(struct probe *p, const char *program)
{
	static const char *const dirs[] = {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		p->detail = arena_printf(p->a, "%s%s", dirs[i], program);
		if (access(p->detail, X_OK) == 0)
			return OFFER_YES;
	}
	p->detail = "not installed";
	return OFFER_NO;
}

static enum offer
probe_mmdebstrap(struct probe *p)
{
	return probe_program(p, "mmdebstrap");
}

static enum offer
probe_busybox(struct probe *p)
{
	return probe_program(p, "busybox");
}

static const struct doctor_row rows[] = {
	{"privilege", probe_root, true, "run warder as root"},
	{"kernel", probe_kernel, true, ""},
	{"namespaces", probe_namespaces, true, "no jail starts"},
	{"user namespaces", probe_userns, true, "no jail starts; see user.max_user_namespaces"},
	{"id-mapped mounts", probe_idmap, true, "put the root on ext4, xfs, btrfs or (6.3) tmpfs: --root DIR"},
	{"Landlock", probe_landlock, true,
		"no jail starts without it: boot with lsm=landlock,...; below ABI 5 device ioctls are not handled"},
	{"abstract sockets kept apart", probe_scopes, false,
		"package scripts in base edit and install reach the host's: they share its network"},
	{"seccomp filter", probe_seccomp, true, "no jail starts"},
	{"memfd without execution", probe_memfd_noexec, false,
		"one lock of two: the filter of every jail refuses memfd_create, on every kernel"},
	{"wx = deny", probe_mdwe, false, "a jail that declares it is refused"},
	{"limits", probe_limits, false, "a jail that declares a missing one is refused, unless limits = best-effort"},
	{"network", probe_network, false, "a jail with an address is refused"},
	{"debian: bases", probe_mmdebstrap, false, "install mmdebstrap"},
	{"busybox bases", probe_busybox, false, "install busybox-static"},
};

int
linux_doctor(const char *root, struct arena *a, struct finding **ret, size_t *ret_n, struct err *e)
{
	*ret_n = sizeof(rows) / sizeof(rows[0]);
	*ret = doctor_run(rows, *ret_n, root, a);
	return 0;
}
