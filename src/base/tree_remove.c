/*
 * Owns the removal of trees.  A file is unlinked without being opened; a directory is entered, emptied, left and
 * removed.  What another process puts into a directory meanwhile makes it be read again, a bounded number of times.
 */
#include "base/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/dirs.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/system.h"

enum { RACE_TRIES = 64 };

static bool
is_kept(const struct dirs *d, const char *name, const char *const *keep)
{
	for (; d->n == 1 && keep != NULL && *keep != NULL; keep++)
		if (strcmp(*keep, name) == 0)
			return true;
	return false;
}

/* Of unlinkat(2): Linux says EISDIR of a directory, POSIX EPERM, which says other things, too. */
static bool
is_directory(int dir, const char *name, int err_no)
{
	struct stat st;
	if (err_no != EPERM)
		return err_no == EISDIR;
	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* Once more where flags of its owner's kept it, or those of the directory that it is in. */
static int
unlink_flagged(int dir, const char *name, int flags)
{
	if (unlinkat(dir, name, flags) == 0)
		return 0;
	int why = errno;
	if (why == EPERM && (system_lift_flags(dir, name) || system_lift_flags(dir, ".")))
		return unlinkat(dir, name, flags);
	errno = why;
	return -1;
}

/* Unlinks a file, or goes into a directory; what vanished meanwhile is done. */
static int
remove_or_enter(struct dirs *d, const char *name, unsigned char type, struct err *e)
{
	bool is_dir = type == DT_DIR;
	for (int i = 0; i < RACE_TRIES; i++) {
		struct err why = {0};
		if (is_dir) {
			if (dirs_push(d, name, &why) == 0)
				return 0;
		} else if (unlink_flagged(dirs_fd(d), name, 0) == 0)
			return 0;
		else
			dirs_err(d, name, &why);
		if (why.err_no == ENOENT)
			return 0;
		if (is_dir ? why.err_no != ENOTDIR : !is_directory(dirs_fd(d), name, why.err_no)) {
			*e = why;
			return -1;
		}
		is_dir = !is_dir;
	}
	return err_set(e, ERR_BUSY, d->op, name, "it is being changed meanwhile");
}

/* Leaves the directory that has been read to its end and removes it; goes back in if something came into it. */
static int
leave(struct dirs *d, unsigned *tries, struct err *e)
{
	char name[NAME_MAX + 1];
	bool reopened = d->v[d->n - 2].fd < 0;
	memccpy(name, dirs_name(d), '\0', sizeof(name));
	if (dirs_pop(d, e) < 0)
		return -1;
	/* The place in a directory that lost entries while it was closed means nothing on some file systems. */
	if (reopened && dirs_rewind(d, e) < 0)
		return -1;
	if (unlink_flagged(dirs_fd(d), name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if ((errno == ENOTEMPTY || errno == EEXIST) && (*tries)++ < RACE_TRIES)
		return dirs_push(d, name, e);
	return dirs_err(d, name, e);
}

static int
empty(struct dirs *d, const char *const *keep, struct err *e)
{
	unsigned tries = 0;
	for (;;) {
		const char *name = NULL;
		unsigned char type = DT_UNKNOWN;
		int got = dirs_read(d, &name, &type, e);
		if (got < 0)
			return -1;
		if (got == 0 && d->n == 1)
			return 0;
		if (got == 0 ? leave(d, &tries, e) < 0
			     : !is_kept(d, name, keep) && remove_or_enter(d, name, type, e) < 0)
			return -1;
	}
}

int
tree_empty(int dirfd, const char *const *keep, struct err *e)
{
	dirs_auto d = {0};
	if (dirs_open(&d, dirfd, "remove", e) < 0)
		return -1;
	return empty(&d, keep, e);
}

static int
remove_dir(int parent, const char *last, struct err *e)
{
	struct err why = {0};
	fd_auto fd = path_open_beneath(parent, last, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, &why);
	if (fd < 0) {
		errno = why.err_no;
		return err_sys(e, "remove", last);
	}
	if (tree_empty(fd, NULL, e) < 0)
		return -1;
	if (unlink_flagged(parent, last, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(e, "remove", last);
	return 0;
}

int
tree_remove(int dirfd, const char *name, struct err *e)
{
	const char *last = NULL;
	struct err why = {0};
	fd_auto parent = path_open_parent(dirfd, name, &last, &why);
	if (parent < 0 && why.err_no == ENOENT)
		return 0;
	if (parent < 0) {
		*e = why;
		return -1;
	}
	if (unlink_flagged(parent, last, 0) == 0 || errno == ENOENT)
		return 0;
	int unlinked = errno;
	if (!is_directory(parent, last, unlinked)) {
		errno = unlinked;
		return err_sys(e, "remove", name);
	}
	return remove_dir(parent, last, e);
}
