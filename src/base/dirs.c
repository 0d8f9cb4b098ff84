/*
 * Owns the path of open directories.  A hostile tree can be deeper than PATH_MAX and than any limit of descriptors, so
 * no path of it is ever built for the kernel; the state of a level is its identity and where its reading stopped.
 */
#include "base/dirs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/dirs_read.h"
#include "base/fd.h"
#include "base/path.h"

enum { READ_SIZE = 32768, SUBJECT_MAX = 150 };

static struct dirs_level *
top(const struct dirs *d)
{
	return &d->v[d->n - 1];
}

int
dirs_fd(const struct dirs *d)
{
	return top(d)->fd;
}

const char *
dirs_name(const struct dirs *d)
{
	return d->names.s + top(d)->name;
}

static void
level_close(struct dirs_level *l)
{
	fd_close(&l->fd);
	free(l->buf);
	l->buf = NULL;
	l->at = l->end = 0;
}

void
dirs_done(struct dirs *d)
{
	for (size_t i = 0; i < d->n; i++)
		level_close(&d->v[i]);
	free(d->v);
	str_done(&d->names);
	*d = (struct dirs){0};
}

static void
grow(struct dirs *d)
{
	if (d->n < d->cap)
		return;
	size_t cap = d->cap == 0 ? 2 * DIRS_WINDOW : 2 * d->cap;
	struct dirs_level *v = reallocarray(d->v, cap, sizeof(*v));
	if (v == NULL)
		arena_out_of_memory();
	d->v = v;
	d->cap = cap;
}

/* Takes fd over. */
static int
add_level(struct dirs *d, int fd, const char *name, struct err *e)
{
	struct stat st;
	fd_auto owned = fd;
	if (fstat(owned, &st) < 0)
		return dirs_err(d, name, e);
	grow(d);
	d->v[d->n++] =
		(struct dirs_level){.fd = fd_take(&owned), .dev = st.st_dev, .ino = st.st_ino, .name = d->names.len};
	str_addn(&d->names, name, strlen(name) + 1);
	if (d->n > DIRS_WINDOW)
		level_close(&d->v[d->n - 1 - DIRS_WINDOW]);
	return 0;
}

int
dirs_open(struct dirs *d, int dirfd, const char *op, struct err *e)
{
	d->op = op;
	int fd = path_open_beneath(dirfd, ".", O_RDONLY | O_DIRECTORY, 0, e);
	return fd < 0 ? -1 : add_level(d, fd, ".", e);
}

int
dirs_push(struct dirs *d, const char *name, struct err *e)
{
	struct err why;
	int fd = path_open_beneath(dirs_fd(d), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, &why);
	if (fd < 0) {
		errno = why.err_no;
		return dirs_err(d, name, e);
	}
	return add_level(d, fd, name, e);
}

/* RESOLVE_BENEATH refuses ".."; that it is the directory that we came from is checked instead. */
static int
open_parent(struct dirs *d, int child, struct err *e)
{
	struct stat st;
	struct dirs_level *l = top(d);
	fd_auto fd = dirs_open_above(child);
	if (fd < 0 || fstat(fd, &st) < 0)
		return dirs_err(d, NULL, e);
	if (st.st_dev != l->dev || st.st_ino != l->ino)
		return err_set(e, ERR_BUSY, d->op, d->names.s + l->name, "a directory was moved meanwhile");
	l->fd = fd_take(&fd);
	return dirs_resume(l) < 0 ? dirs_err(d, NULL, e) : 0;
}

int
dirs_pop(struct dirs *d, struct err *e)
{
	struct dirs_level *child = top(d);
	fd_auto fd = fd_take(&child->fd);
	level_close(child);
	d->names.len = child->name;
	d->n--;
	return dirs_fd(d) >= 0 ? 0 : open_parent(d, fd, e);
}

static bool
is_dot(const char *name)
{
	return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

/* gcc 12's analyzer loses sight of the buffer, which the level owns and level_close frees (docs/lint.md). */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

/* 1 if there is something in the buffer now, 0 at the end. */
static int
fill(struct dirs *d, struct dirs_level *l, struct err *e)
{
	if (l->buf == NULL) {
		l->buf = malloc(READ_SIZE);
		if (l->buf == NULL)
			arena_out_of_memory();
	}
	int got = dirs_fill(l, READ_SIZE);
	return got < 0 ? dirs_err(d, NULL, e) : got;
}

int
dirs_read(struct dirs *d, const char **ret_name, unsigned char *ret_type, struct err *e)
{
	struct dirs_level *l = top(d);
	for (;;) {
		while (l->at == l->end) {
			int more = fill(d, l, e);
			if (more <= 0)
				return more;
		}
		dirs_take(l, ret_name, ret_type);
		if (**ret_name == '\0' || is_dot(*ret_name))
			continue;
		return 1;
	}
}

int
dirs_rewind(struct dirs *d, struct err *e)
{
	struct dirs_level *l = top(d);
	l->at = l->end = 0;
	l->place = 0;
	l->taken = l->again = 0;
	return lseek(l->fd, 0, SEEK_SET) < 0 ? dirs_err(d, NULL, e) : 0;
}

void
dirs_path(const struct dirs *d, const char *name, size_t max, struct str *out)
{
	size_t first = d->n, len = name == NULL ? 0 : strlen(name);
	while (first > 1) {
		size_t l = strlen(d->names.s + d->v[first - 1].name) + 1;
		if (len + l > max)
			break;
		len += l;
		first--;
	}
	if (first > 1)
		str_add(out, ".../");
	for (size_t i = first; i < d->n; i++)
		str_addf(out, "%s%s", d->names.s + d->v[i].name, i + 1 < d->n || name != NULL ? "/" : "");
	str_add(out, name != NULL ? name : out->len == 0 ? "." : "");
}

int
dirs_err(const struct dirs *d, const char *name, struct err *e)
{
	int saved = errno;
	str_auto path = {0};
	dirs_path(d, name, SUBJECT_MAX - 5, &path);
	errno = saved;
	return err_sys(e, d->op, str_text(&path));
}
