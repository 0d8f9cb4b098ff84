/*
 * The links of a base: what is displaced moves to the skeleton or to the state, and the link takes its place.
 */
#include "image/split.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/rename.h"
#include "base/str.h"

/* Modes of directories that a tree did not have; all others get 0755. */
static const struct {
	const char *rest;
	mode_t mode;
} made_modes[] = {
	{"tmp", 01777},
	{"root", 0700},
};

static mode_t
made_mode(const char *rest)
{
	for (size_t i = 0; i < sizeof(made_modes) / sizeof(made_modes[0]); i++)
		if (strcmp(made_modes[i].rest, rest) == 0)
			return made_modes[i].mode;
	return 0755;
}

enum link_side
link_side_of(const char *target, const char **ret_rest)
{
	const char *p = target;

	while (str_has_prefix(p, "../"))
		p += 3;
	*ret_rest = p + 2;
	if (str_has_prefix(p, "s/") && p[2] != '\0')
		return LINK_S;
	if (str_has_prefix(p, "t/") && p[2] != '\0')
		return LINK_T;
	*ret_rest = target;
	return LINK_PLAIN;
}

static bool
is_clean_relative(const char *p, struct arena *a)
{
	return *p != '/' && path_is_clean_absolute(arena_printf(a, "/%s", p));
}

/* As many "../" as the link lies deep, no more and no fewer. */
static bool
climbs_to_root(const char *path, const char *target)
{
	size_t up = 0, depth = 0;

	for (; str_has_prefix(target, "../"); target += 3)
		up++;
	for (; *path != '\0'; path++)
		depth += *path == '/';
	return up == depth;
}

int
link_parse(const char *text, struct arena *a, struct flavour_link *ret)
{
	const char *arrow = strstr(text, "->"), *end = arrow, *rest;
	struct flavour_link l;

	if (arrow == NULL)
		return -1;
	while (end > text && end[-1] == ' ')
		end--;
	l.path = arena_strndup(a, text, (size_t)(end - text));
	l.target = arena_strdup(a, arrow + 2 + strspn(arrow + 2, " "));
	if (!is_clean_relative(l.path, a) || !climbs_to_root(l.path, l.target) ||
		link_side_of(l.target, &rest) == LINK_PLAIN || !is_clean_relative(rest, a))
		return -1;
	*ret = l;
	return 0;
}

int
split_parent(int dirfd, const char *rel, struct arena *a, const char **ret_name, struct err *e)
{
	const char *slash = strrchr(rel, '/');
	int fd;

	if (slash == NULL)
		fd = path_open_beneath(dirfd, ".", PATH_ONLY | O_DIRECTORY, 0, e);
	else
		fd = path_make_dirs(dirfd, arena_strndup(a, rel, (size_t)(slash - rel)), 0755, e);
	*ret_name = slash == NULL ? rel : slash + 1;
	return fd;
}

int
split_mkdir(int dirfd, const char *name, mode_t mode, struct err *e)
{
	struct stat st;

	if (mkdirat(dirfd, name, 0700) == 0)
		return fchmodat(dirfd, name, mode, 0) < 0 ? err_sys(e, "chmod", name) : 0;
	if (errno != EEXIST || fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "mkdir", name);
	return S_ISDIR(st.st_mode) ? 0 : err_set(e, ERR_FAILED, "split", name, "not a directory");
}

static bool
link_is(int dirfd, const char *name, const char *target)
{
	size_t n = strlen(target);
	char text[256];

	return n < sizeof(text) && readlinkat(dirfd, name, text, sizeof(text)) == (ssize_t)n &&
	       memcmp(text, target, n) == 0;
}

/* What is where a link shall be; a directory can be moved, the right link can stay. */
enum in_the_way { WAY_FREE, WAY_RIGHT_LINK, WAY_DIRECTORY, WAY_OTHER };

static int
look(int dirfd, const char *name, const struct flavour_link *l, enum in_the_way *ret, struct err *e)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return err_sys(e, "stat", l->path);
		*ret = WAY_FREE;
	} else if (S_ISLNK(st.st_mode)) {
		*ret = link_is(dirfd, name, l->target) ? WAY_RIGHT_LINK : WAY_OTHER;
	} else {
		*ret = S_ISDIR(st.st_mode) ? WAY_DIRECTORY : WAY_OTHER;
	}
	return 0;
}

static int
in_the_way(const struct flavour_link *l, struct err *e)
{
	err_set(e, ERR_FAILED, "split", l->path, "neither a directory nor the link to %s", l->target);
	return err_hint(e, "remove it from the tree, or name a flavour that fits it");
}

static int
move_aside(int dirfd, const char *name, int sidefd, const char *rest, const struct split *sp, struct err *e)
{
	const char *new_name;
	fd_auto parent = split_parent(sidefd, rest, sp->a, &new_name, e);

	if (parent < 0)
		return -1;
	if (rename_new(dirfd, name, parent, new_name) == 0)
		return 0;
	if (errno == EEXIST)
		return err_set(e, ERR_FAILED, "split", rest, "the tree has it twice, in place and in s or t");
	return err_sys(e, "rename", rest);
}

/* The place that the link leads to: made if the tree had nothing there. */
static int
make_place(int sidefd, const char *rest, const struct split *sp, struct err *e)
{
	const char *name;
	fd_auto parent = split_parent(sidefd, rest, sp->a, &name, e);

	return parent < 0 ? -1 : split_mkdir(parent, name, made_mode(rest), e);
}

/* A link within the root displaces nothing but an empty directory, and lets another link stand. */
static int
plain_link(int dirfd, const char *name, const struct flavour_link *l, enum in_the_way way, struct err *e)
{
	struct stat st;

	if (way == WAY_OTHER && fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
		return 0;
	if (way == WAY_OTHER)
		return in_the_way(l, e);
	if (way == WAY_DIRECTORY && unlinkat(dirfd, name, AT_REMOVEDIR) < 0)
		return err_sys(e, "rmdir", l->path);
	return symlinkat(l->target, dirfd, name) < 0 ? err_sys(e, "symlink", l->path) : 0;
}

static int
side_link(const struct split *sp, int dirfd, const char *name, const struct flavour_link *l, enum in_the_way way,
	struct err *e)
{
	const char *rest;
	int sidefd = link_side_of(l->target, &rest) == LINK_S ? sp->s : sp->t;

	if (way == WAY_OTHER)
		return in_the_way(l, e);
	if (way == WAY_DIRECTORY && move_aside(dirfd, name, sidefd, rest, sp, e) < 0)
		return -1;
	if (make_place(sidefd, rest, sp, e) < 0)
		return -1;
	if (way == WAY_RIGHT_LINK)
		return 0;
	return symlinkat(l->target, dirfd, name) < 0 ? err_sys(e, "symlink", l->path) : 0;
}

int
split_link(const struct split *sp, const struct flavour_link *l, struct err *e)
{
	bool in_s = str_has_prefix(l->path, "s/");
	const char *name, *rest;
	enum in_the_way way = WAY_FREE;
	fd_auto dirfd = split_parent(in_s ? sp->s : sp->root, in_s ? l->path + 2 : l->path, sp->a, &name, e);

	if (dirfd < 0 || look(dirfd, name, l, &way, e) < 0)
		return -1;
	if (link_side_of(l->target, &rest) != LINK_PLAIN)
		return side_link(sp, dirfd, name, l, way, e);
	return way == WAY_RIGHT_LINK ? 0 : plain_link(dirfd, name, l, way, e);
}
