/*
 * Where the store is: making it, opening it, and making sure that nobody but root can swap a part of its path.
 *
 * The path is walked component by component from "/" with kept descriptors, links included, so what was checked is
 * what is used.  The last thing that init writes is the format's number: without it there is no store, and init goes
 * on where a killed one stopped.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/seen.h"
#include "base/str.h"
#include "store/internal.h"

enum { FORMAT = 1, FORMAT_MAX = 64, LINKS_MAX = 40 };

static const struct {
	const char *path;
	mode_t mode;
} dirs[] = {
	{".warder", 0700},
	{".warder/base", 0700},
	{".warder/skel", 0700},
	{".warder/run", 0700},
	{".warder/log", 0700},
	{".warder/lock", 0700},
	{".warder/journal", 0700},
	{"t", 0700},
	{"manage", 0700},
	{"j", 0755},
	{"s", 0755},
};

/* A walk towards the root: where it stands, what is left to go. */
struct walk {
	const char *root, *rest;
	int fd;
	unsigned nlinks;
	bool make;
	struct arena *a;
};

/* Others can write to a sticky directory, but not move what root owns in it: and all that is walked is root's. */
static int
check_owner(const struct walk *w, const char *name, const struct stat *st, struct err *e)
{
	if (st->st_uid != 0)
		return err_set(e, ERR_NOPERM, "use", w->root, "%s on the way to it belongs to user %u, not to root",
			name, st->st_uid);
	if (S_ISDIR(st->st_mode) && st->st_mode & 022 && (!(st->st_mode & S_ISVTX) || !w->rest[0])) {
		err_set(e, ERR_NOPERM, "use", w->root, "%s on the way to it can be written by others (mode %04o)", name,
			st->st_mode & 07777);
		return err_hint(e, "chmod go-w, or choose another place");
	}
	return 0;
}

static int
walk_link(struct walk *w, const struct seen *link, struct err *e)
{
	char target[4096];
	ssize_t n = seen_readlink(link, target, sizeof(target) - 1);

	if (n < 0)
		return err_sys(e, "readlink", w->root);
	target[n] = '\0';
	if (++w->nlinks > LINKS_MAX) {
		errno = ELOOP;
		return err_sys(e, "open", w->root);
	}
	w->rest = arena_printf(w->a, "%s/%s", target, w->rest);
	if (target[0] != '/')
		return 0;
	fd_auto top = path_open_given(AT_FDCWD, "/", O_DIRECTORY);
	if (top < 0)
		return err_sys(e, "open", "/");
	fd_close(&w->fd);
	w->fd = fd_take(&top);
	return 0;
}

static int
open_component(const struct walk *w, const char *name, struct seen *ret)
{
	if (seen_open_given(ret, w->fd, name) == 0)
		return 0;
	if (errno != ENOENT || !w->make || w->rest[0])
		return -1;
	if ((mkdirat(w->fd, name, 0755) < 0 && errno != EEXIST) || fchmodat(w->fd, name, 0755, 0) < 0)
		return -1;
	return seen_open_given(ret, w->fd, name);
}

static int
walk_step(struct walk *w, const char *name, struct err *e)
{
	seen_auto seen = SEEN_NONE;

	if (open_component(w, name, &seen) < 0)
		return err_sys(e, "open", w->root);
	if (check_owner(w, name, &seen.st, e) < 0)
		return -1;
	if (S_ISLNK(seen.st.st_mode))
		return walk_link(w, &seen, e);
	if (!S_ISDIR(seen.st.st_mode)) {
		errno = ENOTDIR;
		return err_sys(e, "open", w->root);
	}
	fd_close(&w->fd);
	w->fd = fd_take(&seen.fd);
	return 0;
}

static int
walk_all(struct walk *w, struct err *e)
{
	while (w->rest += strspn(w->rest, "/"), w->rest[0]) {
		size_t n = strcspn(w->rest, "/");
		const char *name = arena_strndup(w->a, w->rest, n);

		w->rest += n + strspn(w->rest + n, "/");
		if (walk_step(w, name, e) < 0)
			return -1;
	}
	return 0;
}

int
trusted_dir_open(const char *root, bool make, struct err *e)
{
	struct arena a = {0};

	if (!path_is_clean_absolute(root))
		return err_set(e, ERR_USAGE, "use", root, "it must be an absolute path without . and .. in it");
	fd_auto fd = path_open_given(AT_FDCWD, "/", O_DIRECTORY);
	if (fd < 0)
		return err_sys(e, "open", "/");
	struct walk w = {.root = root, .rest = root, .fd = fd_take(&fd), .make = make, .a = &a};
	int ret = walk_all(&w, e);

	arena_done(&a);
	if (ret < 0)
		fd_close(&w.fd);
	return ret < 0 ? -1 : w.fd;
}

/* The text says nothing of links and of mounts of the same tree: the directory and all above it are compared. */
int
store_is_around(const struct store *s, int dir, const char *path, bool *ret, struct err *e)
{
	struct stat root, last, here;
	fd_auto at = path_open_given(dir, ".", O_DIRECTORY);

	if (at < 0 || fstat(at, &here) < 0 || fstat(s->rootfd, &root) < 0)
		return err_sys(e, "stat", path);
	do {
		*ret = here.st_dev == root.st_dev && here.st_ino == root.st_ino;
		if (*ret)
			return 0;
		last = here;
		int above = path_open_given(at, "..", O_DIRECTORY);
		fd_close(&at);
		at = above;
		if (at < 0 || fstat(at, &here) < 0)
			return err_sys(e, "stat", path);
	} while (here.st_dev != last.st_dev || here.st_ino != last.st_ino);
	return 0;
}

static int
dir_make(int rootfd, const char *path, mode_t mode, struct err *e)
{
	struct stat st;
	fd_auto fd = path_make_dirs(rootfd, path, mode, e);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		return err_sys(e, "fstat", path);
	if (st.st_uid != 0 || st.st_mode & 07777 & ~mode)
		return err_set(e, ERR_NOPERM, "init", path,
			"is there, but belongs to user %u with mode %04o, not to root with %04o", st.st_uid,
			st.st_mode & 07777, mode);
	return 0;
}

/* *ret is 0 where there is none. */
static int
format_read(int dotfd, unsigned *ret, struct err *e)
{
	struct arena a = {0};
	char *text = NULL;
	uint64_t n = 0;

	int r = file_read(dotfd, "format", FORMAT_MAX, &a, &text, NULL, e);
	if (r == 0 && text) {
		text[strcspn(text, "\n")] = '\0';
		if (str_to_u64(text, UINT32_MAX, &n) < 0 || n == 0)
			r = err_set(e, ERR_FAILED, "open", ".warder/format", "not a number");
	}
	arena_done(&a);
	if (r == 0 && n > FORMAT) {
		r = err_set(e, ERR_CONFIG, "open", ".warder/format", "the store has format %u, this program knows %d",
			(unsigned)n, FORMAT);
		err_hint(e, "use the newer warder that made it");
	}
	if (r == 0)
		*ret = (unsigned)n;
	return r;
}

static int
init_at(struct store *s, bool *ret_made, struct err *e)
{
	unsigned format = 0;

	if ((s->rootfd = trusted_dir_open(s->root, true, e)) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		if (dir_make(s->rootfd, dirs[i].path, dirs[i].mode, e) < 0)
			return -1;
	if ((s->dotfd = path_open_beneath(s->rootfd, ".warder", PATH_ONLY | O_DIRECTORY, 0, e)) < 0 ||
		format_read(s->dotfd, &format, e) < 0 || store_dev_make(s, e) < 0)
		return -1;
	if (format == 0 && file_write(s->dotfd, "format", "1\n", 2, 0600, e) < 0)
		return -1;
	*ret_made = format == 0;
	return 0;
}

int
store_init(const char *root, bool *ret_made, struct err *e)
{
	struct store s = {.root = root, .rootfd = -1, .dotfd = -1};
	int ret = init_at(&s, ret_made, e);

	store_close(&s);
	return ret;
}

static int
no_store(const char *root, struct err *e)
{
	err_set(e, ERR_FAILED, "open", root, "there is no store");
	return err_hint(e, "make one with: warder init");
}

/* .warder is root's alone, whatever else is wrong. */
static int
no_access(const char *root, struct err *e)
{
	errno = EACCES;
	err_sys(e, "open", root);
	return err_hint(e, "run as root");
}

int
store_open(const char *root, struct store *ret, struct err *e)
{
	unsigned format = 0;
	fd_auto rootfd = trusted_dir_open(root, false, e);

	if (rootfd < 0)
		return e->err_no == ENOENT ? no_store(root, e) : -1;
	fd_auto dotfd = path_open_beneath(rootfd, ".warder", PATH_ONLY | O_DIRECTORY, 0, e);
	if (dotfd < 0)
		return e->err_no == ENOENT ? no_store(root, e) : -1;
	if (format_read(dotfd, &format, e) < 0)
		return e->kind == ERR_NOPERM ? no_access(root, e) : -1;
	if (format == 0)
		return no_store(root, e);
	*ret = (struct store){.root = root, .rootfd = fd_take(&rootfd), .dotfd = fd_take(&dotfd)};
	return 0;
}

void
store_close(struct store *s)
{
	fd_close(&s->dotfd);
	fd_close(&s->rootfd);
}
