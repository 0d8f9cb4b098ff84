/*
 * Every entry of a tree that may be hostile.  A directory's own entries are read at once and its subdirectories' names
 * kept, so that the way down and the way back (by "..", checked against the directory that was left) need one open
 * directory at a time.
 */
#include "image/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fd.h"

struct level {
	struct level *up;
	dev_t dev;
	ino_t ino;
	struct arena names;
	struct strv dirs;
};

static void
level_pop(struct level **top)
{
	struct level *l = *top;

	*top = l->up;
	arena_done(&l->names);
	free(l);
}

static int
read_entry(struct level *l, const struct walk *w, int fd, const char *name, struct err *e)
{
	struct stat st;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "stat", name);
	if (!S_ISDIR(st.st_mode))
		return w->entry(w->arg, fd, name, &st, e);
	if (st.st_dev == l->dev)
		strv_add(&l->names, &l->dirs, arena_strdup(&l->names, name));
	return 0;
}

static int
read_level(struct level *l, const struct walk *w, int fd, struct err *e)
{
	fd_auto own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = own < 0 ? NULL : fdopendir(own);
	struct dirent *de;
	int r = 0;

	if (dir == NULL)
		return err_sys(e, "read", "directory");
	fd_take(&own);
	while (r == 0 && (errno = 0, de = readdir(dir)) != NULL)
		r = read_entry(l, w, dirfd(dir), de->d_name, e);
	if (r == 0 && de == NULL && errno != 0)
		r = err_sys(e, "read", "directory");
	closedir(dir);
	return r;
}

static int
level_push(struct level **top, const struct walk *w, int fd, struct err *e)
{
	struct level *l = calloc(1, sizeof(*l));
	struct stat st;

	if (l == NULL || fstat(fd, &st) < 0) {
		free(l);
		return err_sys(e, "walk", "directory");
	}
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	l->up = *top;
	*top = l;
	return read_level(l, w, fd, e);
}

static int
step_down(struct level **top, const struct walk *w, int *fd, struct err *e)
{
	struct level *l = *top;
	const char *name = l->dirs.v[--l->dirs.n];
	int below = openat(*fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (below < 0)
		return err_sys(e, "open", name);
	fd_close(fd);
	*fd = below;
	return level_push(top, w, *fd, e);
}

static int
step_up(struct level **top, int *fd, struct err *e)
{
	struct stat st;

	level_pop(top);
	if (*top == NULL)
		return 0;
	int above = openat(*fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (above < 0 || fstat(above, &st) < 0) {
		fd_close(&above);
		return err_sys(e, "open", "..");
	}
	fd_close(fd);
	*fd = above;
	if (st.st_dev != (*top)->dev || st.st_ino != (*top)->ino)
		return err_set(e, ERR_FAILED, "walk", "directory", "it was moved meanwhile");
	return 0;
}

int
walk_tree(int dirfd, const struct walk *w, struct err *e)
{
	fd_auto fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct level *top = NULL;
	int r;

	if (fd < 0)
		return err_sys(e, "open", "directory");
	r = level_push(&top, w, fd, e);
	while (r == 0 && top != NULL)
		r = top->dirs.n > 0 ? step_down(&top, w, &fd, e) : step_up(&top, &fd, e);
	while (top != NULL)
		level_pop(&top);
	return r;
}
