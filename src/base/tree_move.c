/*
 * Owns the putting in place of a finished tree.  What is moved was made where nobody else reaches it; the place may be
 * a live jail's, which swaps directories and links meanwhile: a rename(2) between kept directories follows nothing, and
 * whatever it replaces, it puts a whole entry there or none.
 */
#include "base/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/dirs.h"
#include "base/rename.h"

enum { RACE_TRIES = 64 };

struct move {
	struct dirs from, to;
};

/* Not every file system of the host can be asked not to replace (EINVAL): there it is looked first. */
static int
move_new(const struct move *m, const char *name, const char *as)
{
	struct stat st;
	int from = dirs_fd(&m->from), to = dirs_fd(&m->to);
	if (rename_new(from, name, to, as) == 0)
		return 0;
	if (errno != EINVAL)
		return -1;
	if (fstatat(to, as, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return errno == ENOENT ? renameat(from, name, to, as) : -1;
}

static int
in_the_way(const struct move *m, const char *as, const char *what, struct err *e)
{
	str_auto path = {0};
	dirs_path(&m->to, as, sizeof(e->subject) - 10, &path);
	return err_set(e, ERR_CANTCREATE, m->to.op, str_text(&path), "%s is there", what);
}

/* Into the directory that is there: 1; 0 if it has gone. */
static int
enter(struct move *m, const char *name, const char *as, struct err *e)
{
	struct err why = {0};
	if (dirs_push(&m->to, as, &why) == 0)
		return dirs_push(&m->from, name, e) < 0 ? -1 : 1;
	if (why.err_no == ENOENT)
		return 0;
	if (why.err_no == ENOTDIR || why.err_no == ELOOP)
		return in_the_way(m, as, "something that is no directory", e);
	*e = why;
	return -1;
}

/* Over the file that is there: 1; 0 if it has gone. */
static int
replace(const struct move *m, const char *name, const char *as, struct err *e)
{
	if (renameat(dirs_fd(&m->from), name, dirs_fd(&m->to), as) == 0)
		return 1;
	if (errno == EISDIR || errno == ENOTEMPTY || errno == EEXIST)
		return in_the_way(m, as, "a directory", e);
	return dirs_err(&m->to, as, e);
}

static int
move_entry(struct move *m, const char *name, const char *as, struct err *e)
{
	struct stat st;
	if (fstatat(dirs_fd(&m->from), name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return dirs_err(&m->from, name, e);
	for (int i = 0; i < RACE_TRIES; i++) {
		if (move_new(m, name, as) == 0)
			return 0;
		if (errno != EEXIST)
			return dirs_err(&m->to, as, e);
		int done = (S_ISDIR(st.st_mode) ? enter(m, name, as, e) : replace(m, name, as, e));
		if (done != 0)
			return done < 0 ? -1 : 0;
	}
	return err_set(e, ERR_BUSY, m->to.op, as, "it is being changed meanwhile");
}

/* Leaves the directory whose entries have all been moved. */
static int
leave(struct move *m, struct err *e)
{
	char name[NAME_MAX + 1];
	memccpy(name, dirs_name(&m->from), '\0', sizeof(name));
	if (dirs_pop(&m->from, e) < 0 || dirs_pop(&m->to, e) < 0)
		return -1;
	/* The place in a directory that lost entries while it was closed means nothing on some file systems. */
	if (dirs_rewind(&m->from, e) < 0)
		return -1;
	return unlinkat(dirs_fd(&m->from), name, AT_REMOVEDIR) < 0 ? dirs_err(&m->from, name, e) : 0;
}

static int
move_all(struct move *m, const char *name, const char *as, struct err *e)
{
	if (move_entry(m, name, as, e) < 0)
		return -1;
	while (m->from.n > 1) {
		const char *next = NULL;
		unsigned char type;
		int got = dirs_read(&m->from, &next, &type, e);
		if (got < 0 || (got > 0 ? move_entry(m, next, next, e) : leave(m, e)) < 0)
			return -1;
	}
	return 0;
}

int
tree_move(int fromdir, const char *name, int todir, const char *as, struct err *e)
{
	struct move m = {0};
	int r = dirs_open(&m.from, fromdir, "put", e) < 0 || dirs_open(&m.to, todir, "put", e) < 0
			? -1
			: move_all(&m, name, as, e);
	dirs_done(&m.from);
	dirs_done(&m.to);
	return r;
}
