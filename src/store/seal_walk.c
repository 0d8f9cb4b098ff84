/*
 * The walk: each directory's names are read and sorted when it is entered.
 *
 * A file is looked at before it is opened, and opened only if it is a regular file and as the one that was looked at:
 * whoever swaps it meanwhile gets an error, and no FIFO or device is waited for.
 */
#include "store/seal_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/seen.h"

enum { SUBJECT_ROOM = sizeof(((struct err *)0)->subject) - 5 };

static const char being_changed[] = "it is being changed meanwhile";

/* What a walk saw of an entry before it is opened. */
struct expected {
	const char *op;
	mode_t type;
	uint64_t inode;
};

struct seal_names {
	struct str text; /* one after the other, each with its NUL */
	const char **v;
	size_t n, at;
	size_t prefix; /* of the directory's path, the '/' after it counted; 0: the top */
};

/* ---- errors ---- */

static int
refuse(const struct seal_walk *w, enum err_kind kind, const char *why, struct err *e)
{
	str_auto path = {0};

	dirs_path(&w->d, w->name, SUBJECT_ROOM, &path);
	return err_set(e, kind, w->d.op, str_text(&path), "%s", why);
}

static int
changed(const struct seal_walk *w, struct err *e)
{
	return refuse(w, ERR_BUSY, being_changed, e);
}

/* ---- names ---- */

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
is_skipped(const struct seal_walk *w, const char *name)
{
	for (const char *const *s = w->skip; w->d.n == 1 && s && *s; s++)
		if (strcmp(*s, name) == 0)
			return true;
	return false;
}

static void
names_done(struct seal_names *l)
{
	str_done(&l->text);
	free(l->v);
}

static void
names_sort(struct seal_names *l)
{
	const char *name = str_text(&l->text);

	if (l->n == 0)
		return;
	l->v = reallocarray(NULL, l->n, sizeof(*l->v));
	if (!l->v)
		arena_out_of_memory();
	for (size_t i = 0; i < l->n; i++, name += strlen(name) + 1)
		l->v[i] = name;
	qsort(l->v, l->n, sizeof(*l->v), by_bytes);
}

/* Of the current directory. */
static int
names_push(struct seal_walk *w, size_t prefix, struct err *e)
{
	struct seal_names l = {.prefix = prefix};
	const char *name = NULL;
	unsigned char type;
	int got;

	while ((got = dirs_read(&w->d, &name, &type, e)) > 0)
		if (!is_skipped(w, name)) {
			str_addn(&l.text, name, strlen(name) + 1);
			l.n++;
		}
	if (got < 0) {
		names_done(&l);
		return -1;
	}
	if (w->nnames == w->cap) {
		w->cap = w->cap == 0 ? 2 * DIRS_WINDOW : 2 * w->cap;
		w->names = reallocarray(w->names, w->cap, sizeof(*w->names));
		if (!w->names)
			arena_out_of_memory();
	}
	names_sort(&l);
	w->names[w->nnames++] = l;
	return 0;
}

/* ---- the walk ---- */

int
seal_walk_open(struct seal_walk *w, int dirfd, const char *op, const char *const *skip, struct err *e)
{
	w->skip = skip;
	return dirs_open(&w->d, dirfd, op, e);
}

void
seal_walk_done(struct seal_walk *w)
{
	for (size_t i = 0; i < w->nnames; i++)
		names_done(&w->names[i]);
	free(w->names);
	dirs_done(&w->d);
	str_done(&w->path);
	seal_xattrs_done(&w->xattrs);
	*w = (struct seal_walk){0};
}

static int
begin(struct seal_walk *w, struct err *e)
{
	w->name = NULL;
	if (look_at(&w->look, dirs_fd(&w->d), "") < 0)
		return dirs_err(&w->d, NULL, e);
	w->mount = w->look.mount;
	str_add(&w->path, ".");
	return names_push(w, 0, e) < 0 ? -1 : 1;
}

static int
dir_enter(struct seal_walk *w, struct err *e)
{
	if (dirs_push(&w->d, w->name, e) < 0)
		return -1;
	if (w->d.v[w->d.n - 1].ino != w->look.st.st_ino)
		return changed(w, e);
	w->name = NULL;
	return names_push(w, w->path.len + 1, e) < 0 ? -1 : 1;
}

static void
path_set(struct seal_walk *w, const struct seal_names *l)
{
	w->path.len = 0;
	if (l->prefix > 0) {
		w->path.len = l->prefix - 1;
		str_addc(&w->path, '/');
	}
	str_add(&w->path, w->name);
}

/* 1: it is the next entry; 0: what vanished since its name was read was never there. */
static int
look(struct seal_walk *w, const struct seal_names *l, struct err *e)
{
	if (look_at(&w->look, dirs_fd(&w->d), w->name) < 0)
		return errno == ENOENT ? 0 : dirs_err(&w->d, w->name, e);
	if (w->look.mount != w->mount) {
		errno = EXDEV;
		return dirs_err(&w->d, w->name, e);
	}
	if (l->prefix + strlen(w->name) > SEAL_PATH_MAX)
		return refuse(w, ERR_FAILED, "its path is too long for any program to name", e);
	path_set(w, l);
	return S_ISDIR(w->look.st.st_mode) ? dir_enter(w, e) : 1;
}

int
seal_walk_next(struct seal_walk *w, struct err *e)
{
	if (w->nnames == 0)
		return begin(w, e);
	for (;;) {
		struct seal_names *l = &w->names[w->nnames - 1];
		if (l->at < l->n) {
			w->name = l->v[l->at++];
			int got = look(w, l, e);
			if (got != 0)
				return got;
			continue;
		}
		if (w->nnames == 1)
			return 0;
		names_done(l);
		w->nnames--;
		if (dirs_pop(&w->d, e) < 0)
			return -1;
	}
}

/* ---- what a manifest says ---- */

static const enum seal_type types[] = {[S_IFDIR >> 12] = SEAL_DIR,
	[S_IFREG >> 12] = SEAL_FILE,
	[S_IFLNK >> 12] = SEAL_LINK,
	[S_IFIFO >> 12] = SEAL_FIFO,
	[S_IFSOCK >> 12] = SEAL_SOCKET,
	[S_IFCHR >> 12] = SEAL_CHAR,
	[S_IFBLK >> 12] = SEAL_BLOCK};

static void
entry_fill(const struct seal_walk *w, struct seal_entry *v)
{
	const struct stat *st = &w->look.st;

	v->path = str_text(&w->path);
	v->type = types[(st->st_mode & S_IFMT) >> 12];
	v->mode = st->st_mode & 07777;
	v->uid = st->st_uid;
	v->gid = st->st_gid;
	if (v->type == SEAL_CHAR || v->type == SEAL_BLOCK)
		v->device = st->st_rdev;
}

/* The end of a path says more than its beginning. */
static const char *
tail(const char *path)
{
	size_t len = strlen(path);

	return len > SUBJECT_ROOM ? path + len - SUBJECT_ROOM : path;
}

/* What was looked at, and nothing else. */
static int
open_seen(int dirfd, const char *path, const struct expected *seen, int flags, struct stat *ret, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct err why;
	fd_auto fd = path_open_beneath(dirfd, slash ? slash + 1 : path, flags | O_NOFOLLOW, 0, &why);

	if (fd < 0)
		errno = why.err_no;
	if (fd < 0 || fstat(fd, ret) < 0)
		return err_sys(e, seen->op, tail(path));
	if ((ret->st_mode & S_IFMT) != seen->type || ret->st_ino != seen->inode)
		return err_set(e, ERR_BUSY, seen->op, tail(path), "%s", being_changed);
	return fd_take(&fd);
}

int
seal_file_open(int dirfd, const char *path, uint64_t inode, const char *op, struct seal_xattrs *x,
	struct seal_entry *ret, struct seal_file *ret_file, struct err *e)
{
	struct stat st = {0};
	struct seal_entry v = {.path = path, .type = SEAL_FILE};
	const struct expected seen = {op, S_IFREG, inode};
	fd_auto fd = open_seen(dirfd, path, &seen, O_RDONLY | O_NONBLOCK | O_NOCTTY, &st, e);

	if (fd < 0)
		return -1;
	if (seal_xattrs_of_fd(x, fd, &v) < 0)
		return err_sys(e, op, tail(path));
	v.mode = st.st_mode & 07777;
	v.uid = st.st_uid;
	v.gid = st.st_gid;
	v.nlink = (uint32_t)st.st_nlink;
	v.size = (uint64_t)st.st_size;
	*ret = v;
	*ret_file = (struct seal_file){.fd = fd_take(&fd), .changed = st.st_ctim};
	return 0;
}

static int
link_fill(const struct seal_walk *w, struct arena *a, struct seal_entry *v, struct err *e)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dirs_fd(&w->d), w->name, target, sizeof(target));

	if (n < 0)
		return errno == EINVAL || errno == ENOENT ? changed(w, e) : dirs_err(&w->d, w->name, e);
	v->link = arena_strndup(a, target, (size_t)n);
	return 0;
}

static int
other_fill(struct seal_walk *w, struct seal_entry *v, struct err *e)
{
	const struct stat *was = &w->look.st;
	seen_auto is = SEEN_NONE;

	if (seen_open(&is, dirs_fd(&w->d), w->name) < 0)
		return dirs_err(&w->d, w->name, e);
	if ((is.st.st_mode & S_IFMT) != (was->st_mode & S_IFMT) || is.st.st_ino != was->st_ino)
		return changed(w, e);
	return seal_xattrs_of_path(&w->xattrs, is.fd, v) < 0 ? dirs_err(&w->d, w->name, e) : 0;
}

int
seal_walk_entry(struct seal_walk *w, struct arena *a, struct seal_entry *ret, struct seal_file *ret_file, struct err *e)
{
	struct seal_entry v = {0};
	int r;

	*ret_file = (struct seal_file){.fd = -1};
	if (S_ISREG(w->look.st.st_mode))
		return seal_file_open(
			dirs_fd(&w->d), str_text(&w->path), w->look.st.st_ino, w->d.op, &w->xattrs, ret, ret_file, e);
	entry_fill(w, &v);
	if (v.type == SEAL_LINK)
		r = link_fill(w, a, &v, e);
	else if (v.type != SEAL_DIR)
		r = other_fill(w, &v, e);
	else
		r = seal_xattrs_of_fd(&w->xattrs, dirs_fd(&w->d), &v) < 0 ? dirs_err(&w->d, NULL, e) : 0;
	if (r == 0)
		*ret = v;
	return r;
}

/* ---- contents ---- */

static bool
is_same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

int
seal_file_hash(const struct seal_file *f, const struct seal_entry *v, const char *op, char *buf,
	uint8_t ret[SHA256_SIZE], struct err *e)
{
	struct sha256 h;
	struct stat after;
	uint64_t left = v->size;

	sha256_init(&h);
	while (left > 0) {
		ssize_t n = read(f->fd, buf, left < SEAL_READ_SIZE ? (size_t)left : SEAL_READ_SIZE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, op, tail(v->path));
		if (n == 0)
			break;
		sha256_add(&h, buf, (size_t)n);
		left -= (uint64_t)n;
	}
	if (fstat(f->fd, &after) < 0)
		return err_sys(e, op, tail(v->path));
	if (left > 0 || (uint64_t)after.st_size != v->size || !is_same_time(&f->changed, &after.st_ctim))
		return err_set(e, ERR_BUSY, op, tail(v->path), "%s", being_changed);
	sha256_end(&h, ret);
	return 0;
}
