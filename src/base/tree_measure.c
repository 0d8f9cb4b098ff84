/*
 * Owns the measuring of trees.  A file with several names in the tree counts once, at the first of them.
 */
#include "base/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/dirs.h"
#include "base/inodes.h"
#include "base/look.h"

static int
look(const struct dirs *d, const char *name, uint64_t mount, struct look *ret, struct err *e)
{
	if (look_at(ret, dirs_fd(d), name) < 0)
		return dirs_err(d, name, e);
	if (ret->mount != mount) {
		errno = EXDEV;
		return dirs_err(d, name, e);
	}
	return 0;
}

static void
count(struct tree_size *size, struct inodes *seen, const struct stat *st)
{
	bool shared = !S_ISDIR(st->st_mode) && st->st_nlink > 1;
	uint64_t n = ++size->entries;
	if (!shared || inodes_put(seen, st->st_ino, n) == n)
		size->bytes += (uint64_t)st->st_blocks * 512;
}

/* One entry: 1; the end of all: 0.  What vanished since it was read is not counted. */
static int
step(struct dirs *d, uint64_t mount, struct tree_size *size, struct inodes *seen, struct err *e)
{
	const char *name = NULL;
	unsigned char type;
	struct look l;
	struct err why = {0};
	int got = dirs_read(d, &name, &type, e);
	if (got < 0)
		return -1;
	if (got == 0)
		return d->n == 1 ? 0 : dirs_pop(d, e) < 0 ? -1 : 1;
	if (look(d, name, mount, &l, &why) == 0) {
		count(size, seen, &l.st);
		if (!S_ISDIR(l.st.st_mode) || dirs_push(d, name, &why) == 0)
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
	struct look top;
	dirs_auto d = {0};
	int more = dirs_open(&d, dirfd, "measure", e);
	if (more == 0 && look_at(&top, dirs_fd(&d), "") < 0)
		more = dirs_err(&d, NULL, e);
	if (more == 0) {
		count(&size, &seen, &top.st);
		do
			more = step(&d, top.mount, &size, &seen, e);
		while (more > 0);
	}
	if (more == 0)
		*ret = size;
	return more;
}
