/*
 * The device directory that every jail's /dev is bound from: made once, so that a start makes no node.
 *
 * What is there is compared with the table; if anything differs, a whole new directory takes its place by one rename.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/tree.h"
#include "store/internal.h"

static const struct entry {
	const char *name;
	mode_t mode; /* with the type */
	unsigned major, minor;
	const char *target;
} entries[] = {
	{"null", S_IFCHR | 0666, 1, 3, NULL},
	{"zero", S_IFCHR | 0666, 1, 5, NULL},
	{"full", S_IFCHR | 0666, 1, 7, NULL},
	{"random", S_IFCHR | 0666, 1, 8, NULL},
	{"urandom", S_IFCHR | 0666, 1, 9, NULL},
	{"tty", S_IFCHR | 0666, 5, 0, NULL},
	{"fd", S_IFLNK | 0777, 0, 0, "/proc/self/fd"},
	{"stdin", S_IFLNK | 0777, 0, 0, "/proc/self/fd/0"},
	{"stdout", S_IFLNK | 0777, 0, 0, "/proc/self/fd/1"},
	{"stderr", S_IFLNK | 0777, 0, 0, "/proc/self/fd/2"},
	{"ptmx", S_IFLNK | 0777, 0, 0, "pts/ptmx"},
	{"pts", S_IFDIR | 0755, 0, 0, NULL},
	{"shm", S_IFDIR | 0755, 0, 0, NULL},
};
enum { NENTRIES = sizeof(entries) / sizeof(*entries) };

static bool
link_is_right(int dir, const struct entry *n)
{
	char target[STORE_PATH];
	ssize_t len = readlinkat(dir, n->name, target, sizeof(target));

	return len == (ssize_t)strlen(n->target) && memcmp(target, n->target, (size_t)len) == 0;
}

static bool
entry_is_right(int dir, const struct entry *n)
{
	struct stat st;

	if (fstatat(dir, n->name, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_mode != n->mode || st.st_uid != 0 ||
		st.st_gid != 0)
		return false;
	if (S_ISCHR(n->mode))
		return st.st_rdev == makedev(n->major, n->minor);
	return n->target ? link_is_right(dir, n) : true;
}

static int
entry_make(int dir, const struct entry *n, struct err *e)
{
	if (n->target)
		return symlinkat(n->target, dir, n->name) < 0 ? err_sys(e, "symlink", n->name) : 0;
	int r = S_ISDIR(n->mode) ? mkdirat(dir, n->name, 0700)
				 : mknodat(dir, n->name, S_IFCHR | 0600, makedev(n->major, n->minor));
	if (r < 0) {
		err_sys(e, "mknod", n->name);
		return errno == EPERM ? err_hint(e, "device nodes cannot be made here: a container without CAP_MKNOD?")
				      : -1;
	}
	return fchmodat(dir, n->name, n->mode & 07777, 0) < 0 ? err_sys(e, "chmod", n->name) : 0;
}

static int
is_right(const struct store *s, bool *ret, struct err *e)
{
	struct arena a = {0};
	struct strv names;
	bool right = false;

	if (store_names(s->dotfd, "dev", &a, &names, e) < 0)
		return -1;
	if (names.n == NENTRIES) {
		fd_auto dir = store_dir_open(s->dotfd, "dev", e);
		right = dir >= 0;
		for (size_t i = 0; right && i < NENTRIES; i++)
			right = entry_is_right(dir, &entries[i]);
	}
	arena_done(&a);
	*ret = right;
	return 0;
}

static int
make_new(int dotfd, struct err *e)
{
	if (tree_remove(dotfd, "dev.tmp", e) < 0 || store_mkdir(dotfd, "dev.tmp", 0755, e) < 0)
		return -1;
	fd_auto dir = store_dir_open(dotfd, "dev.tmp", e);
	if (dir < 0)
		return -1;
	for (size_t i = 0; i < NENTRIES; i++)
		if (entry_make(dir, &entries[i], e) < 0)
			return -1;
	return 0;
}

int
store_dev_make(const struct store *s, struct err *e)
{
	bool right;
	fd_auto dot = store_dir_open(s->dotfd, ".", e);

	if (dot < 0 || is_right(s, &right, e) < 0)
		return -1;
	if (right)
		return 0;
	if (make_new(dot, e) < 0)
		return -1;
	if (renameat2(dot, "dev.tmp", dot, "dev", RENAME_EXCHANGE) < 0) {
		if (errno != ENOENT)
			return err_sys(e, "rename", "dev");
		return store_rename_new(dot, "dev.tmp", "dev", e);
	}
	return tree_remove(dot, "dev.tmp", e);
}
