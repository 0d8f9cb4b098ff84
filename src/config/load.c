/*
 * Files: which are read, in what order, and whether they may be trusted (SECURITY.md R20).
 *
 * A file that others can write, or that lies in a directory where others can replace it, could hand root's commands to
 * them (exec.prestart), so it is refused before it is read.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "config/build.h"
#include "config/check.h"
#include "config/config.h"
#include "config/resolve.h"

enum { INCLUDE_MAX = 16, FILE_MAX = 64 << 20, FILES_MAX = 4096 };

static const char drop_in_pattern[] = "jails.d/*.conf";

struct loader {
	struct tree tree;
	const char *open[INCLUDE_MAX]; /* files that include each other, from the outermost */
	struct stat seen[INCLUDE_MAX];
	unsigned depth;
	unsigned nfiles;
};

/* ---- one file ---- */

static int
fail_errno(const char *op, const char *path, const struct srcloc *at, struct err *e)
{
	err_sys(e, op, path);
	if (e->kind != ERR_NOPERM)
		e->kind = ERR_CONFIG;
	return err_at(e, at);
}

static bool
is_trusted_owner(uid_t uid)
{
	return uid == 0 || uid == geteuid();
}

static int
check_permissions(const char *path, const struct stat *st, const struct srcloc *at, struct err *e)
{
	const char *fault = NULL;

	if (!S_ISREG(st->st_mode))
		return fail_at(e, at, "read", path, "is not a regular file");
	if (!is_trusted_owner(st->st_uid))
		fault = "belongs to another user";
	else if (st->st_mode & (S_IWGRP | S_IWOTH))
		fault = "others can write it";
	if (!fault)
		return 0;
	err_set(e, ERR_NOPERM, "read", path, "%s", fault);
	err_at(e, at);
	return err_hint(e, "chown root, chmod go-w");
}

static const char *
directory_of(const char *path, struct arena *a)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return slash == path ? "/" : arena_strndup(a, path, (size_t)(slash - path));
}

/* Others who can write the directory can put another file there, unless it is sticky. */
static int
check_directory(const char *path, const struct srcloc *at, struct arena *a, struct err *e)
{
	const char *dir = directory_of(path, a);
	struct stat st;

	if (stat(dir, &st) < 0)
		return fail_errno("read", dir, at, e);
	if (is_trusted_owner(st.st_uid) && (!(st.st_mode & (S_IWGRP | S_IWOTH)) || (st.st_mode & S_ISVTX)))
		return 0;
	err_set(e, ERR_NOPERM, "read", path, "others can replace it: they can write its directory");
	err_at(e, at);
	return err_hint(e, "chown root, chmod go-w the directory");
}

/* Where a link leads is a name of its own, with a directory of its own. */
static int
check_target(int fd, const char *path, const struct srcloc *at, struct arena *a, struct err *e)
{
	const char *real;
	struct stat st;

	if (lstat(path, &st) < 0)
		return fail_errno("read", path, at, e);
	if (!S_ISLNK(st.st_mode))
		return 0;
	if (path_of_fd(fd, a, &real, e) < 0)
		return err_at(e, at);
	return check_directory(real, at, a, e);
}

static int
open_trusted(const char *path, const struct srcloc *at, struct arena *a, struct stat *ret, struct err *e)
{
	fd_auto fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, ret) < 0)
		return fail_errno("read", path, at, e);
	if (check_permissions(path, ret, at, e) < 0 || check_directory(path, at, a, e) < 0 ||
		check_target(fd, path, at, a, e) < 0)
		return -1;
	return fd_take(&fd);
}

static int
refuse_cycle(const struct loader *l, const char *path, const struct stat *st, const struct srcloc *at, struct err *e)
{
	for (unsigned i = 0; i < l->depth; i++)
		if (l->seen[i].st_dev == st->st_dev && l->seen[i].st_ino == st->st_ino)
			return fail_at(
				e, at, ".include", path, "is a cycle: %s includes %s", l->open[l->depth - 1], path);
	if (l->depth == INCLUDE_MAX)
		return fail_at(e, at, ".include", path, "more than %d files deep", INCLUDE_MAX);
	return 0;
}

static int
read_file(struct loader *l, const char *path, const struct srcloc *at, struct err *e)
{
	struct stat st = {0};
	fd_auto fd = open_trusted(path, at, l->tree.a, &st, e);
	char *text;
	size_t len;
	int r;

	if (fd < 0 || refuse_cycle(l, path, &st, at, e) < 0)
		return -1;
	if (++l->nfiles > FILES_MAX)
		return fail_at(e, at, "read", path, "more than %d files", FILES_MAX);
	if (file_read_fd(fd, FILE_MAX, l->tree.a, path, &text, &len, e) < 0)
		return -1;
	l->open[l->depth] = path;
	l->seen[l->depth++] = st;
	r = tree_read(&l->tree, path, text, len, e);
	l->depth--;
	return r;
}

/* ---- patterns ---- */

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in dir that match, in byte order; a directory that does not exist has none. */
static int
list_matches(
	const char *dir, const char *pattern, const struct srcloc *at, struct arena *a, struct strv *ret, struct err *e)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;

	if (!d)
		return errno == ENOENT ? 0 : fail_errno("read", dir, at, e);
	while ((entry = readdir(d)))
		if (fnmatch(pattern, entry->d_name, FNM_PERIOD) == 0)
			strv_add(a, ret, arena_strdup(a, entry->d_name));
	closedir(d);
	if (ret->n)
		qsort(ret->v, ret->n, sizeof(*ret->v), compare_names);
	return 0;
}

static int
read_matches(struct loader *l, const char *dir, const char *pattern, const struct srcloc *at, struct err *e)
{
	struct strv names = {0};

	if (list_matches(dir, pattern, at, l->tree.a, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++)
		if (read_file(l, arena_printf(l->tree.a, "%s/%s", dir, names.v[i]), at, e) < 0)
			return -1;
	return 0;
}

/* pattern is relative to the directory of the file that names it; only its last component may have wildcards. */
static int
read_pattern(struct loader *l, const char *from, const char *pattern, const struct srcloc *at, struct err *e)
{
	struct arena *a = l->tree.a;
	const char *path = *pattern == '/' ? pattern : arena_printf(a, "%s/%s", directory_of(from, a), pattern);
	const char *dir = directory_of(path, a), *last = strrchr(path, '/') + 1;

	if (strpbrk(dir, "*?["))
		return fail_at(e, at, ".include", pattern, "only the last part of a path may have wildcards");
	if (!strpbrk(last, "*?["))
		return read_file(l, path, at, e);
	return read_matches(l, dir, last, at, e);
}

static int
include(struct tree *t, const char *pattern, const struct srcloc *at, struct err *e)
{
	return read_pattern(t->arg, at->file, pattern, at, e);
}

/* ---- all ---- */

static int
finish(struct tree *t, const char *file, struct config *ret, struct err *e)
{
	struct symbols symbols = {.a = t->a};
	struct config c;

	if (tree_resolve(t, &symbols, e) < 0 || config_build(t, &symbols, &c, e) < 0 || config_check(&c, t->a, e) < 0)
		return -1;
	c.file = file;
	*ret = c;
	return 0;
}

/* A link that leads nowhere is there: reading it says so. */
static bool
is_absent(const char *path)
{
	struct stat st;

	return lstat(path, &st) < 0 && errno == ENOENT;
}

int
config_load(const char *path, struct arena *a, struct config *ret, struct err *e)
{
	struct loader l = {.tree = {.a = a, .include = include}};
	const struct srcloc nowhere = {0};
	const bool is_default = !strcmp(path, config_default_path);
	const bool is_missing = is_default && is_absent(path);
	const char *file = arena_strdup(a, path);

	l.tree.arg = &l;
	if (!is_missing && read_file(&l, file, &nowhere, e) < 0)
		return -1;
	if (is_default && read_pattern(&l, file, drop_in_pattern, &nowhere, e) < 0)
		return -1;
	if (is_missing)
		file = l.nfiles ? arena_printf(a, "%s/%s", directory_of(path, a), drop_in_pattern) : NULL;
	return finish(&l.tree, file, ret, e);
}

int
config_parse(const char *name, const char *text, size_t len, struct arena *a, struct config *ret, struct err *e)
{
	struct tree tree = {.a = a};
	const char *file = arena_strdup(a, name);

	if (tree_read(&tree, file, text, len, e) < 0)
		return -1;
	return finish(&tree, file, ret, e);
}
