/*
 * Owns what a base's draft is given for the time of an edit, and the look at it afterwards.  Package scripts ran in it:
 * every path is reached beneath its tree, and what lies there is taken for what it is.
 */
#include "image/edit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/str.h"
#include "base/tree.h"
#include "image/apt.h"
#include "image/debian.h"
#include "image/split.h"
#include "image/walk.h"

enum { GUEST_MAX = 64 << 10 };

/* Beside the draft's trees: the host's resolvers as they were put in.  They may be others when they are taken out. */
static const char note_name[] = "draft.guest";

/* invoke-rc.d(8) asks it; 101: not allowed. */
static const char no_services[] = "#!/bin/sh\nexit 101\n";

/* *ret NULL where the host has no such file. */
static int
host_resolvers(struct arena *a, const char **ret, struct err *e)
{
	static const char path[] = "/etc/resolv.conf";
	char *text = NULL;
	fd_auto fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	*ret = NULL;
	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, "open", path);
	if (file_read_fd(fd, GUEST_MAX, a, path, &text, NULL, e) < 0)
		return -1;
	*ret = text;
	return 0;
}

static const struct guest {
	const char *flavour;    /* NULL: any */
	const char *tree, *dir; /* of the generation; in that tree */
	const char *name;
	mode_t mode;
	const char *text;                                            /* NULL: it is asked for */
	int (*host)(struct arena *, const char **ret, struct err *); /* of the host; *ret NULL: no guest */
	bool ours;                                                   /* nobody else has a file of that name */
} guests[] = {
	{"debian", "root", "usr/sbin", "policy-rc.d", 0755, no_services, NULL, false},
	{"debian", "skel/s", "etc/apt/apt.conf.d", "00warder-host", 0644, NULL, apt_host_options, true},
	{NULL, "skel/s", "etc", "resolv.conf", 0644, NULL, host_resolvers, false},
};

static bool
is_wanted(const struct guest *g, const char *flavour)
{
	return g->flavour == NULL || strcmp(g->flavour, flavour) == 0;
}

/* The directory of the guest, as a process rooted in the tree would reach it. */
static int
guest_dir(int generation, const struct guest *g, struct err *e)
{
	fd_auto tree = path_open_beneath(generation, g->tree, PATH_ONLY | O_DIRECTORY, 0, e);

	return tree < 0 ? -1 : path_open_in_root(tree, g->dir, O_RDONLY | O_DIRECTORY, 0, e);
}

static bool
is_noted(const struct guest *g)
{
	return g->host != NULL && !g->ours;
}

/* *ret NULL: there is none to put. */
static int
guest_write(int generation, int dir, const struct guest *g, struct arena *a, struct err *e)
{
	const char *text = g->text;

	if (text == NULL && g->host(a, &text, e) < 0)
		return -1;
	if (text == NULL)
		return 0;
	if (is_noted(g) && file_write(generation, note_name, text, strlen(text), 0600, e) < 0)
		return -1;
	return file_write(dir, g->name, text, strlen(text), g->mode, e);
}

/* As it was copied: one that is no longer is the administrator's. */
static bool
is_as_origin(int draft, int origin, const char *name)
{
	struct stat a, b;
	bool has = fstatat(draft, name, &a, AT_SYMLINK_NOFOLLOW) == 0;
	bool had = fstatat(origin, name, &b, AT_SYMLINK_NOFOLLOW) == 0;

	if (!has || !had)
		return has == had;
	return a.st_mode == b.st_mode && a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
	       a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

/* In a draft that was taken up again the directory may be gone, or its file another: then there is no guest. */
static int
guest_put(int generation, int origin, const struct guest *g, struct arena *a, struct err *e)
{
	struct err none = {0};
	fd_auto from = guest_dir(origin, g, &none);

	if (from < 0 && g->ours && none.err_no == ENOENT)
		return 0; /* a base without that tool */
	if (from < 0) {
		*e = none;
		return -1;
	}
	fd_auto to = guest_dir(generation, g, &none);
	return to < 0 || !is_as_origin(to, from, g->name) ? 0 : guest_write(generation, to, g, a, e);
}

/* What the guest was put in as; *ret NULL: it was not. */
static int
guest_text(int generation, const struct guest *g, struct arena *a, const char **ret, struct err *e)
{
	char *text = NULL;

	*ret = g->text;
	if (is_noted(g) && file_read(generation, note_name, GUEST_MAX, a, &text, NULL, e) < 0)
		return -1;
	if (is_noted(g))
		*ret = text;
	return 0;
}

/* Whether name in dir is a file with that text. */
static int
is_guest_still(int dir, const struct guest *g, const char *text, struct arena *a, bool *ret, struct err *e)
{
	char *now = NULL;
	struct err why = {0};

	struct stat st;

	*ret = g->ours && fstatat(dir, g->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(st.st_mode);
	if (g->ours || text == NULL)
		return 0;
	if (file_read(dir, g->name, GUEST_MAX, a, &now, NULL, &why) < 0)
		return 0; /* a link, a directory, something large: it is not ours */
	*ret = now != NULL && strcmp(now, text) == 0;
	return 0;
}

/* What the origin has there comes back as whatever it is. */
static int
restore(int from, int to, const char *name, struct err *e)
{
	struct tree_copy_options o = {0};
	struct stat st;

	if (unlinkat(to, name, 0) < 0)
		return err_sys(e, "unlink", name);
	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(e, "stat", name);
	return tree_copy_entry(from, name, to, name, &o, e);
}

static int
guest_take(int generation, int origin, const struct guest *g, struct arena *a, struct err *e)
{
	const char *text;
	bool still = false;
	struct err gone = {0};
	fd_auto to = guest_dir(generation, g, &gone);

	if (to < 0) /* its directory was taken away, and the guest with it */
		return 0;
	if (guest_text(generation, g, a, &text, e) < 0 || is_guest_still(to, g, text, a, &still, e) < 0)
		return -1;
	if (!still)
		return 0;
	fd_auto from = guest_dir(origin, g, e);
	return from < 0 ? -1 : restore(from, to, g->name, e);
}

static int
take_all(int generation, int origin, const char *flavour, struct arena *a, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(guests) / sizeof(guests[0]); i++)
		if (is_wanted(&guests[i], flavour))
			r = guest_take(generation, origin, &guests[i], a, e);
	if (r == 0 && unlinkat(generation, note_name, 0) < 0 && errno != ENOENT)
		r = err_sys(e, "unlink", note_name);
	return r;
}

int
image_edit_begin(int generation, int origin, const char *flavour, struct err *e)
{
	struct arena a = {0};
	int r = take_all(generation, origin, flavour, &a, e);

	for (size_t i = 0; r == 0 && i < sizeof(guests) / sizeof(guests[0]); i++)
		if (is_wanted(&guests[i], flavour))
			r = guest_put(generation, origin, &guests[i], &a, e);
	arena_done(&a);
	return r;
}

/* What all jails of a base must not share, keys that a package made among it, and what nobody needs any more. */
static int
clean(int generation, const char *flavour, struct err *e)
{
	static const char *const trees[] = {"skel/s", "skel/t", "pins"};

	for (size_t i = 0; strcmp(flavour, "debian") == 0 && i < sizeof(trees) / sizeof(trees[0]); i++) {
		fd_auto tree = path_open_beneath(generation, trees[i], PATH_ONLY | O_DIRECTORY, 0, e);

		if (tree < 0 || debian_clean(tree, e) < 0)
			return -1;
	}
	fd_auto run = path_open_beneath(generation, "skel/t/var/run", O_RDONLY | O_DIRECTORY, 0, e);
	return run < 0 ? -1 : tree_empty(run, NULL, e);
}

int
image_edit_end(int generation, int origin, const char *flavour, struct err *e)
{
	struct arena a = {0};
	int r = take_all(generation, origin, flavour, &a, e);

	arena_done(&a);
	return r < 0 ? -1 : clean(generation, flavour, e);
}

/* ---- afterwards ---- */

static int
check_link(int root, const struct flavour_link *l, struct err *e)
{
	char text[256];
	struct err none = {0};
	const char *name = strrchr(l->path, '/');
	ssize_t n;
	fd_auto dir = path_open_parent(root, l->path, &name, &none);

	if (dir < 0)
		return err_set(e, ERR_FAILED, "check", l->path, "its directory is gone");
	n = readlinkat(dir, name, text, sizeof(text) - 1);
	if (n >= 0 && (size_t)n == strlen(l->target) && memcmp(text, l->target, (size_t)n) == 0)
		return 0;
	err_set(e, ERR_FAILED, "check", l->path, "it must be a link to %s", l->target);
	return err_hint(e, "every jail relies on it: put it back");
}

static int
check_dir(int tree, const char *path, const char *what, struct err *e)
{
	struct err why = {0};
	fd_auto fd = path_open_beneath(tree, path, PATH_ONLY | O_DIRECTORY | O_NOFOLLOW, 0, &why);

	return fd >= 0 ? 0 : err_set(e, ERR_FAILED, "check", path, "%s must be a directory", what);
}

/* Links inside of s ("s/usr -> ../usr") lie in the pristine skeleton. */
static int
check_links(const struct split *sp, struct err *e)
{
	for (size_t i = 0; i < sp->flavour->nlinks; i++) {
		struct flavour_link l = sp->flavour->links[i];
		bool in_skel = str_has_prefix(l.path, "s/");

		l.path += in_skel ? strlen("s/") : 0;
		if (check_link(in_skel ? sp->s : sp->root, &l, e) < 0)
			return -1;
	}
	return 0;
}

static int
check_pins(const struct split *sp, int generation, const struct base_meta *m, struct err *e)
{
	for (size_t i = 0; i < m->npins; i++) {
		const struct pin *p = &m->pins[i];

		if (check_dir(p->source == PIN_FROM_BASE ? generation : sp->s, p->from, "the source of a pin", e) < 0 ||
			check_dir(sp->t, p->path + 1, "the place of a pin", e) < 0)
			return -1;
	}
	return 0;
}

/* What every jail reads of its skeleton when it starts, and what create writes into. */
static int
check_skeleton(const struct split *sp, struct err *e)
{
	static const char *const files[] = {"etc/passwd", "etc/group"};

	if (check_dir(sp->s, "etc", "part of the skeleton", e) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct err why = {0};
		fd_auto fd = path_open_regular_in_root(sp->s, files[i], &why);
		if (fd < 0 && why.err_no != ENOENT)
			return err_set(e, ERR_FAILED, "check", files[i], "it must be a file, or not there");
	}
	return 0;
}

static int
check_all(const struct split *sp, int generation, const struct base_meta *m, struct err *e)
{
	static const char *const state[] = {"var", "tmp", "var/run"};

	if (check_links(sp, e) < 0 || check_skeleton(sp, e) < 0 || check_pins(sp, generation, m, e) < 0)
		return -1;
	for (const char *const *p = sp->flavour->mount_points; *p != NULL; p++)
		if (check_dir(sp->root, *p, "a mount point", e) < 0)
			return -1;
	for (size_t i = 0; i < sizeof(state) / sizeof(state[0]); i++)
		if (check_dir(sp->t, state[i], "part of the state", e) < 0)
			return -1;
	return 0;
}

static int
open_trees(int generation, struct split *sp, struct err *e)
{
	if ((sp->root = path_open_beneath(generation, "root", O_RDONLY | O_DIRECTORY, 0, e)) < 0 ||
		(sp->s = path_open_beneath(generation, "skel/s", O_RDONLY | O_DIRECTORY, 0, e)) < 0)
		return -1;
	return (sp->t = path_open_beneath(generation, "skel/t", O_RDONLY | O_DIRECTORY, 0, e)) < 0 ? -1 : 0;
}

int
image_edit_check(int generation, struct arena *a, struct base_meta *m, struct err *e)
{
	struct split sp = {.flavour = flavour_by_name(m->flavour), .root = -1, .s = -1, .t = -1, .a = a};
	struct base_meta found = *m;
	struct tree_size size;
	int r = -1;

	if (sp.flavour == NULL)
		return err_set(e, ERR_FAILED, "check", m->flavour, "there is no such flavour");
	found.exec_dirs = found.library_dirs = found.loaders = (struct strv){0};
	if (open_trees(generation, &sp, e) == 0 && check_all(&sp, generation, m, e) == 0 &&
		image_remove_devices(generation, NULL, e) == 0 && scan_root(sp.root, sp.flavour, a, &found, e) == 0)
		r = tree_measure(generation, &size, e);
	fd_close(&sp.root);
	fd_close(&sp.s);
	fd_close(&sp.t);
	if (r < 0)
		return -1;
	found.entries = size.entries;
	found.bytes = size.bytes;
	*m = found;
	return 0;
}

/* ---- the package tool ---- */

int
image_edit_environment(const char *flavour, struct arena *a, struct strv *ret, struct err *e)
{
	return strcmp(flavour, "debian") == 0 ? apt_host_proxies(a, ret, e) : 0;
}
