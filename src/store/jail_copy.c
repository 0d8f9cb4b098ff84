/*
 * Copies across the border of a jail: where a path leads, what may be written, and the way in.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "store/copy.h"
#include "store/jail_parts.h"
#include "store/locate.h"

/* What the steps of one copy into a jail share. */
struct entering {
	const struct store *s;
	const struct copy_in *c;
	struct arena *a;
	struct jail_parts parts;
	struct location where;
	bool from_dir; /* the source is a directory */
	int dir;       /* of the state: what will hold it */
	const char *as;
	const char *path; /* of the place, as in the state: "/var/lib/x" */
	struct tree_owner owner;
};

static int
find(const struct jail_parts *p, const char *path, struct arena *a, struct location *ret, struct err *e)
{
	struct locate_view v = {p->generation, p->skel, p->pins, p->npins};

	return locate(&v, path, a, ret, e);
}

static int
tree_of(const struct jail_parts *p, const struct location *l)
{
	return l->tree == LOCATE_BASE ? p->generation : l->tree == LOCATE_SKEL ? p->skel : p->state;
}

/* ---- out ---- */

/* The base has only the mount points of these. */
static int
check_on_disk(const char *jail, const struct location *l, const char *path, struct err *e)
{
	if (l->tree != LOCATE_BASE || !(path_contains("/proc", l->path) || path_contains("/dev", l->path)))
		return 0;
	err_set(e, ERR_FAILED, "cp", path, "no tree has it: it is there only while the jail runs");
	return err_hint(e, "warder exec %s -- cat %s", jail, l->path);
}

static int
source_open(const struct jail_parts *p, const char *jail, const char *path, struct arena *a, struct err *e)
{
	struct location l;
	struct err why = {0};

	if (find(p, path, a, &l, e) < 0 || check_on_disk(jail, &l, path, e) < 0)
		return -1;
	int fd = path_open_beneath(tree_of(p, &l), l.rel, PATH_ONLY | O_NOFOLLOW, 0, &why);
	if (fd >= 0)
		return fd;
	errno = why.err_no;
	err_sys(e, "cp", path);
	return errno == ELOOP ? err_hint(e, "a link of the jail lies on the way, and is not followed: name its target")
			      : -1;
}

int
store_copy_source(const struct store *s, const char *jail, const struct strv *declared, const char *path, struct err *e)
{
	struct arena a = {0};
	struct jail_parts p;
	int fd = -1;

	if (jail_parts_open(s, jail, declared, &a, &p, e) == 0) {
		fd = source_open(&p, jail, path, &a, e);
		jail_parts_close(&p);
	}
	arena_done(&a);
	return fd;
}

/* ---- in ---- */

static int
refuse_pin(const struct entering *n, const struct pin *pin, struct err *e)
{
	bool of_base = pin->source == PIN_FROM_BASE;

	err_set(e, ERR_NOPERM, "cp", n->c->path, "%s is pinned: it belongs to the %s", pin->path,
		of_base ? "base" : "skeleton");
	return of_base ? err_hint(e, "warder base edit %s", n->parts.base->name)
		       : err_hint(e, "warder manage %s", n->c->jail);
}

static int
refuse_sealed(const struct entering *n, struct err *e)
{
	if (n->where.pin)
		return refuse_pin(n, n->where.pin, e);
	if (n->where.tree == LOCATE_SKEL) {
		err_set(e, ERR_NOPERM, "cp", n->c->path, "it belongs to the skeleton, which only management changes");
		return err_hint(e, "warder manage %s", n->c->jail);
	}
	err_set(e, ERR_NOPERM, "cp", n->c->path, "it belongs to the base %s, which jails share", n->parts.base->name);
	return err_hint(e, "warder base edit %s", n->parts.base->name);
}

static int
find_place(struct entering *n, struct err *e)
{
	struct stat st;

	if (fstat(n->c->source, &st) < 0)
		return err_sys(e, "fstat", n->c->name);
	n->from_dir = S_ISDIR(st.st_mode);
	if (find(&n->parts, n->c->path, n->a, &n->where, e) < 0)
		return -1;
	if (n->where.tree != LOCATE_STATE || n->where.pin)
		return refuse_sealed(n, e);
	if (path_contains("/t/var", n->where.path) || path_contains("/t/tmp", n->where.path))
		return 0;
	return err_set(e, ERR_NOPERM, "cp", n->c->path, "a state has nothing but var and tmp");
}

static int
no_place(const struct entering *n, int err_no, struct err *e)
{
	errno = err_no;
	err_sys(e, "cp", n->c->path);
	if (err_no == ENOENT)
		return err_hint(e, "the directory to copy into must be there");
	return err_no == ELOOP ? err_hint(e, "a link of the jail lies on the way, and is not followed") : -1;
}

/* The new name in the directory that would hold it. */
static int
choose_new_name(struct entering *n, struct err *e)
{
	struct err why = {0};

	if (n->c->path[strlen(n->c->path) - 1] == '/')
		return no_place(n, ENOENT, e);
	n->dir = path_open_parent(n->parts.state, n->where.rel, &n->as, &why);
	n->path = n->where.path + strlen("/t");
	return n->dir < 0 ? no_place(n, why.err_no, e) : 0;
}

static int
choose_in_dir(struct entering *n, int *dir)
{
	n->dir = fd_take(dir);
	n->as = n->c->name;
	n->path = arena_printf(n->a, "%s/%s", n->where.path + strlen("/t"), n->as);
	return 0;
}

static int
choose_name(struct entering *n, struct err *e)
{
	struct err why = {0};
	struct stat st;
	fd_auto there = path_open_beneath(n->parts.state, n->where.rel, PATH_ONLY | O_NOFOLLOW, 0, &why);

	if (there < 0)
		return why.err_no == ENOENT ? choose_new_name(n, e) : no_place(n, why.err_no, e);
	if (fstat(there, &st) < 0)
		return err_sys(e, "cp", n->c->path);
	if (S_ISDIR(st.st_mode))
		return choose_in_dir(n, &there);
	if (S_ISLNK(st.st_mode))
		return no_place(n, ELOOP, e);
	if (n->from_dir)
		return err_set(e, ERR_CANTCREATE, "cp", n->c->path, "a directory cannot take the place of a file");
	return choose_new_name(n, e);
}

static bool
is_jails_own(const struct entering *n, const struct stat *st)
{
	return st->st_uid >= n->parts.first && st->st_uid < n->parts.first + ID_COUNT;
}

/*
 * Pins again, for the last name; and what belongs to the host in a state is the mount point of a pin that is not
 * declared any more, over which the jail may still run.
 */
static int
check_place(struct entering *n, struct err *e)
{
	struct stat st;
	const struct pin *pin = pin_at(n->parts.pins, n->parts.npins, n->path);

	if (pin)
		return refuse_pin(n, pin, e);
	if (fstat(n->dir, &st) < 0)
		return err_sys(e, "cp", n->c->path);
	bool own = is_jails_own(n, &st);
	if (own && fstatat(n->dir, n->as, &st, AT_SYMLINK_NOFOLLOW) == 0)
		own = is_jails_own(n, &st);
	return own ? 0
		   : err_set(e, ERR_NOPERM, "cp", n->c->path, "it belongs to user %u, who is none of the jail's",
			     (unsigned)st.st_uid);
}

static int
find_owner(struct entering *n, struct err *e)
{
	struct user u = {0};

	if (n->c->owner && jail_user_find(n->parts.skel, n->c->owner, n->a, &u, e) < 0)
		return -1;
	n->owner = (struct tree_owner){n->parts.first + u.uid, n->parts.first + u.gid};
	return 0;
}

/* A directory that is merged with one of the state must not bring anything to where a pin lies over it. */
static int
check_pins_beneath(const struct entering *n, int stage, struct err *e)
{
	for (size_t i = 0; i < n->parts.npins; i++) {
		const struct pin *pin = &n->parts.pins[i];
		struct err why = {0};
		if (!path_contains(n->path, pin->path))
			continue;
		fd_auto in =
			path_open_beneath(stage, arena_printf(n->a, "%s%s", n->c->name, pin->path + strlen(n->path)),
				PATH_ONLY | O_NOFOLLOW, 0, &why);
		if (in >= 0)
			return refuse_pin(n, pin, e);
	}
	return 0;
}

static int
put(const struct entering *n, const struct state_stage *stage, struct err *e)
{
	struct tree_copy_options o = *n->c->options;

	o.owner = &n->owner;
	o.strip_setid = true;
	if (tree_copy(n->c->source, stage->fd, n->c->name, &o, e) < 0 || check_pins_beneath(n, stage->fd, e) < 0)
		return -1;
	return tree_move(stage->fd, n->c->name, n->dir, n->as, e);
}

static int
enter(struct entering *n, struct err *e)
{
	struct state_stage stage;

	if (jail_parts_open(n->s, n->c->jail, n->c->declared, n->a, &n->parts, e) < 0)
		return -1;
	int r = find_place(n, e) < 0 || choose_name(n, e) < 0 || check_place(n, e) < 0 ? -1 : find_owner(n, e);
	if (r == 0 && !n->c->dry_run && (r = state_stage_open(n->s, n->c->jail, "cp", &stage, e)) == 0) {
		r = put(n, &stage, e);
		state_stage_close(&stage);
	}
	fd_close(&n->dir);
	jail_parts_close(&n->parts);
	return r;
}

int
store_copy_in(const struct store *s, const struct copy_in *c, struct arena *a, const char **ret_path, struct err *e)
{
	struct entering n = {.s = s, .c = c, .a = a, .dir = -1};

	if (enter(&n, e) < 0)
		return -1;
	*ret_path = n.path;
	return 0;
}
