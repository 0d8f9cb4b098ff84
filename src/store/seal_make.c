/*
 * Walking a tree into a manifest.
 *
 * Each file is looked at through O_PATH before it is opened, and opened under its name only if it is a regular file
 * and as the one that was looked at: whoever swaps it meanwhile gets an error, and no FIFO or device is waited for.
 * A file with several names is hashed at the first that is met.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dirs.h"
#include "base/fd.h"
#include "base/inodes.h"
#include "base/path.h"
#include "store/seal_xattr.h"

enum { READ_SIZE = 128 << 10 };

struct walk {
	struct dirs d;
	struct str path; /* of the current directory, ending in '/'; empty at the top */
	struct inodes seen;
	struct seal_xattrs xattrs;
	struct progress *bar;
	struct arena *a;
	char *buf;
	struct seal s;
};

static int
refuse(const struct walk *w, enum err_kind kind, const char *name, const char *why, struct err *e)
{
	str_auto path = {0};

	dirs_path(&w->d, name, sizeof(e->subject) - sizeof(".../"), &path);
	return err_set(e, kind, w->d.op, str_text(&path), "%s", why);
}

static int
changed(const struct walk *w, const char *name, struct err *e)
{
	return refuse(w, ERR_BUSY, name, "it is being changed meanwhile", e);
}

static enum seal_type
type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return SEAL_DIR;
	case S_IFREG:
		return SEAL_FILE;
	case S_IFLNK:
		return SEAL_LINK;
	case S_IFIFO:
		return SEAL_FIFO;
	case S_IFSOCK:
		return SEAL_SOCKET;
	case S_IFCHR:
		return SEAL_CHAR;
	default:
		return SEAL_BLOCK;
	}
}

/* The path of name in the current directory; NULL: of the directory itself. */
static const char *
path_of(const struct walk *w, const char *name)
{
	const char *dir = str_text(&w->path);

	if (name)
		return arena_printf(w->a, "%s%s", dir, name);
	return w->path.len == 0 ? "." : arena_strndup(w->a, dir, w->path.len - 1);
}

static void
entry_fill(const struct walk *w, const char *name, const struct stat *st, struct seal_entry *v)
{
	bool is_device = S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);

	v->path = path_of(w, name);
	v->type = type_of(st->st_mode);
	v->mode = st->st_mode & 07777;
	v->uid = st->st_uid;
	v->gid = st->st_gid;
	v->nlink = S_ISREG(st->st_mode) ? (uint32_t)st->st_nlink : 0;
	v->size = S_ISREG(st->st_mode) ? (uint64_t)st->st_size : 0;
	v->device = is_device ? st->st_rdev : 0;
}

static void
entry_add(struct walk *w, const struct seal_entry *v)
{
	w->s.v = arena_grow(w->a, w->s.v, w->s.n, sizeof(*v));
	w->s.v[w->s.n++] = *v;
}

/* ---- files ---- */

static int
content_hash(
	const struct walk *w, int fd, const char *name, const struct stat *st, uint8_t ret[SHA256_SIZE], struct err *e)
{
	struct sha256 h;
	struct stat after;
	off_t left = st->st_size;

	sha256_init(&h);
	while (left > 0) {
		ssize_t n = read(fd, w->buf, left < READ_SIZE ? (size_t)left : READ_SIZE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return dirs_err(&w->d, name, e);
		if (n == 0)
			break;
		sha256_add(&h, w->buf, (size_t)n);
		left -= n;
	}
	if (fstat(fd, &after) < 0)
		return dirs_err(&w->d, name, e);
	if (left > 0 || after.st_size != st->st_size || after.st_ctim.tv_sec != st->st_ctim.tv_sec ||
		after.st_ctim.tv_nsec != st->st_ctim.tv_nsec)
		return changed(w, name, e);
	sha256_end(&h, ret);
	return 0;
}

/* The file that seen is, for reading. */
static int
file_open(const struct walk *w, const char *name, const struct stat *seen, struct stat *ret, struct err *e)
{
	struct err why;
	fd_auto fd = path_open_beneath(dirs_fd(&w->d), name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW, 0, &why);

	if (fd < 0)
		errno = why.err_no;
	if (fd < 0 || fstat(fd, ret) < 0) {
		dirs_err(&w->d, name, e);
		return -1;
	}
	if (!S_ISREG(ret->st_mode) || ret->st_dev != seen->st_dev || ret->st_ino != seen->st_ino)
		return changed(w, name, e);
	return fd_take(&fd);
}

static int
file_add(struct walk *w, int seen, const struct stat *looked, const char *name, struct err *e)
{
	struct seal_entry v = {0};
	struct stat st;
	uint64_t first = looked->st_nlink > 1 ? inodes_put(&w->seen, looked->st_ino, w->s.n) : w->s.n;

	if (first < w->s.n) {
		v = w->s.v[first];
		v.path = path_of(w, name);
		entry_add(w, &v);
		return 0;
	}
	fd_auto fd = file_open(w, name, looked, &st, e);
	if (fd < 0 || content_hash(w, fd, name, &st, v.sha256, e) < 0)
		return -1;
	if (seal_xattrs_of_fd(&w->xattrs, fd, &v) < 0)
		return dirs_err(&w->d, name, e);
	entry_fill(w, name, &st, &v);
	entry_add(w, &v);
	return 0;
}

/* ---- what is neither file nor directory ---- */

static int
other_add(struct walk *w, int seen, const struct stat *st, const char *name, struct err *e)
{
	struct seal_entry v = {0};
	char target[PATH_MAX];

	entry_fill(w, name, st, &v);
	if (v.type == SEAL_LINK) {
		ssize_t n = readlinkat(seen, "", target, sizeof(target));
		if (n < 0)
			return dirs_err(&w->d, name, e);
		v.link = arena_strndup(w->a, target, (size_t)n);
	} else if (seal_xattrs_of_path(&w->xattrs, seen, &v) < 0)
		return dirs_err(&w->d, name, e);
	entry_add(w, &v);
	return 0;
}

/* ---- directories ---- */

/* The current one. */
static int
dir_add(struct walk *w, struct err *e)
{
	struct seal_entry v = {0};
	struct stat st;

	if (fstat(dirs_fd(&w->d), &st) < 0 || seal_xattrs_of_fd(&w->xattrs, dirs_fd(&w->d), &v) < 0)
		return dirs_err(&w->d, NULL, e);
	entry_fill(w, NULL, &st, &v);
	entry_add(w, &v);
	return 0;
}

static int
dir_enter(struct walk *w, const char *name, struct err *e)
{
	if (dirs_push(&w->d, name, e) < 0)
		return -1;
	str_add(&w->path, dirs_name(&w->d));
	str_addc(&w->path, '/');
	return dir_add(w, e);
}

static int
dir_leave(struct walk *w, struct err *e)
{
	w->path.len -= strlen(dirs_name(&w->d)) + 1;
	w->path.s[w->path.len] = '\0';
	return dirs_pop(&w->d, e);
}

/* ---- the walk ---- */

static bool
is_skipped(const struct walk *w, const char *name, const char *const *skip)
{
	for (; w->d.n == 1 && skip && *skip; skip++)
		if (strcmp(*skip, name) == 0)
			return true;
	return false;
}

/* What vanished since its name was read was never there. */
static int
visit(struct walk *w, const char *name, struct err *e)
{
	struct stat st;
	struct err why = {0};
	fd_auto seen = path_open_beneath(dirs_fd(&w->d), name, O_PATH | O_NOFOLLOW, 0, &why);

	progress_add(w->bar, 1);
	if (seen < 0 && why.err_no == ENOENT)
		return 0;
	if (seen < 0)
		errno = why.err_no;
	if (seen < 0 || fstat(seen, &st) < 0)
		return dirs_err(&w->d, name, e);
	if (w->path.len + strlen(name) > SEAL_PATH_MAX)
		return refuse(w, ERR_FAILED, name, "its path is too long for any program to name", e);
	if (S_ISDIR(st.st_mode))
		return dir_enter(w, name, e);
	return (S_ISREG(st.st_mode) ? file_add : other_add)(w, seen, &st, name, e);
}

static int
walk_all(struct walk *w, const char *const *skip, struct err *e)
{
	for (;;) {
		const char *name = NULL;
		unsigned char type;
		int got = dirs_read(&w->d, &name, &type, e);
		if (got < 0)
			return -1;
		if (got == 0 && w->d.n == 1)
			return 0;
		if (got == 0 ? dir_leave(w, e) < 0 : !is_skipped(w, name, skip) && visit(w, name, e) < 0)
			return -1;
	}
}

static int
by_path(const void *a, const void *b)
{
	return seal_order(((const struct seal_entry *)a)->path, ((const struct seal_entry *)b)->path);
}

int
seal_make(int dirfd, const char *const *skip, struct progress *bar, struct arena *a, struct seal *ret, struct err *e)
{
	struct walk w = {.bar = bar, .a = a, .buf = malloc(READ_SIZE)};

	if (!w.buf)
		arena_out_of_memory();
	int r = dirs_open(&w.d, dirfd, "seal", e);
	if (r == 0)
		r = dir_add(&w, e) < 0 ? -1 : walk_all(&w, skip, e);
	dirs_done(&w.d);
	str_done(&w.path);
	inodes_done(&w.seen);
	seal_xattrs_done(&w.xattrs);
	free(w.buf);
	if (r < 0)
		return -1;
	qsort(w.s.v, w.s.n, sizeof(*w.s.v), by_path);
	*ret = w.s;
	return 0;
}
