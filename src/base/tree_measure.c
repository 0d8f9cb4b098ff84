/*
 * Owns the measuring of trees.  A file with several names in the tree counts once: the inodes of such files are kept in
 * a set, an open-addressing table of inode numbers (a walk never leaves its file system).
 */
#include "base/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/dirs.h"

enum { FIRST_SLOTS = 256 };

struct inodes {
	uint64_t *slots; /* 0: free */
	size_t n, nslots;
};

static uint64_t *
slot_of(const struct inodes *s, uint64_t ino)
{
	size_t i = (size_t)(ino * UINT64_C(0x9e3779b97f4a7c15)) & (s->nslots - 1);
	while (s->slots[i] != 0 && s->slots[i] != ino)
		i = (i + 1) & (s->nslots - 1);
	return &s->slots[i];
}

static void
inodes_grow(struct inodes *s)
{
	struct inodes larger = {.n = s->n, .nslots = s->nslots == 0 ? FIRST_SLOTS : 2 * s->nslots};
	larger.slots = calloc(larger.nslots, sizeof(*larger.slots));
	if (larger.slots == NULL)
		arena_out_of_memory();
	for (size_t i = 0; i < s->nslots; i++)
		if (s->slots[i] != 0)
			*slot_of(&larger, s->slots[i]) = s->slots[i];
	free(s->slots);
	*s = larger;
}

/* True if it was not there. */
static bool
inodes_add(struct inodes *s, uint64_t ino)
{
	if (2 * s->n >= s->nslots)
		inodes_grow(s);
	uint64_t *slot = slot_of(s, ino);
	bool is_new = *slot == 0;
	*slot = ino;
	s->n += is_new;
	return is_new;
}

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
	size->entries++;
	if (!shared || inodes_add(seen, sx->stx_ino))
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
	struct inodes seen = {0};
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
	free(seen.slots);
	if (more == 0)
		*ret = size;
	return more;
}
