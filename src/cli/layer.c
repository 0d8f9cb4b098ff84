/*
 * Owns the walk over a jail's trees for an image, and which of them goes into which layer.
 *
 * The walk is the one that seals are made with: sorted, through no link, opening regular files alone, each as the one
 * that was looked at.  Memory is bounded by the names on the way and by the files that have several names.
 */
#include "cli/layer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/inodes.h"
#include "base/path.h"
#include "base/xattr.h"
#include "emit/tar.h"
#include "store/seal_walk.h"

static const char op[] = "emit oci-image";
/* Those that give rights, of what a seal covers. */
static const char *const kept_xattrs[] = {"security.capability", "system.posix_acl_access", "system.posix_acl_default"};
enum { NKEPT = sizeof(kept_xattrs) / sizeof(kept_xattrs[0]), XATTR_ROOM = 65536 };

enum tree_kind { TREE_OF_ROOT, TREE_OF_SKEL, TREE_OF_STATE, TREE_OF_PIN };
struct layer {
	const struct flat *flat;
	const struct layer_sink *sink;
	const struct layer_options *o;
	const struct pin *pins; /* paths whose content comes from elsewhere than the state */
	size_t npins;
	struct str out;
	struct tar_xattr xattrs[NKEPT]; /* of the current entry */
	char *buf;                      /* SEAL_READ_SIZE, then NKEPT * XATTR_ROOM */
};
/* One tree of a layer. */
struct source {
	enum tree_kind kind;
	const char *prefix; /* TREE_OF_PIN: where it lies */
	struct arena names; /* of files with several names */
	struct strv linked;
	struct inodes seen;
};

static void
source_done(struct source *s)
{
	arena_done(&s->names);
	inodes_done(&s->seen);
}

static int
flush(struct layer *l, struct err *e)
{
	int r = l->sink->write(l->sink->ctx, str_text(&l->out), l->out.len, e);

	l->out.len = 0;
	return r;
}

static int
header(struct layer *l, const struct tar_entry *v, struct err *e)
{
	const char *name = strrchr(v->path, '/');

	/* to whoever unpacks a layer such a name is an order to remove another file */
	if (str_has_prefix(name != NULL ? name + 1 : v->path, ".wh."))
		return err_set(e, ERR_FAILED, op, v->path, "no image can have a file whose name begins with .wh.");
	tar_add_header(&l->out, v);
	progress_add(l->o->bar, 1);
	return l->out.len >= SEAL_READ_SIZE ? flush(l, e) : 0;
}

static int
add_link(struct layer *l, const char *at, const char *dest, struct arena *a, struct err *e)
{
	const struct tar_entry v = {
		.type = TAR_LINK, .path = at, .link = flat_relative(at, dest, a), .mode = 0777, .mtime = l->o->mtime};

	return header(l, &v, e);
}

/* ---- one entry ---- */

static void
xattrs_read(struct layer *l, int fd, struct tar_entry *t)
{
	size_t n = 0;

	for (size_t i = 0; i < NKEPT; i++) {
		char *value = l->buf + SEAL_READ_SIZE + n * XATTR_ROOM;
		ssize_t len = xattr_value(fd, kept_xattrs[i], value, XATTR_ROOM);

		if (len > 0)
			l->xattrs[n++] = (struct tar_xattr){kept_xattrs[i], value, (size_t)len};
	}
	t->xattrs = l->xattrs;
	t->nxattrs = n;
}

/* As many bytes as the header says, and of a file that nobody has written to since. */
static int
content(struct layer *l, const struct seal_entry *v, const struct seal_file *f, struct err *e)
{
	struct stat after;
	uint64_t left = v->size;

	if (flush(l, e) == -1)
		return -1;
	while (left > 0) {
		size_t want = left < SEAL_READ_SIZE ? (size_t)left : SEAL_READ_SIZE;
		ssize_t n = fd_read_full(f->fd, l->buf, want, v->path, e);

		if (n == -1 || (n > 0 && l->sink->write(l->sink->ctx, l->buf, (size_t)n, e) == -1))
			return -1;
		left -= (uint64_t)n;
		if ((size_t)n < want)
			break;
	}
	if (fstat(f->fd, &after) == -1)
		return err_sys(e, op, v->path);
	if (left > 0 || (uint64_t)after.st_size != v->size || after.st_ctim.tv_sec != f->changed.tv_sec ||
		after.st_ctim.tv_nsec != f->changed.tv_nsec)
		return err_set(e, ERR_BUSY, op, v->path, "it is being changed meanwhile");
	tar_add_padding(&l->out, v->size);
	return 0;
}

static int
regular(struct layer *l, struct source *s, struct tar_entry *t, const struct seal_entry *v, const struct seal_file *f,
	uint64_t inode, struct err *e)
{
	uint64_t first = v->nlink > 1 ? inodes_put(&s->seen, inode, s->linked.n) : s->linked.n;

	if (first < s->linked.n) {
		t->type = TAR_HARD_LINK;
		t->link = s->linked.v[first];
		return header(l, t, e);
	}
	if (v->nlink > 1)
		strv_add(&s->names, &s->linked, arena_strdup(&s->names, t->path));
	t->type = TAR_FILE;
	t->size = v->size;
	if (v->has_xattrs)
		xattrs_read(l, f->fd, t);
	return header(l, t, e) == -1 ? -1 : content(l, v, f, e);
}

static int
directory(struct layer *l, struct tar_entry *t, const struct seal_entry *v, int fd, struct err *e)
{

	t->type = TAR_DIR;
	if (v->has_xattrs)
		xattrs_read(l, fd, t);
	return header(l, t, e);
}

static int
entry(struct layer *l, struct source *s, struct seal_walk *w, const char *path, struct arena *a, struct err *e)
{
	struct seal_entry v = {0};
	struct seal_file f;
	struct tar_entry t = {.path = path, .mtime = l->o->mtime};

	if (seal_walk_entry(w, a, &v, &f, e) == -1)
		return -1;
	fd_auto fd = f.fd;
	t.mode = v.mode;
	t.uid = v.uid;
	t.gid = v.gid;
	switch (v.type) {
	case SEAL_FILE:
		return regular(l, s, &t, &v, &f, w->look.st.st_ino, e);
	case SEAL_DIR:
		return directory(l, &t, &v, dirs_fd(&w->d), e);
	case SEAL_LINK:
		t.type = TAR_LINK;
		t.link = v.link;
		if (s->kind == TREE_OF_SKEL || s->kind == TREE_OF_STATE)
			t.link = flat_link(l->flat, s->kind == TREE_OF_SKEL ? FLAT_S : FLAT_T, v.path, path, v.link, a);
		return header(l, &t, e);
	case SEAL_FIFO:
		t.type = TAR_FIFO;
		return header(l, &t, e);
	default:
		l->o->left_out(l->o->ctx, path, v.type == SEAL_SOCKET ? "a socket" : "a device");
		return 0;
	}
}

/* ---- trees ---- */

/* Whether what lies at path comes from a pin, and from another one than the tree that is being walked. */
static bool
is_pinned(const struct layer *l, const struct source *s, const char *path)
{
	for (size_t i = 0; i < l->npins; i++) {
		const char *pin = l->pins[i].path + 1;
		size_t len = strlen(pin);

		if (s->kind == TREE_OF_PIN && len <= strlen(s->prefix))
			continue;
		if (strncmp(path, pin, len) == 0 && (path[len] == '\0' || path[len] == '/'))
			return true;
	}
	return false;
}

static int
place(struct layer *l, const struct source *s, const char *rel, struct arena *a, const char **ret, struct err *e)
{
	enum flat_side side = s->kind == TREE_OF_SKEL ? FLAT_S : FLAT_T;
	struct flat_place p;

	if (s->kind == TREE_OF_PIN) {
		*ret = strcmp(rel, ".") == 0 ? s->prefix : arena_printf(a, "%s/%s", s->prefix, rel);
		return 0;
	}
	*ret = strcmp(rel, ".") == 0 || (s->kind == TREE_OF_ROOT && flat_is_part(l->flat, rel)) ? NULL : rel;
	if (*ret == NULL || s->kind == TREE_OF_ROOT)
		return 0;
	p = flat_place(l->flat, side, rel, a);
	*ret = p.path;
	return p.link != NULL ? add_link(l, p.link, p.path, a, e) : 0;
}

static int
walk(struct layer *l, struct source *s, int dirfd, struct err *e)
{
	seal_walk_auto w = {0};
	int got = seal_walk_open(&w, dirfd, op, NULL, e);

	while (got == 0 && (got = seal_walk_next(&w, e)) > 0) {
		struct arena a = {0};
		const char *path = NULL;

		got = place(l, s, str_text(&w.path), &a, &path, e);
		if (got == 0 && path != NULL && !(s->kind >= TREE_OF_STATE && is_pinned(l, s, path)))
			got = entry(l, s, &w, path, &a, e);
		arena_done(&a);
	}
	return got;
}

static int
tree(struct layer *l, enum tree_kind kind, const char *prefix, int dirfd, struct err *e)
{
	struct source s = {.kind = kind, .prefix = prefix};
	int r = walk(l, &s, dirfd, e);

	source_done(&s);
	return r;
}

/* A pinned file has no tree to walk through. */
static int
pinned_file(struct layer *l, const struct pin *pin, int from, ino_t inode, struct err *e)
{
	struct tar_entry t = {.path = pin->path + 1, .mtime = l->o->mtime};
	struct source s = {.kind = TREE_OF_PIN};
	struct seal_xattrs x = {0};
	struct seal_entry v = {0};
	struct seal_file f = {.fd = -1};
	const char *name;
	fd_auto dir = path_open_parent(from, pin->from, &name, e);
	int r = dir < 0 ? -1 : seal_file_open(dir, name, inode, op, &x, &v, &f, e);

	t.mode = v.mode;
	t.uid = v.uid;
	t.gid = v.gid;
	v.nlink = 1;
	if (r == 0)
		r = regular(l, &s, &t, &v, &f, inode, e);
	fd_close(&f.fd);
	seal_xattrs_done(&x);
	source_done(&s);
	return r;
}

/* from: the base's generation or the skeleton.  What is not there is no pin. */
static int
pinned(struct layer *l, const struct pin *pin, int from, struct err *e)
{
	struct err why;
	struct stat st;
	fd_auto fd = path_open_beneath(from, pin->from, PATH_ONLY | O_NOFOLLOW, 0, &why);

	if (fd == -1 && why.err_no == ENOENT)
		return 0;
	if (fd == -1) {
		*e = why;
		return -1;
	}
	if (fstat(fd, &st) == -1)
		return err_sys(e, op, pin->path);
	return S_ISDIR(st.st_mode) ? tree(l, TREE_OF_PIN, pin->path + 1, fd, e)
				   : pinned_file(l, pin, from, st.st_ino, e);
}

/* ---- layers ---- */

static void
layer_begin(struct layer *l, const struct flat *f, const struct layer_sink *sink, const struct layer_options *o)
{
	*l = (struct layer){.flat = f, .sink = sink, .o = o, .buf = malloc(SEAL_READ_SIZE + NKEPT * XATTR_ROOM)};
	if (l->buf == NULL)
		arena_out_of_memory();
}

static int
layer_end(struct layer *l, int r, struct err *e)
{
	if (r == 0) {
		tar_add_end(&l->out);
		r = flush(l, e);
	}
	free(l->buf);
	str_done(&l->out);
	return r;
}

static int
base_trees(struct layer *l, const struct store_trees *t, struct err *e)
{
	fd_auto state = path_open_beneath(t->generation, "skel/t", PATH_ONLY | O_DIRECTORY, 0, e);

	if (state == -1 || tree(l, TREE_OF_ROOT, NULL, t->base, e) == -1 ||
		tree(l, TREE_OF_STATE, NULL, state, e) == -1)
		return -1;
	for (size_t i = 0; i < l->npins; i++)
		if (l->pins[i].source == PIN_FROM_BASE && pinned(l, &l->pins[i], t->generation, e) == -1)
			return -1;
	return 0;
}

int
layer_write_base(const struct store_trees *t, const struct base_meta *m, const struct flat *f,
	const struct layer_sink *sink, const struct layer_options *o, struct err *e)
{
	struct layer l;

	layer_begin(&l, f, sink, o);
	l.pins = m->pins;
	l.npins = m->npins;
	return layer_end(&l, base_trees(&l, t, e), e);
}

/* Nothing of the base's shows through where a jail has a pin of its own. */
static void
hide(struct layer *l, const struct pin *pin, int skel)
{
	struct err ignored;
	fd_auto dir = path_open_beneath(skel, pin->from, PATH_ONLY | O_DIRECTORY, 0, &ignored);
	str_auto path = {0};

	if (dir == -1)
		return;
	str_addf(&path, "%s/.wh..wh..opq", pin->path + 1);
	tar_add_header(&l->out, &(struct tar_entry){.type = TAR_FILE, .path = str_text(&path), .mtime = l->o->mtime});
}

static int
skeleton_pins(struct layer *l, const struct jail_facts *f, int skel, struct err *e)
{
	for (size_t i = 0; i < f->base->npins; i++)
		if (f->base->pins[i].source == PIN_FROM_SKEL && pinned(l, &f->base->pins[i], skel, e) == -1)
			return -1;
	for (size_t i = 0; i < f->nskel_pins; i++) {
		if (pinned(l, &f->skel_pins[i], skel, e) == -1)
			return -1;
		hide(l, &f->skel_pins[i], skel);
	}
	return 0;
}

static int
run_dirs(struct layer *l, const struct plan *p, struct err *e)
{
	for (size_t i = 0; i < p->nops; i++) {
		const struct op *o = &p->ops[i];
		str_auto path = {0};

		if (o->kind != OP_RUNDIR)
			continue;
		str_addf(&path, "run/%s", o->u.rundir.name);
		const struct tar_entry v = {.type = TAR_DIR,
			.path = str_text(&path),
			.mode = o->u.rundir.mode,
			.uid = o->u.rundir.uid,
			.gid = o->u.rundir.gid,
			.mtime = l->o->mtime};
		if (header(l, &v, e) == -1)
			return -1;
	}
	return 0;
}

int
layer_write_skeleton(const struct store_trees *t, const struct plan *p, const struct flat *f,
	const struct layer_sink *sink, const struct layer_options *o, struct err *e)
{
	struct layer l;
	int r;

	layer_begin(&l, f, sink, o);
	r = tree(&l, TREE_OF_SKEL, NULL, t->skel, e);
	if (r == 0)
		r = skeleton_pins(&l, p->facts, t->skel, e);
	if (r == 0)
		r = run_dirs(&l, p, e);
	return layer_end(&l, r, e);
}

/* ---- parts ---- */

static int
find_links(int dirfd, bool is_skel, struct arena *a, struct flat *f, struct err *e)
{
	seal_walk_auto w = {0};
	int got = seal_walk_open(&w, dirfd, op, NULL, e);

	while (got == 0 && (got = seal_walk_next(&w, e)) > 0) {
		struct seal_entry v = {0};
		struct seal_file file;

		got = 0;
		if (!S_ISLNK(w.look.st.st_mode))
			continue;
		got = seal_walk_entry(&w, a, &v, &file, e);
		if (got == 0 && is_skel && strchr(v.path, '/') == NULL)
			flat_add_skel_link(f, a, v.path, v.link);
		else if (got == 0 && !is_skel)
			flat_add(f, a, v.path, v.link);
	}
	return got;
}

int
layer_find_parts(const struct store_trees *t, struct arena *a, struct flat *ret, struct err *e)
{
	*ret = (struct flat){0};
	return find_links(t->base, false, a, ret, e) == -1 ? -1 : find_links(t->skel, true, a, ret, e);
}
