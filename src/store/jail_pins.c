/*
 * Pins: what a start mounts over the state must find a mount point there, made once, at create.
 *
 * Mount points belong to the host's root, so the jail cannot fill them; whatever the pristine state had in their place
 * is dropped, for the pin covers it.  A pin from the skeleton starts as what the pristine state had.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/tree.h"
#include "store/jail_parts.h"

const char *
jail_pin_from(const char *path, struct arena *a)
{
	return arena_printf(a, "pins%s", path);
}

/* Of what was made a moment ago; in a live state the jail may have put something else there since. */
static int
parent_give(int fd, const char *name, uint32_t owner, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "fstat", name);
	if (st.st_uid != geteuid())
		return err_set(e, ERR_BUSY, "mkdir", name, "it was replaced while it was made");
	return fchown(fd, owner, owner) < 0 || fchmod(fd, 0755) < 0 ? err_sys(e, "chown", name) : 0;
}

/* A directory of the jail's own root where the state has none. */
static int
parent_enter(int *dir, const char *name, uint32_t owner, struct err *e)
{
	bool made = mkdirat(*dir, name, 0700) == 0;

	if (!made && errno != EEXIST)
		return err_sys(e, "mkdir", name);
	fd_auto next = path_open_beneath(*dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, e);
	if (next < 0 || (made && parent_give(next, name, owner, e) < 0))
		return -1;
	fd_close(dir);
	*dir = fd_take(&next);
	return 0;
}

/* The directory that path lies in, and the last part of it. */
static int
parents_make(int statefd, const char *path, uint32_t owner, struct arena *a, const char **ret_last, struct err *e)
{
	const char *rest = path + 1, *slash;
	fd_auto dir = path_open_beneath(statefd, ".", PATH_ONLY | O_DIRECTORY, 0, e);

	if (dir < 0)
		return -1;
	for (; (slash = strchr(rest, '/')); rest = slash + 1)
		if (parent_enter(&dir, arena_strndup(a, rest, (size_t)(slash - rest)), owner, e) < 0)
			return -1;
	*ret_last = rest;
	return fd_take(&dir);
}

/* mkdirat(2), or an empty file in its place. */
static int
make_at(int dir, const char *name, bool is_file, mode_t mode)
{
	if (!is_file)
		return mkdirat(dir, name, mode);
	fd_auto fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 0666);
	return fd < 0 ? -1 : 0;
}

static int
point_make(int statefd, const char *path, bool is_file, uint32_t owner, struct arena *a, struct err *e)
{
	const char *last;
	fd_auto dir = parents_make(statefd, path, owner, a, &last, e);

	if (dir < 0 || tree_remove(dir, last, e) < 0)
		return -1;
	if (make_at(dir, last, is_file, 0700) < 0)
		return err_sys(e, "make mount point", path);
	return fchmodat(dir, last, is_file ? 0644 : 0755, 0) < 0 ? err_sys(e, "chmod", path) : 0;
}

/* Whether the source is there, and is not a directory. */
static int
source_look(int treefd, const char *from, bool *ret_there, bool *ret_file, struct err *e)
{
	struct err why;
	struct stat st;
	fd_auto fd = path_open_in_root(treefd, from, PATH_ONLY, 0, &why);

	if (fd < 0 && why.err_no != ENOENT) {
		*e = why;
		return -1;
	}
	if (fd >= 0 && fstat(fd, &st) < 0)
		return err_sys(e, "fstat", from);
	*ret_there = fd >= 0;
	*ret_file = fd >= 0 && !S_ISDIR(st.st_mode);
	if (*ret_file && !S_ISREG(st.st_mode))
		return err_set(e, ERR_FAILED, "pin", from, "neither a directory nor a regular file");
	return 0;
}

/* Puts what the base's pristine state has at path into the skeleton, or an empty directory. */
static int
source_seed(int genfd, int skelfd, const struct pin *p, struct arena *a, struct err *e)
{
	struct err why;
	struct tree_copy_options o = {0};
	const char *slash = strrchr(p->from, '/');
	const char *parent = slash ? arena_strndup(a, p->from, (size_t)(slash - p->from)) : ".";
	fd_auto dst = path_make_dirs(skelfd, parent, 0755, e);

	if (dst < 0)
		return -1;
	fd_auto t = path_open_beneath(genfd, "skel/t", PATH_ONLY | O_DIRECTORY, 0, e);
	if (t < 0)
		return -1;
	fd_auto src = path_open_in_root(t, p->path + 1, PATH_ONLY | O_DIRECTORY, 0, &why);
	if (src >= 0)
		return tree_copy(src, dst, slash ? slash + 1 : p->from, &o, e);
	if (why.err_no != ENOENT) {
		*e = why;
		return -1;
	}
	fd_auto made = path_make_dirs(skelfd, p->from, 0755, e);
	return made < 0 ? -1 : 0;
}

static int
pin_make(const struct pin *p, int genfd, int skelfd, int statefd, uint32_t first, struct arena *a, struct err *e)
{
	bool there, is_file;

	if (source_look(p->source == PIN_FROM_BASE ? genfd : skelfd, p->from, &there, &is_file, e) < 0)
		return -1;
	if (!there && p->source == PIN_FROM_SKEL && source_seed(genfd, skelfd, p, a, e) < 0)
		return -1;
	return point_make(statefd, p->path, is_file, first, a, e);
}

/* For a state that may be in use: what is there stays, whatever it is. */
static int
point_make_missing(int statefd, const char *path, bool is_file, uint32_t owner, struct arena *a, struct err *e)
{
	const char *last;
	fd_auto dir = parents_make(statefd, path, owner, a, &last, e);

	if (dir < 0)
		return -1;
	return make_at(dir, last, is_file, 0755) < 0 && errno != EEXIST ? err_sys(e, "make mount point", path) : 0;
}

/* What lies in an earlier pin has its mount point in that pin's source. */
static bool
is_covered(const struct pin *pins, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (path_contains(pins[i].path, path))
			return true;
	return false;
}

static int
pins_make(const struct jail *j, const struct base_meta *m, int genfd, int skelfd, int statefd, uint32_t first,
	struct arena *a, struct err *e)
{
	for (size_t i = 0; i < m->npins; i++)
		if (!is_covered(m->pins, i, m->pins[i].path) &&
			pin_make(&m->pins[i], genfd, skelfd, statefd, first, a, e) < 0)
			return -1;
	for (size_t i = 0; i < j->pins.n; i++) {
		struct pin p = {.path = j->pins.v[i], .source = PIN_FROM_SKEL, .from = jail_pin_from(j->pins.v[i], a)};
		if (is_covered(m->pins, m->npins, p.path))
			return err_set(e, ERR_CONFIG, "pin", p.path, "the base pins it already");
		if (pin_make(&p, genfd, skelfd, statefd, first, a, e) < 0)
			return err_at(e, &j->at[KEY_PINS]);
	}
	return 0;
}

void
jail_pins_list(const struct base_meta *m, const struct strv *declared, struct arena *a, struct pin **ret, size_t *ret_n)
{
	size_t n = m->npins, more = declared ? declared->n : 0;
	struct pin *pins = arena_array(a, n + more + 1, sizeof(*pins));

	if (n)
		memcpy(pins, m->pins, n * sizeof(*pins));
	for (size_t i = 0; i < more; i++)
		pins[n++] = (struct pin){
			.path = declared->v[i], .source = PIN_FROM_SKEL, .from = jail_pin_from(declared->v[i], a)};
	*ret = pins;
	*ret_n = n;
}

int
jail_pins_points(const struct jail_parts *p, int statefd, bool replace, struct arena *a, struct err *e)
{
	bool there, is_file;

	for (size_t i = 0; i < p->npins; i++) {
		const struct pin *pin = &p->pins[i];
		if (is_covered(p->pins, i, pin->path))
			continue;
		if (source_look(pin->source == PIN_FROM_BASE ? p->generation : p->skel, pin->from, &there, &is_file,
			    e) < 0 ||
			(replace ? point_make : point_make_missing)(statefd, pin->path, is_file, p->first, a, e) < 0)
			return -1;
	}
	return 0;
}

int
jail_pins_make(const struct jail *j, const struct base_meta *m, int genfd, int skelfd, int statefd, uint32_t first,
	struct err *e)
{
	struct arena a = {0};
	int r = pins_make(j, m, genfd, skelfd, statefd, first, &a, e);

	arena_done(&a);
	return r;
}
