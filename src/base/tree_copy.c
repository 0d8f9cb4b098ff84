/*
 * Owns the copying of trees.  Two cursors, one in each tree, move together.  A file with several names is linked, at
 * its first name, into a private directory of the new tree under its inode's number, and from there to its further
 * names: no path is kept in memory, however many or deep they are.  Owner, mode, attributes and times of a directory
 * are set when it is left, so that what comes into it does not change them.
 */
#include "base/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/data.h"
#include "base/dirs.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/seen.h"
#include "base/system.h"
#include "base/xattr.h"

struct copy {
	const struct tree_copy_options *o;
	struct dirs from, to;
	struct data_ways ways;
	int root;  /* of the new tree */
	int links; /* the private directory, -1 until it is needed */
	char links_name[FILE_TEMP_NAME];
	const char *why; /* the last one was left out */
};

enum { MODE_SETID = 06000, TOLD_MAX = 1024 };
/* What a step did with an entry, -1 apart. */
enum { COPIED, LEFT_OUT };

static int
shifted(const struct copy *c, uint32_t id, const char *name, uint32_t *ret, struct err *e)
{
	*ret = id;
	if (c->o->id_shift == 0)
		return 0;
	if (id >= c->o->id_count) {
		str_auto path = {0};
		dirs_path(&c->from, name, sizeof(e->subject) - 10, &path);
		return err_set(e, ERR_FAILED, "copy", str_text(&path), "its owner or group %u is over %u", (unsigned)id,
			(unsigned)(c->o->id_count - 1));
	}
	*ret = id + c->o->id_shift;
	return 0;
}

static int
copy_owner(const struct copy *c, const struct seen *to, const struct stat *st, const char *name, struct err *e)
{
	struct tree_owner owner;
	if (c->o->owner != NULL)
		owner = *c->o->owner;
	else if (shifted(c, st->st_uid, name, &owner.uid, e) < 0 || shifted(c, st->st_gid, name, &owner.gid, e) < 0)
		return -1;
	if (owner.uid == UINT32_MAX && owner.gid == UINT32_MAX)
		return 0;
	if (seen_chown(to, owner.uid, owner.gid) < 0)
		return dirs_err(&c->from, name, e);
	return 0;
}

/* Owner, mode, attributes, times of what from is, in this order: each undoes something of one that came before. */
static int
copy_attributes(
	const struct copy *c, int from, const struct seen *to, const struct stat *st, const char *name, struct err *e)
{
	struct xattr_rules rules = {c->o->id_shift, c->o->id_count, c->o->strip_setid};
	struct timespec times[2] = {st->st_atim, st->st_mtim};
	mode_t mode = st->st_mode & 07777 & ~c->o->drop_mode;
	if (c->o->strip_setid)
		mode &= ~(mode_t)MODE_SETID;
	if (copy_owner(c, to, st, name, e) < 0)
		return -1;
	if (!S_ISLNK(st->st_mode) && seen_chmod(to, mode) < 0)
		return dirs_err(&c->from, name, e);
	if (c->o->owner == NULL && xattr_copy(from, to->fd, &rules, name, e) < 0)
		return -1;
	return seen_set_times(to, times) < 0 ? dirs_err(&c->from, name, e) : 0;
}

static int
make_links_dir(struct copy *c, struct err *e)
{
	if (file_temp_name(c->links_name, e) < 0)
		return -1;
	if (mkdirat(c->root, c->links_name, 0700) < 0)
		return err_sys(e, "copy", c->links_name);
	c->links = path_open_beneath(c->root, c->links_name, PATH_ONLY | O_DIRECTORY, 0, e);
	return c->links < 0 ? -1 : 0;
}

static void
link_name(const struct stat *st, char ret[32])
{
	snprintf(ret, 32, "%llx", (unsigned long long)st->st_ino);
}

/* 1 if the file was copied under another name before and is linked now, 0 if not. */
static int
link_if_seen(struct copy *c, const struct stat *st, const char *name, struct err *e)
{
	char key[32];
	if (st->st_nlink < 2 || c->links < 0)
		return 0;
	link_name(st, key);
	if (linkat(c->links, key, dirs_fd(&c->to), name, 0) == 0)
		return 1;
	return errno == ENOENT ? 0 : dirs_err(&c->from, name, e);
}

static int
remember_link(struct copy *c, const struct stat *st, const char *name, struct err *e)
{
	char key[32];
	if (st->st_nlink < 2)
		return 0;
	if (c->links < 0 && make_links_dir(c, e) < 0)
		return -1;
	link_name(st, key);
	return linkat(dirs_fd(&c->to), name, c->links, key, 0) < 0 ? dirs_err(&c->from, name, e) : 0;
}

/* What was asked for by name is told by the error (copy_single), what is in it here. */
static int
leave_out(struct copy *c, const char *name, const char *why)
{
	str_auto path = {0};
	c->why = why;
	if (c->o->left_out != NULL && c->from.n > 0) {
		dirs_path(&c->from, name, TOLD_MAX, &path);
		c->o->left_out(c->o->ctx, str_text(&path), why);
	}
	return LEFT_OUT;
}

/* Why a file of this kind is not copied, or NULL. */
static const char *
reason_to_leave_out(const struct tree_copy_options *o, mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFCHR:
	case S_IFBLK:
		return o->strip_setid ? "a device" : NULL;
	case S_IFSOCK: /* without its listener it is of no use, and FreeBSD cannot make one */
		return o->strip_setid || !system_makes_sockets ? "a socket" : NULL;
	case S_IFIFO:
		return o->left_out != NULL ? "a FIFO" : NULL;
	default:
		return NULL;
	}
}

static int
copy_file(struct copy *c, const struct seen *seen, const struct stat *st, const char *name, struct err *e)
{
	fd_auto from = seen_open_data(seen);
	if (from < 0 && errno == EWOULDBLOCK && c->o->left_out != NULL)
		return leave_out(c, name, "a process holds a lease on it");
	fd_auto to =
		from < 0 ? -1
			 : openat(dirs_fd(&c->to), name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return dirs_err(&c->from, name, e);
	if (data_copy(from, to, &c->ways, name, e) < 0)
		return -1;
	struct seen made = seen_borrow(to, dirs_fd(&c->to), name);
	return copy_attributes(c, from, &made, st, name, e);
}

static int
make_link(struct copy *c, const struct seen *seen, const struct stat *st, const char *name, struct err *e)
{
	char target[PATH_MAX];
	ssize_t len = seen_readlink(seen, target, sizeof(target) - 1);
	if (len < 0)
		return dirs_err(&c->from, name, e);
	target[len] = '\0';
	return symlinkat(target, dirs_fd(&c->to), name) < 0 ? dirs_err(&c->from, name, e) : 0;
}

static int
make_node(struct copy *c, const struct seen *seen, const struct stat *st, const char *name, struct err *e)
{
	mode_t type = st->st_mode & S_IFMT;
	/* Of what is no device, FreeBSD gives and takes different numbers. */
	dev_t device = S_ISCHR(type) || S_ISBLK(type) ? st->st_rdev : 0;
	return mknodat(dirs_fd(&c->to), name, type | 0600, device) < 0 ? dirs_err(&c->from, name, e) : 0;
}

static int
copy_special(struct copy *c, const struct seen *seen, const struct stat *st, const char *name, struct err *e)
{
	if ((S_ISLNK(st->st_mode) ? make_link : make_node)(c, seen, st, name, e) < 0)
		return -1;
	seen_auto to = SEEN_NONE;
	if (seen_open_made(&to, dirs_fd(&c->to), name) < 0)
		return dirs_err(&c->to, name, e);
	return copy_attributes(c, seen->fd, &to, st, name, e);
}

/* 1 if it is one more link of the source now; 0 if it cannot have one. */
static int
link_to_source(const struct copy *c, const struct seen *seen, const char *name, struct err *e)
{
	if (seen_link(seen, dirs_fd(&c->to), name) == 0)
		return 1;
	return errno == EMLINK ? 0 : dirs_err(&c->from, name, e);
}

/* COPIED or LEFT_OUT. */
static int
copy_content(struct copy *c, const struct seen *seen, const struct stat *st, const char *name, struct err *e)
{
	const char *why = reason_to_leave_out(c->o, st->st_mode);
	if (why != NULL)
		return leave_out(c, name, why);
	return (S_ISREG(st->st_mode) ? copy_file : copy_special)(c, seen, st, name, e);
}

static int
copy_nondir(struct copy *c, const struct seen *seen, const struct stat *st, const char *name, struct err *e)
{
	int linked = c->o->link_files ? link_to_source(c, seen, name, e) : 0;
	if (linked == 0)
		linked = link_if_seen(c, st, name, e);
	if (linked != 0)
		return linked < 0 ? -1 : 0;
	int r = copy_content(c, seen, st, name, e);
	if (r != COPIED)
		return r == LEFT_OUT ? 0 : -1;
	return remember_link(c, st, name, e);
}

/* What was a directory when it was looked at may have been taken away, or be something else by now. */
static int
enter(struct copy *c, const char *name, struct err *e)
{
	struct err why = {0};
	if (dirs_push(&c->from, name, &why) < 0) {
		if (why.err_no == ENOENT)
			return 0;
		if (c->o->left_out == NULL || (why.err_no != ENOTDIR && why.err_no != ELOOP)) {
			*e = why;
			return -1;
		}
		(void)leave_out(c, name, "it was replaced meanwhile");
		return 0;
	}
	if (mkdirat(dirs_fd(&c->to), name, 0700) < 0)
		return dirs_err(&c->from, NULL, e);
	return dirs_push(&c->to, name, e);
}

static int
copy_entry(struct copy *c, const char *name, struct err *e)
{
	seen_auto seen = SEEN_NONE;
	progress_add(c->o->bar, 1);
	if (seen_open(&seen, dirs_fd(&c->from), name) < 0)
		return errno == ENOENT ? 0 : dirs_err(&c->from, name, e);
	return S_ISDIR(seen.st.st_mode) ? enter(c, name, e) : copy_nondir(c, &seen, &seen.st, name, e);
}

/* Finishes the directory that both cursors are in. */
static int
finish_dir(struct copy *c, struct err *e)
{
	struct stat st;
	if (fstat(dirs_fd(&c->from), &st) < 0)
		return dirs_err(&c->from, NULL, e);
	struct seen to = seen_borrow(dirs_fd(&c->to), -1, NULL);
	return copy_attributes(c, dirs_fd(&c->from), &to, &st, ".", e);
}

static int
copy_all(struct copy *c, struct err *e)
{
	for (;;) {
		const char *name = NULL;
		unsigned char type;
		int got = dirs_read(&c->from, &name, &type, e);
		if (got < 0)
			return -1;
		if (got > 0) {
			if (copy_entry(c, name, e) < 0)
				return -1;
			continue;
		}
		if (c->from.n == 1)
			break;
		if (finish_dir(c, e) < 0 || dirs_pop(&c->from, e) < 0 || dirs_pop(&c->to, e) < 0)
			return -1;
	}
	if (c->links >= 0 && tree_remove(c->root, c->links_name, e) < 0)
		return -1;
	return finish_dir(c, e);
}

static int
copy_into(int srcfd, int root, const struct tree_copy_options *o, struct err *e)
{
	struct copy c = {.o = o, .root = root, .links = -1};
	int result = dirs_open(&c.from, srcfd, "copy", e) < 0 ? -1 : dirs_open(&c.to, root, "copy", e);
	if (result == 0)
		result = copy_all(&c, e);
	fd_close(&c.links);
	dirs_done(&c.from);
	dirs_done(&c.to);
	return result;
}

/* The first error is the one that counts; that the remains could not be removed is said in its hint. */
static int
undo(int parent, const char *last, struct err *e)
{
	struct err why;
	if (tree_remove(parent, last, &why) < 0)
		err_hint(e, "a half copied tree is left: remove %s", last);
	return -1;
}

static int
copy_dir(int srcfd, int parent, const char *last, const char *name, const struct tree_copy_options *o, struct err *e)
{
	if (mkdirat(parent, last, 0700) < 0)
		return err_sys(e, "copy to", name);
	fd_auto root = path_open_beneath(parent, last, O_RDONLY | O_DIRECTORY, 0, e);
	if (root < 0 || copy_into(srcfd, root, o, e) < 0)
		return undo(parent, last, e);
	return 0;
}

static int
copy_single(const struct seen *src, int parent, const char *last, const struct tree_copy_options *o, struct err *e)
{
	struct copy c = {.o = o, .from.op = "copy", .root = -1, .links = -1};
	struct stat there;
	if (fstatat(parent, last, &there, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return err_sys(e, "copy to", last);
	}
	if (dirs_open(&c.to, parent, "copy", e) < 0)
		return -1;
	int r = o->link_files ? link_to_source(&c, src, last, e) : 0;
	if (r == 0)
		r = copy_content(&c, src, &src->st, last, e);
	else if (r > 0)
		r = COPIED;
	dirs_done(&c.to);
	progress_add(o->bar, 1);
	if (r == LEFT_OUT)
		return err_set(e, ERR_FAILED, "copy", last, "%s: not copied", c.why);
	return r == COPIED ? 0 : undo(parent, last, e);
}

static int
copy_seen(const struct seen *src, int dstdir, const char *name, const struct tree_copy_options *o, struct err *e)
{
	const char *last = NULL;
	fd_auto parent = path_open_parent(dstdir, name, &last, e);
	if (parent < 0)
		return -1;
	return S_ISDIR(src->st.st_mode) ? copy_dir(src->fd, parent, last, name, o, e)
					: copy_single(src, parent, last, o, e);
}

int
tree_copy(int srcfd, int dstdir, const char *name, const struct tree_copy_options *o, struct err *e)
{
	struct seen src = seen_borrow(srcfd, -1, NULL);
	if (fstat(srcfd, &src.st) < 0)
		return err_sys(e, "copy", name);
	return copy_seen(&src, dstdir, name, o, e);
}

int
tree_copy_entry(
	int srcdir, const char *src, int dstdir, const char *name, const struct tree_copy_options *o, struct err *e)
{
	seen_auto seen = SEEN_NONE;
	if (seen_open(&seen, srcdir, src) < 0)
		return err_sys(e, "copy", src);
	return copy_seen(&seen, dstdir, name, o, e);
}
