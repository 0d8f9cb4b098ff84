/*
 * Landlock (kernel: Documentation/userspace-api/landlock.rst).
 *
 * The mounts already say what can be written and executed; the ruleset says it again by another mechanism, and is what
 * makes exec.allow possible.  Reading is not handled.  Rules hold for whole hierarchies, across mounts, and add up: so
 * a right is never given on "/", only on the directories that have it.
 */
#include "run/linux/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "run/linux/sys.h"

int
landlock_abi(void)
{
	int abi = sys_landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : abi;
}

enum {
	WRITES = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
		 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
		 LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM,
	NEVER = LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK,
};

/* Rights that came later: the ABI that has them, the right of ours that they belong to. */
static const struct {
	int abi;
	uint64_t access;
	unsigned rights;
} later[] = {
	{2, LANDLOCK_ACCESS_FS_REFER, RIGHT_WRITE},
	{3, LANDLOCK_ACCESS_FS_TRUNCATE, RIGHT_WRITE | RIGHT_DEVICE},
	{5, LANDLOCK_ACCESS_FS_IOCTL_DEV, RIGHT_DEVICE},
};
static const struct {
	unsigned right;
	uint64_t access;
} first[] = {
	{RIGHT_EXECUTE, LANDLOCK_ACCESS_FS_EXECUTE},
	{RIGHT_WRITE, WRITES},
	{RIGHT_DEVICE, LANDLOCK_ACCESS_FS_WRITE_FILE},
};

uint64_t
landlock_access(unsigned rights, int abi)
{
	uint64_t access = 0;

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		if (rights & first[i].right)
			access |= first[i].access;
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		if (abi >= later[i].abi && (rights & later[i].rights))
			access |= later[i].access;
	return access;
}

uint64_t
landlock_handled(int abi)
{
	return NEVER | landlock_access(RIGHT_EXECUTE | RIGHT_WRITE | RIGHT_DEVICE, abi);
}

/* Rights that may be given on a file that is not a directory; others make the kernel refuse the rule. */
static uint64_t
for_type(uint64_t access, const struct stat *st)
{
	uint64_t file = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE |
			LANDLOCK_ACCESS_FS_IOCTL_DEV;

	return S_ISDIR(st->st_mode) ? access : access & file;
}

static int
add_rule(int ruleset, const char *path, uint64_t access, struct err *e)
{
	fd_auto fd = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr attr = {.parent_fd = fd};
	struct stat st;
	struct statfs fs;

	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, "open", path);
	if (fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0)
		return err_sys(e, "fstat", path);
	if (access & LANDLOCK_ACCESS_FS_EXECUTE && fs.f_flags & ST_NOEXEC)
		return 0;
	attr.allowed_access = for_type(access, &st);
	if (sys_landlock_add_rule(ruleset, LANDLOCK_RULE_PATH_BENEATH, &attr) < 0)
		return err_sys(e, "landlock_add_rule", path);
	return 0;
}

/* Older kernels are given no more of the structure than they know. */
static int
create(const struct plan *p, int abi)
{
	struct sys_landlock_attr attr = {.handled_access_fs = landlock_handled(abi)};
	size_t known = sizeof(attr.handled_access_fs);

	for (size_t i = 0; i < p->nops; i++)
		if (p->ops[i].kind == OP_SCOPE && abi >= LANDLOCK_ABI_SCOPED) {
			attr.scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET;
			known = sizeof(attr);
		}
	return sys_landlock_create_ruleset(&attr, known, 0);
}

int
landlock_ruleset(const struct plan *p, struct err *e)
{
	int abi = landlock_abi();
	fd_auto ruleset = -1;

	if (abi == 0)
		return err_set(e, ERR_UNAVAILABLE, "landlock", "kernel", "Landlock is not enabled");
	ruleset = create(p, abi);
	if (ruleset < 0)
		return err_sys(e, "landlock_create_ruleset", "jail");
	for (size_t i = 0; i < p->nops; i++) {
		const struct op *o = &p->ops[i];

		if (o->kind == OP_LANDLOCK &&
			add_rule(ruleset, o->u.landlock.path, landlock_access(o->u.landlock.rights, abi), e) < 0)
			return -1;
	}
	return fd_take(&ruleset);
}
