/*
 * A plain tree becomes root + skel/{s,t} + pins.
 *
 * The order: what must not be shipped goes, links move what they displace, the state gets what pid 1 relies on, pins
 * move out of the state, mount points are made, device nodes go, and the finished tree is looked over.  Every name is
 * reached through the kept directory descriptors of struct split: the tree may be a package's or an archive's work.
 */
#include "image/split.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "base/tree.h"
#include "image/walk.h"

/* Emptied where they are real directories: the jail gets its own of each, or none. */
static const char *const emptied[] = {"dev", "proc", "sys", "run"};

/* Directories of the state that a jail relies on; what else is there (Debian's links to /run) goes. */
static const struct {
	const char *rel;
	mode_t mode;
} state_dirs[] = {
	{"var/run", 0755},
	{"var/lock", 01777},
	{"var/tmp", 01777},
};

static int
open_dir(int dirfd, const char *rel, struct err *e)
{
	return path_open_beneath(dirfd, rel, O_RDONLY | O_DIRECTORY, 0, e);
}

static int
make_dir_at(int dirfd, const char *name, int *ret, struct err *e)
{
	if (split_mkdir(dirfd, name, 0755, e) < 0)
		return -1;
	*ret = open_dir(dirfd, name, e);
	return *ret < 0 ? -1 : 0;
}

/* A tree that was a base once has an s and a t of its own: they are the beginning of skel's. */
static int
take_over(const struct split *sp, const char *name, struct err *e)
{
	struct stat st;

	if (fstatat(sp->root, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(e, "stat", name);
	if (!S_ISDIR(st.st_mode))
		return err_set(
			e, ERR_FAILED, "split", name, "the tree has something of this name that is no directory");
	return renameat(sp->root, name, sp->skel, name) < 0 ? err_sys(e, "rename", name) : 0;
}

static int
open_generation(int dirfd, struct split *sp, struct err *e)
{
	sp->root = open_dir(dirfd, "root", e);
	if (sp->root < 0 || make_dir_at(dirfd, "skel", &sp->skel, e) < 0 ||
		make_dir_at(dirfd, "pins", &sp->pins, e) < 0)
		return -1;
	if (take_over(sp, "s", e) < 0 || take_over(sp, "t", e) < 0)
		return -1;
	return make_dir_at(sp->skel, "s", &sp->s, e) < 0 ? -1 : make_dir_at(sp->skel, "t", &sp->t, e);
}

static void
close_generation(struct split *sp)
{
	fd_close(&sp->root);
	fd_close(&sp->skel);
	fd_close(&sp->s);
	fd_close(&sp->t);
	fd_close(&sp->pins);
}

static int
find_flavour(struct split *sp, struct err *e)
{
	if (sp->d->flavour == NULL) {
		sp->flavour = flavour_find(sp->root);
		return 0;
	}
	sp->flavour = flavour_by_name(sp->d->flavour);
	if (sp->flavour != NULL)
		return 0;
	err_set(e, ERR_CONFIG, "split", sp->d->flavour, "no such flavour");
	return err_at(e, &sp->d->at[KEY_BASE_FLAVOUR]);
}

/* Links are left: split_link knows what to make of them. */
static int
empty_dirs(const struct split *sp, struct err *e)
{
	struct stat st;

	for (size_t i = 0; i < sizeof(emptied) / sizeof(emptied[0]); i++) {
		if (fstatat(sp->root, emptied[i], &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
			continue;
		fd_auto fd = open_dir(sp->root, emptied[i], e);
		if (fd < 0 || tree_empty(fd, NULL, e) < 0)
			return -1;
	}
	return 0;
}

/* run/ is empty now; what would be moved over var/run is nothing, so it is simply removed. */
static int
remove_run(const struct split *sp, struct err *e)
{
	struct stat st;

	if (fstatat(sp->root, "run", &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
		return 0;
	return unlinkat(sp->root, "run", AT_REMOVEDIR) < 0 ? err_sys(e, "rmdir", "run") : 0;
}

/* var/run is /run's own place: not a link back to it. */
static int
make_state_dir(const struct split *sp, int topfd, const char *rel, mode_t mode, struct err *e)
{
	const char *name;
	struct stat st;
	fd_auto parent = split_parent(topfd, rel, sp->a, &name, e);

	if (parent < 0)
		return -1;
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(st.st_mode) &&
		unlinkat(parent, name, 0) < 0)
		return err_sys(e, "unlink", rel);
	if (split_mkdir(parent, name, mode, e) < 0)
		return -1;
	return fchmodat(parent, name, mode, 0) < 0 ? err_sys(e, "chmod", rel) : 0;
}

/* Before the links: var lies in the root still, or in t where the tree was a base once. */
static int
prepare_state(const struct split *sp, struct err *e)
{
	struct stat st;
	bool plain = fstatat(sp->root, "var", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);

	for (size_t i = 0; i < sizeof(state_dirs) / sizeof(state_dirs[0]); i++)
		if (make_state_dir(sp, plain ? sp->root : sp->t, state_dirs[i].rel, state_dirs[i].mode, e) < 0)
			return -1;
	return 0;
}

/* After them: /tmp is everybody's, and /run begins empty. */
static int
finish_state(const struct split *sp, struct err *e)
{
	if (split_mkdir(sp->t, "tmp", 01777, e) < 0)
		return -1;
	if (fchmodat(sp->t, "tmp", 01777, 0) < 0)
		return err_sys(e, "chmod", "tmp");
	fd_auto run = open_dir(sp->t, "var/run", e);
	return run < 0 ? -1 : tree_empty(run, NULL, e);
}

static int
declared_link(const struct split *sp, const char *text, struct err *e)
{
	struct flavour_link l;

	if (link_parse(text, sp->a, &l) < 0) {
		err_set(e, ERR_CONFIG, "split", text, "not a link into s or t");
		err_hint(e, "write \"opt -> s/opt\" or \"usr/x -> ../s/usr-x\"");
	} else if (split_link(sp, &l, e) == 0) {
		return 0;
	}
	return err_at(e, &sp->d->at[KEY_BASE_LINKS]);
}

static int
make_links(const struct split *sp, struct err *e)
{
	for (size_t i = 0; i < sp->flavour->nlinks; i++)
		if (split_link(sp, &sp->flavour->links[i], e) < 0)
			return -1;
	for (size_t i = 0; i < sp->d->links.n; i++)
		if (declared_link(sp, sp->d->links.v[i], e) < 0)
			return -1;
	return 0;
}

static int
make_mount_points(const struct split *sp, struct err *e)
{
	for (const char *const *p = sp->flavour->mount_points; *p != NULL; p++) {
		if (split_mkdir(sp->root, *p, 0755, e) < 0)
			return -1;
		if (fchmodat(sp->root, *p, 0755, 0) < 0)
			return err_sys(e, "chmod", *p);
	}
	return 0;
}

/* Devices and sockets mean nothing in a base; every mount of it is nodev besides. */
static int
remove_device(void *arg, int dirfd, const char *name, const struct stat *st, struct err *e)
{
	uint64_t *removed = arg;

	if (!S_ISCHR(st->st_mode) && !S_ISBLK(st->st_mode) && !S_ISSOCK(st->st_mode))
		return 0;
	++*removed;
	return unlinkat(dirfd, name, 0) < 0 ? err_sys(e, "unlink", name) : 0;
}

int
image_remove_devices(int dirfd, struct progress *bar, struct err *e)
{
	uint64_t removed = 0;
	struct walk w = {.entry = remove_device, .arg = &removed};
	char note[64];

	if (walk_tree(dirfd, &w, e) < 0)
		return -1;
	if (removed > 0 && bar != NULL) {
		snprintf(note, sizeof(note), "%llu device nodes removed", (unsigned long long)removed);
		progress_note(bar, note);
	}
	return 0;
}

static int
split_open_generation(struct split *sp, int dirfd, struct base_meta *m, struct progress *bar, struct err *e)
{
	struct tree_size size;

	if (find_flavour(sp, e) < 0 || empty_dirs(sp, e) < 0 || remove_run(sp, e) < 0 || prepare_state(sp, e) < 0 ||
		make_links(sp, e) < 0 || finish_state(sp, e) < 0 || split_pins(sp, &m->pins, &m->npins, e) < 0 ||
		make_mount_points(sp, e) < 0 || image_remove_devices(dirfd, bar, e) < 0 ||
		scan_root(sp->root, sp->flavour, sp->a, m, e) < 0 || tree_measure(dirfd, &size, e) < 0)
		return -1;
	m->name = sp->d->name;
	m->source = sp->d->from;
	m->flavour = sp->flavour->name;
	m->entries = size.entries;
	m->bytes = size.bytes;
	return 0;
}

int
image_split(const struct base_decl *d, int dirfd, struct arena *a, struct base_meta *ret, struct progress *bar,
	struct err *e)
{
	struct split sp = {.d = d, .root = -1, .skel = -1, .s = -1, .t = -1, .pins = -1, .a = a};
	struct base_meta m = *ret;
	int r = -1;

	progress_phase(bar, "splitting", 0);
	m.exec_dirs = m.library_dirs = m.loaders = (struct strv){0};
	if (open_generation(dirfd, &sp, e) == 0)
		r = split_open_generation(&sp, dirfd, &m, bar, e);
	close_generation(&sp);
	if (r == 0)
		*ret = m;
	return r;
}
