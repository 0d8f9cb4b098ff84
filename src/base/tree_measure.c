/*
 * Owns the measuring of trees.  A file with several names in the tree counts once, at the first of them.
 */
#include "base/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/dirs.h"
#include "base/inodes.h"

static int
look(const struct dirs *d, const char *name, struct statx *ret, struct err *e)
{
	if (statx(dirs_fd(d), name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, ret) < 0)
		return dirs_err(d, name, e);
	if (d->n == 1 && name[0] == '.' && name[1] == '\0')
		return 0;
	if (ret->stx_attributes & STATX_ATTR_MOUNT_ROOT) {
		errno = EXDEV;
		return dirs_err(d, name, e);
	}
	return 0;
}

static void
count(struct tree_size *size, struct inodes *seen, const struct statx *sx)
{
	bool shared = !S_ISDIR(sx->stx_mode) && sx->stx_nlink > 1;
	uint64_t n = ++size->entries;
	if (!shared || inodes_put(seen, sx->stx_ino, n) == n)
		size->bytes += sx->stx_blocks * 512;
}

/* One entry: 1; the end of all: 0.  What vanished since it was read is not counted. */
static int
step(struct dirs *d, struct tree_size *size, struct inodes *seen, struct err *e)
{
	const char *name = NULL;
	unsigned char type;
	struct statx sx;
	struct err why = {0};
	int got = dirs_read(d, &name, &type, e);
	if (got < 0)
		return -1;
	if (got == 0)
		return d->n == 1 ? 0 : dirs_pop(d, e) < 0 ? -1 : 1;
	if (look(d, name, &sx, &why) == 0) {
		count(size, seen, &sx);
		if (!S_ISDIR(sx.stx_mode) || dirs_push(d, name, &why) == 0)
			return 1;
	}
	if (why.err_no == ENOENT)
		return 1;
	*e = why;
	return -1;
}

int
tree_measure(int dirfd, struct tree_size *ret, struct err *e)
{
	struct tree_size size = {0};
	inodes_auto seen = {0};
	struct statx sx;
	dirs_auto d = {0};
	int more = dirs_open(&d, dirfd, "measure", e);
	if (more == 0)
		more = look(&d, ".", &sx, e);
	if (more == 0) {
		count(&size, &seen, &sx);
		do
			more = step(&d, &size, &seen, e);
		while (more > 0);
	}
	if (more == 0)
		*ret = size;
	return more;
}
