/*
 * Mounts of the view (SECURITY.md R4): open_tree or fsopen, mount_setattr while the tree is detached, then move_mount
 * from descriptor to descriptor.  No path of the host is resolved here: sources come from kept descriptors of the
 * store, targets from the root of the view, and beneath the state no link is followed on either side.
 */
#include "run/linux/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "base/path.h"
#include "run/linux/sys.h"

static const struct {
	unsigned flag;
	uint64_t attr;
} attr_rows[] = {
	{MNT_RO, MOUNT_ATTR_RDONLY},
	{MNT_NOSUID, MOUNT_ATTR_NOSUID},
	{MNT_NODEV, MOUNT_ATTR_NODEV},
	{MNT_NOEXEC, MOUNT_ATTR_NOEXEC},
	{MNT_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW},
	{MNT_IDMAP, MOUNT_ATTR_IDMAP},
};

uint64_t
mount_attrs(unsigned flags)
{
	uint64_t attrs = 0;

	for (size_t i = 0; i < sizeof(attr_rows) / sizeof(attr_rows[0]); i++)
		if (flags & attr_rows[i].flag)
			attrs |= attr_rows[i].attr;
	return attrs;
}

/* Sets exactly these flags: what the host's own mount had and the plan does not name is cleared. */
static int
set_attrs(int mfd, unsigned flags, int userns, const char *subject, struct err *e)
{
	uint64_t all = mount_attrs(~0U) & ~(uint64_t)MOUNT_ATTR_IDMAP;
	uint64_t set = mount_attrs(flags);
	struct mount_attr attr = {
		.attr_set = set,
		.attr_clr = all & ~set,
		.propagation = MS_PRIVATE,
		.userns_fd = set & MOUNT_ATTR_IDMAP ? (uint64_t)userns : 0,
	};

	if (mount_setattr(mfd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return err_sys(e, "mount_setattr", subject);
	return 0;
}

static int
source_tree(const struct view *v, enum mount_tree tree)
{
	const struct store_trees *t = v->trees;

	switch (tree) {
	case TREE_BASE:
		return t->base;
	case TREE_GENERATION:
		return t->generation;
	case TREE_SKEL:
		return t->skel;
	case TREE_STATE:
		return t->state;
	case TREE_DEV:
		return t->dev;
	case TREE_VIEW:
		return v->root;
	case TREE_NONE:
		break;
	}
	return -1;
}

static int
open_source(const struct view *v, const struct op *o, struct err *e)
{
	int tree = source_tree(v, o->u.mount.tree);
	int flags = O_PATH | O_CLOEXEC | (o->u.mount.flags & MNT_FILE ? 0 : O_DIRECTORY);

	if (o->u.mount.tree == TREE_STATE)
		return path_open_beneath(tree, o->u.mount.source, flags | O_NOFOLLOW, 0, e);
	return path_open_in_root(tree, o->u.mount.source, flags, 0, e);
}

static int
make_bind(const struct view *v, const struct op *o, struct err *e)
{
	fd_auto source = open_source(v, o, e);
	fd_auto mfd = -1;

	if (source < 0)
		return -1;
	mfd = open_tree(source, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (mfd < 0)
		return err_sys(e, "open_tree", o->u.mount.target);
	if (set_attrs(mfd, o->u.mount.flags, v->userns, o->u.mount.target, e) < 0)
		return -1;
	return fd_take(&mfd);
}

/* Feeds "a,b=c" to a file system context; options is at most some dozens of bytes, ours. */
static int
configure(int fs, const char *options, struct err *e)
{
	char word[64];

	for (const char *p = options; *p != '\0';) {
		size_t n = strcspn(p, ",");
		char *eq;
		int r;

		if (n >= sizeof(word))
			return err_set(e, ERR_FAILED, "fsconfig", options, "option too long");
		memcpy(word, p, n);
		word[n] = '\0';
		eq = strchr(word, '=');
		if (eq != NULL)
			*eq++ = '\0';
		r = eq != NULL ? fsconfig(fs, FSCONFIG_SET_STRING, word, eq, 0)
			       : fsconfig(fs, FSCONFIG_SET_FLAG, word, NULL, 0);
		if (r < 0)
			return err_sys(e, "fsconfig", word);
		p += n + (p[n] == ',');
	}
	return 0;
}

static int
make_fs(const char *type, const char *options, unsigned flags, struct err *e)
{
	fd_auto fs = fsopen(type, FSOPEN_CLOEXEC);
	fd_auto mfd = -1;

	if (fs < 0)
		return err_sys(e, "fsopen", type);
	if (configure(fs, options != NULL ? options : "", e) < 0)
		return -1;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return err_sys(e, "fsconfig", type);
	mfd = fsmount(fs, FSMOUNT_CLOEXEC, (unsigned)mount_attrs(flags));
	if (mfd < 0)
		return err_sys(e, "fsmount", type);
	if (set_attrs(mfd, flags, -1, type, e) < 0)
		return -1;
	return fd_take(&mfd);
}

/* Where it goes: real directories of the view only, mounts may be crossed, no link is followed. */
static int
open_target(const struct view *v, const struct op *o, struct err *e)
{
	const char *target = o->u.mount.target;
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | O_NOFOLLOW,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd;

	if (o->u.mount.type == MOUNT_BIND && o->u.mount.tree == TREE_VIEW)
		return path_open_in_root(v->root, target, O_PATH | O_CLOEXEC, 0, e);
	fd = (int)syscall(SYS_openat2, v->root, target + 1, &how, sizeof(how));
	if (fd < 0)
		return err_sys(e, "open mount point", target);
	return fd;
}

int
mount_make(const struct view *v, const struct op *o, struct err *e)
{
	if (o->u.mount.type == MOUNT_BIND)
		return make_bind(v, o, e);
	return make_fs(mount_type_name(o->u.mount.type), o->u.mount.options, o->u.mount.flags, e);
}

int
mount_apply(struct view *v, const struct op *o, struct err *e)
{
	bool is_root = strcmp(o->u.mount.target, "/") == 0;
	fd_auto mfd = mount_make(v, o, e);
	fd_auto target = -1;

	if (mfd < 0)
		return -1;
	if (!is_root && (target = open_target(v, o, e)) < 0)
		return -1;
	if (move_mount(mfd, "", is_root ? v->trees->view : target, "",
		    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return err_sys(e, "move_mount", o->u.mount.target);
	if (is_root)
		v->root = fd_take(&mfd);
	return 0;
}

int
mount_pivot(const struct view *v, struct err *e)
{
	char cwd[64];

	if (fchdir(v->root) < 0)
		return err_sys(e, "fchdir", "/");
	if (sys_pivot_root(".", ".") < 0)
		return err_sys(e, "pivot_root", "/");
	if (umount2(".", MNT_DETACH) < 0)
		return err_sys(e, "umount2", "the host's tree");
	if (chdir("/") < 0)
		return err_sys(e, "chdir", "/");
	if (syscall(SYS_getcwd, cwd, sizeof(cwd)) < 0 || strcmp(cwd, "/") != 0)
		return err_set(e, ERR_FAILED, "pivot_root", "/", "the working directory is outside the view");
	return 0;
}

int
mount_proc_fd(struct err *e)
{
	fd_auto mfd = make_fs("proc", NULL, MNT_NOSUID | MNT_NODEV | MNT_NOEXEC, e);
	struct statfs st;

	if (mfd < 0)
		return -1;
	if (fstatfs(mfd, &st) < 0)
		return err_sys(e, "fstatfs", "proc");
	if (st.f_type != PROC_SUPER_MAGIC)
		return err_set(e, ERR_FAILED, "fsmount", "proc", "is not a proc file system");
	return fd_take(&mfd);
}

int
mount_park(int proc, struct err *e)
{
	if (move_mount(proc, "", AT_FDCWD, "/proc", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return err_sys(e, "move_mount", "/proc");
	return 0;
}

bool
mount_can_idmap(int dirfd, int userns)
{
	fd_auto mfd = open_tree(dirfd, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)userns};

	return mfd >= 0 && mount_setattr(mfd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) == 0;
}
