/*
 * The confinement of warder-image, each layer for itself.  What the C library reads late (the locale) is read before.
 */
#include "image/confine.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <locale.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "seccomp/filter.h"

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

#define FS_EXECUTE LANDLOCK_ACCESS_FS_EXECUTE
#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_WRITE_V1                                                                                                    \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |              \
		LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |             \
		LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |          \
		LANDLOCK_ACCESS_FS_MAKE_SYM)
#define FS_DEVICES (LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)

static const int kept_caps[] = {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER, CAP_FSETID, CAP_SETFCAP};

/* The rights that this kernel's Landlock knows, of all that we would deny. */
static int
landlock_rights(uint64_t *ret, struct err *e)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	if (abi < 1)
		return err_set(e, ERR_UNAVAILABLE, "unpack", "Landlock", "the kernel does not have it");
	*ret = FS_EXECUTE | FS_READ | FS_WRITE_V1 | (abi >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0) |
	       (abi >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0);
	return 0;
}

static int
confine_files(int target, struct err *e)
{
	struct landlock_ruleset_attr attr = {0};
	uint64_t rights = 0;

	if (landlock_rights(&rights, e) < 0)
		return -1;
	attr.handled_access_fs = rights;
	struct landlock_path_beneath_attr beneath = {
		.allowed_access = rights & ~(FS_EXECUTE | FS_DEVICES), .parent_fd = target};
	fd_auto rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (rules < 0 || syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) < 0 ||
		syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		return err_sys(e, "landlock", "warder-image");
	return 0;
}

static int
confine_caps(struct err *e)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct now[2], want[2] = {0};

	if (syscall(SYS_capget, &head, now) < 0)
		return err_sys(e, "capget", "warder-image");
	for (size_t i = 0; i < sizeof(kept_caps) / sizeof(kept_caps[0]); i++) {
		uint32_t bit = CAP_TO_MASK(kept_caps[i]) & now[CAP_TO_INDEX(kept_caps[i])].permitted;
		want[CAP_TO_INDEX(kept_caps[i])].permitted |= bit;
		want[CAP_TO_INDEX(kept_caps[i])].effective |= bit;
	}
	return syscall(SYS_capset, &head, want) < 0 ? err_sys(e, "capset", "warder-image") : 0;
}

/* With root's uid, signals reach every process of the host, whatever the capabilities: so these calls must go, too. */
static int
confine_calls(struct err *e)
{
	const struct filter_variant *f = filter_by_name("unpack");
	struct sock_fprog p = {f->len, (struct sock_filter *)(uintptr_t)f->code};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &p) < 0 ? err_sys(e, "seccomp", "warder-image") : 0;
}

int
confine(int target, struct err *e)
{
	const struct rlimit none = {0, 0};

	setlocale(LC_CTYPE, "C.UTF-8");
	umask(0);
	if (fchdir(target) < 0)
		return err_sys(e, "fchdir", "the new tree");
	if (setrlimit(RLIMIT_CORE, &none) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(e, "no_new_privs", "warder-image");
	if (prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) < 0 && errno != EINVAL)
		return err_sys(e, "prctl", "memory-deny-write-execute");
	return confine_files(target, e) < 0 || confine_caps(e) < 0 ? -1 : confine_calls(e);
}
