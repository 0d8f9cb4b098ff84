/*
 * Owns the order in which privileges go.  Each sequence is a table of steps, walked once; a step that fails ends the
 * process (SECURITY.md R19).  Raw system calls throughout: musl would apply ids to threads that we do not have, and the
 * constants of newer kernels are missing from Debian 12's headers.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init/lockdown.h"

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif
#ifndef PR_CAP_AMBIENT
#define PR_CAP_AMBIENT 47
#define PR_CAP_AMBIENT_CLEAR_ALL 4
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

enum { SIGNALS = 64, SIGSET_SIZE = SIGNALS / 8, CAPS_END = 64 };

/* musl's sigaction and sigprocmask keep three signals to themselves. */
void
lockdown_signals(bool blocked)
{
	uint64_t mask = blocked ? ~UINT64_C(0) : 0;
	struct {
		void (*handler)(int);
		unsigned long flags;
		void (*restorer)(void);
		uint64_t mask;
	} action = {SIG_DFL, 0, NULL, 0};

	for (int i = 1; i <= SIGNALS; i++)
		syscall(SYS_rt_sigaction, i, &action, NULL, (size_t)SIGSET_SIZE);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, (size_t)SIGSET_SIZE);
}

/* R9: after pivot_root or setns a working directory outside the root would be a way out. */
static int
step_cwd_inside(const struct brief *b, struct report *r)
{
	char cwd[4096];
	long n = syscall(SYS_getcwd, cwd, sizeof(cwd));

	(void)b;
	if (n < 0)
		return report_sys(r, "getcwd", "/");
	return cwd[0] == '/' ? 0
			     : report_set(r, ERR_FAILED, "getcwd", "/", "the working directory is outside the jail");
}

static int
step_standard_fds(const struct brief *b, struct report *r)
{
	(void)b;
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			return report_sys(r, "fcntl", "standard descriptors");
	return 0;
}

static int
step_keyring(const struct brief *b, struct report *r)
{
	(void)b;
	return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0) < 0 ? report_sys(r, "keyctl", "session")
										   : 0;
}

static int
step_private_umask(const struct brief *b, struct report *r)
{
	(void)b;
	(void)r;
	umask(077);
	return 0;
}

static int
step_umask(const struct brief *b, struct report *r)
{
	(void)r;
	umask(b->umask);
	return 0;
}

static int
step_no_core(const struct brief *b, struct report *r)
{
	const struct rlimit none = {0, 0};

	(void)b;
	return setrlimit(RLIMIT_CORE, &none) < 0 ? report_sys(r, "setrlimit", "core") : 0;
}

static int
step_rlimits(const struct brief *b, struct report *r)
{
	const struct brief_rlimit *l = (const void *)brief_string(b, b->rlimits.off);

	for (uint32_t i = 0; i < b->rlimits.n; i++) {
		const uint64_t limit[2] = {l[i].soft, l[i].hard};

		if (syscall(SYS_prlimit64, 0, l[i].resource, limit, NULL) < 0)
			return report_sys(r, "prlimit", "rlimits");
	}
	return 0;
}

static int
prctl_step(int option, unsigned long arg, const char *subject, struct report *r)
{
	return prctl(option, arg, 0UL, 0UL, 0UL) < 0 ? report_sys(r, "prctl", subject) : 0;
}

static int
step_not_dumpable(const struct brief *b, struct report *r)
{
	(void)b;
	return prctl_step(PR_SET_DUMPABLE, 0, "dumpable", r);
}

static int
step_no_new_privs(const struct brief *b, struct report *r)
{
	(void)b;
	return prctl_step(PR_SET_NO_NEW_PRIVS, 1, "no_new_privs", r);
}

static int
step_landlock(const struct brief *b, struct report *r)
{
	if (!(b->flags & BRIEF_HAS_LANDLOCK))
		return 0;
	return syscall(SYS_landlock_restrict_self, BRIEF_FD_LANDLOCK, 0) < 0
		       ? report_sys(r, "landlock_restrict_self", "ruleset")
		       : 0;
}

static int
step_mdwe(const struct brief *b, struct report *r)
{
	if (!(b->flags & BRIEF_WX_DENY))
		return 0;
	return prctl_step(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, "memory-deny-write-execute", r);
}

static int
step_bounding(const struct brief *b, struct report *r)
{
	for (int cap = 0; cap < CAPS_END; cap++) {
		int has = prctl(PR_CAPBSET_READ, (unsigned long)cap, 0UL, 0UL, 0UL);

		if (has < 0 && errno == EINVAL)
			break; /* past the last one that this kernel knows */
		if (has < 0)
			return report_sys(r, "prctl", "capability bounding set");
		if (has && !(b->caps >> cap & 1) && prctl(PR_CAPBSET_DROP, (unsigned long)cap, 0UL, 0UL, 0UL) < 0)
			return report_sys(r, "prctl", "capability bounding set");
	}
	return 0;
}

static int
step_ambient(const struct brief *b, struct report *r)
{
	(void)b;
	return prctl(PR_CAP_AMBIENT, (unsigned long)PR_CAP_AMBIENT_CLEAR_ALL, 0UL, 0UL, 0UL) < 0
		       ? report_sys(r, "prctl", "ambient capabilities")
		       : 0;
}

static int
ids_set(uint32_t uid, uint32_t gid, const uint32_t *groups, uint32_t ngroups, struct report *r)
{
	uint32_t u[3], g[3];

	if (syscall(SYS_setgroups, (long)ngroups, groups) < 0)
		return report_sys(r, "setgroups", "groups");
	if (syscall(SYS_setresgid, gid, gid, gid) < 0)
		return report_sys(r, "setresgid", "gid");
	if (syscall(SYS_setresuid, uid, uid, uid) < 0)
		return report_sys(r, "setresuid", "uid");
	if (syscall(SYS_getresuid, &u[0], &u[1], &u[2]) < 0 || syscall(SYS_getresgid, &g[0], &g[1], &g[2]) < 0)
		return report_sys(r, "getresuid", "ids");
	for (int i = 0; i < 3; i++)
		if (u[i] != uid || g[i] != gid)
			return report_set(r, ERR_FAILED, "getresuid", "ids", "not the ids that were set");
	return 0;
}

static int
step_root_ids(const struct brief *b, struct report *r)
{
	(void)b;
	return ids_set(0, 0, NULL, 0, r);
}

static int
step_ids(const struct brief *b, struct report *r)
{
	return ids_set(b->uid, b->gid, (const void *)brief_string(b, b->groups.off), b->groups.n, r);
}

static int
caps_set(uint64_t permitted, uint64_t effective, struct report *r)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct set[2] = {
		{(uint32_t)effective, (uint32_t)permitted, 0},
		{(uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), 0},
	};

	return syscall(SYS_capset, &head, set) < 0 ? report_sys(r, "capset", "capabilities") : 0;
}

static int
step_init_caps(const struct brief *b, struct report *r)
{
	return caps_set(b->caps | b->caps_init, b->caps_init, r);
}

static int
step_caps(const struct brief *b, struct report *r)
{
	uint64_t caps = b->uid == 0 ? b->caps : 0;

	return caps_set(caps, caps, r);
}

static int
fds_close(unsigned first, unsigned last, unsigned flags, struct report *r)
{
	return syscall(SYS_close_range, first, last, flags) < 0 ? report_sys(r, "close_range", "descriptors") : 0;
}

static int
step_init_fds(const struct brief *b, struct report *r)
{
	if (b->flags & BRIEF_HAS_LANDLOCK)
		close(BRIEF_FD_LANDLOCK);
	return fds_close(BRIEF_FD_REPORT, ~0U, CLOSE_RANGE_CLOEXEC, r);
}

static int
step_exec_fds(const struct brief *b, struct report *r)
{
	unsigned kept = b->flags & BRIEF_PROGRAM ? BRIEF_FD_PROGRAM : BRIEF_FD_REPORT;

	if (fds_close(kept + 1, ~0U, 0, r) < 0 ||
		(kept > BRIEF_FD_REPORT && fds_close(BRIEF_FD_REPORT + 1, kept - 1, 0, r) < 0))
		return -1;
	return fds_close(BRIEF_FD_REPORT, kept, CLOSE_RANGE_CLOEXEC, r);
}

static int
step_child_fds(const struct brief *b, struct report *r)
{
	return fds_close(3, BRIEF_FD_REPORT - 1, 0, r) < 0 ? -1 : step_exec_fds(b, r);
}

static int
step_seccomp(const struct brief *b, struct report *r)
{
	struct sock_fprog filter = {
		.len = (unsigned short)(b->seccomp.len / sizeof(struct sock_filter)),
		.filter = (struct sock_filter *)(uintptr_t)brief_string(b, b->seccomp.off),
	};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0 ? report_sys(r, "seccomp", "filter") : 0;
}

typedef int lockdown_step(const struct brief *b, struct report *r);

static int
steps_run(lockdown_step *const *steps, const struct brief *b, struct report *r)
{
	for (; *steps; steps++)
		if ((*steps)(b, r) < 0)
			return -1;
	return 0;
}

int
lockdown_init(const struct brief *b, struct report *r)
{
	static lockdown_step *const steps[] = {step_cwd_inside, step_standard_fds, step_keyring, step_private_umask,
		step_no_core, step_not_dumpable, step_no_new_privs, step_landlock, step_mdwe, step_bounding,
		step_ambient, step_root_ids, step_init_caps, step_not_dumpable, step_init_fds, step_seccomp, NULL};

	return steps_run(steps, b, r);
}

int
lockdown_child(const struct brief *b, struct report *r)
{
	static lockdown_step *const steps[] = {
		step_umask, step_rlimits, step_ids, step_caps, step_not_dumpable, step_child_fds, NULL};

	return steps_run(steps, b, r);
}

int
lockdown_exec(const struct brief *b, struct report *r)
{
	static lockdown_step *const steps[] = {step_cwd_inside, step_standard_fds, step_keyring, step_umask,
		step_no_core, step_rlimits, step_not_dumpable, step_no_new_privs, step_landlock, step_mdwe,
		step_bounding, step_ambient, step_ids, step_caps, step_not_dumpable, step_exec_fds, step_seccomp, NULL};

	return steps_run(steps, b, r);
}
