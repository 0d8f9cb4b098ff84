/*
 * Owns the walk: by descriptors, one mount at a time, never into another one, following no link.
 *
 * Nothing is made but files without a name, where the system has them; else a directory, for a moment.
 * A device node is opened only if that is known to do nothing: opening others may be an act (a watchdog, a tape).  Of
 * those it is asked whether they could be opened.
 */
#include "probe/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe/attempt.h"
#include "probe/out.h"

enum { DEPTH_MAX = 200, PATH_SIZE = 8192, ENTRIES_MAX = 4000000, ALIASES_MAX = 4096 };

struct walk {
	const struct mounts *mounts;
	const struct mount_row *mount; /* that is being walked */
	struct places *places;
	unsigned long dirs, files, links, nodes, unread, aliases;
	unsigned long answered; /* attempts that a read-only file system refused as such */
	unsigned within; /* directories on the way in which files can be made: what is below them is not told again */
	char path[PATH_SIZE];
};

static bool
can_make(struct walk *w, int dir)
{
	int r = attempt_making(dir);

	w->answered += r == EROFS;
	if (r != 0 && !is_refusal(r) && r != ENOENT)
		out_give_up(w->path, r);
	return r == 0;
}

static void
add_place(struct walk *w)
{
	struct places *p = w->places;
	size_t n = strlen(w->path) + 1;

	out_record(PROBE_WRITE, w->path, "");
	if (p->n == PLACES_MAX || n > sizeof(p->text) - p->used)
		out_give_up("writable places", E2BIG);
	p->v[p->n++] = memcpy(p->text + p->used, w->path, n);
	p->used += n;
}

/* 0, or why not.  A program that runs is busy before the kernel looks at its mount: there access(2) says whether it can
 * be written. */
static int
try_writing(int dir, const char *name)
{
	int fd = openat(dir, name, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (errno != ETXTBSY)
		return errno;
	return faccessat(dir, name, W_OK, AT_EACCESS) == 0 ? 0 : errno;
}

static void
try_file(struct walk *w, int dir, const char *name)
{
	int r;

	w->files++;
	if (w->within > 0)
		return;
	r = try_writing(dir, name);
	w->answered += r == EROFS;
	if (r == 0)
		out_record(PROBE_WRITE, w->path, "");
	else if (!is_refusal(r) && r != ENOENT)
		out_give_up(w->path, r);
}

static bool
can_open_node(const struct walk *w, int dir, const char *name, const struct stat *st)
{
	if (!node_is_tame(w->mount, w->path, st))
		return !w->mount->nodev && faccessat(dir, name, W_OK, AT_EACCESS) == 0;
	int fd = openat(dir, name, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return !is_refusal(errno) && errno != ENOENT;
	close(fd);
	return true;
}

static void
try_node(struct walk *w, int dir, const char *name)
{
	struct stat st;
	char text[40];

	w->nodes++;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			out_give_up(w->path, errno);
		return;
	}
	if (node_is_passing(w->mount, w->path, &st) || !can_open_node(w, dir, name, &st))
		return;
	node_text(&st, text, sizeof(text));
	out_record(PROBE_DEVICE, w->path, text);
}

/* A link of the base or the skeleton that leads where can be written. */
static void
try_link(struct walk *w, int dir, const char *name)
{
	const struct mount_row *m;
	uint64_t mount;
	mode_t mode;
	char to[PATH_SIZE];

	w->links++;
	if (!link_mount(dir, name, &mount, &mode))
		return;
	m = mounts_find(w->mounts, mount);
	if (m == NULL || m->read_only || S_ISCHR(mode) || S_ISBLK(mode) ||
		!link_target(dir, name, w->path, to, sizeof(to)))
		return;
	if (w->aliases++ == ALIASES_MAX)
		out_give_up("links to what can be written", E2BIG);
	out_record(PROBE_ALIAS, w->path, to);
}

static void walk_dir(struct walk *w, int dir, unsigned depth);

static void
try_dir(struct walk *w, int dir, const char *name, unsigned depth)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0) {
		if (!is_refusal(errno) && errno != ENOENT)
			out_give_up(w->path, errno);
		w->unread++;
		return;
	}
	if (mount_id_of(fd) == w->mount->id)
		walk_dir(w, fd, depth);
	close(fd);
}

static int
type_of(int dir, const struct dirent *d)
{
	struct stat st;

	if (d->d_type != DT_UNKNOWN)
		return d->d_type;
	return fstatat(dir, d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ? DT_UNKNOWN : IFTODT(st.st_mode);
}

static void
try_entry(struct walk *w, int dir, const struct dirent *d, unsigned depth)
{
	switch (type_of(dir, d)) {
	case DT_DIR:
		try_dir(w, dir, d->d_name, depth + 1);
		break;
	case DT_REG:
		try_file(w, dir, d->d_name);
		break;
	case DT_LNK:
		try_link(w, dir, d->d_name);
		break;
	case DT_CHR:
	case DT_BLK:
		try_node(w, dir, d->d_name);
		break;
	default: /* a pipe or a socket keeps nothing */
		break;
	}
}

static void
walk_entries(struct walk *w, DIR *d, unsigned depth)
{
	size_t len = strlen(w->path);

	for (struct dirent *de; (de = readdir(d)) != NULL;) {
		if (strcmp(de->d_name, ".") == 0 || strcmp(de->d_name, "..") == 0)
			continue;
		if (len + strlen(de->d_name) + 2 > sizeof(w->path) || depth >= DEPTH_MAX ||
			w->dirs + w->files + w->links > ENTRIES_MAX)
			out_give_up(w->path, E2BIG);
		snprintf(w->path + len, sizeof(w->path) - len, "%s%s", len > 1 ? "/" : "", de->d_name);
		try_entry(w, dirfd(d), de, depth);
		w->path[len] = '\0';
	}
}

static void
walk_dir(struct walk *w, int dir, unsigned depth)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);

	if (d == NULL)
		out_give_up(w->path, errno);
	w->dirs++;
	bool place = w->within == 0 && can_make(w, dir);

	if (place)
		add_place(w);
	w->within += place;
	if (!place || !w->mount->nodev)
		walk_entries(w, d, depth);
	w->within -= place;
	closedir(d);
}

static void
try_root(struct walk *w, int dir)
{
	w->dirs++;
	if (can_make(w, dir))
		add_place(w);
}

/* /proc and /sys are another file's business. */
static bool
is_kernels(const struct mount_row *m)
{
	static const char *const types[] = {"proc", "sysfs", "cgroup", "cgroup2"};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(m->type, types[i]) == 0)
			return true;
	return false;
}

/* A mount point may be a file. */
static void
walk_single(struct walk *w, int fd)
{
	struct stat st;
	char *name = strrchr(w->path, '/');
	int dir = attempt_look(name == w->path ? "/" : (*name = '\0', w->path));

	*name = '/';
	if (dir < 0 || fstat(fd, &st) < 0)
		out_give_up(w->path, errno);
	if (S_ISREG(st.st_mode))
		try_file(w, dir, name + 1);
	else if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
		try_node(w, dir, name + 1);
	close(dir);
}

static void
walk_mount(struct walk *w)
{
	int fd = attempt_look(w->mount->target);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		out_give_up(w->mount->target, errno);
	snprintf(w->path, sizeof(w->path), "%s", w->mount->target);
	if (!S_ISDIR(st.st_mode))
		walk_single(w, fd);
	else if (w->mount->read_only || !w->mount->nodev)
		try_dir(w, fd, ".", 0);
	else
		try_root(w, fd);
	close(fd);
}

void
walk_view(const struct mounts *m, struct places *ret)
{
	static struct walk w;

	w.mounts = m;
	w.places = ret;
	for (size_t i = 0; i < m->n; i++) {
		w.mount = &m->v[i];
		if (!w.mount->covered && !is_kernels(w.mount))
			walk_mount(&w);
	}
	out_tried("directories", w.dirs);
	out_tried("files", w.files);
	out_tried("answers EROFS", w.answered);
	out_tried("links", w.links);
	out_tried("nodes", w.nodes);
	out_tried("directories that could not be read", w.unread);
}
