/*
 * Pins: what lies under /var and belongs to the software moves out of the state, and leaves an empty directory there
 * as its mount point.
 */
#include "image/split.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/rename.h"
#include "base/str.h"

static const char var_prefix[] = "/var/";

struct wanted {
	const char *path;
	enum pin_source source;
	bool make;     /* made where the tree does not have it */
	bool declared; /* by the administrator: it must be there */
};

static int
wanted_by_path(const void *a, const void *b)
{
	return strcmp(((const struct wanted *)a)->path, ((const struct wanted *)b)->path);
}

static bool
wanted_has(const struct wanted *v, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].path, path) == 0)
			return true;
	return false;
}

/* Those of the flavour, then those of the declaration that it does not have already. */
static size_t
wanted_collect(const struct split *sp, struct wanted *v)
{
	size_t n = 0;

	for (size_t i = 0; i < sp->flavour->npins; i++) {
		const struct flavour_pin *p = &sp->flavour->pins[i];
		v[n++] = (struct wanted){p->path, p->source, p->required, false};
	}
	for (size_t i = 0; i < sp->d->pins.n; i++)
		if (!wanted_has(v, n, sp->d->pins.v[i]))
			v[n++] = (struct wanted){sp->d->pins.v[i], PIN_FROM_BASE, false, true};
	qsort(v, n, sizeof(*v), wanted_by_path);
	return n;
}

/* Pure: under /var, clean, and none within another. */
static int
wanted_check(const struct split *sp, const struct wanted *v, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (!path_is_clean_absolute(v[i].path) || !str_has_prefix(v[i].path, var_prefix)) {
			err_set(e, ERR_CONFIG, "pin", v[i].path, "not a path under /var");
			return err_at(e, &sp->d->at[KEY_BASE_PINS]);
		}
		for (size_t k = 0; k < i; k++)
			if (path_overlaps(v[k].path, v[i].path)) {
				err_set(e, ERR_CONFIG, "pin", v[i].path, "it overlaps the pin %s", v[k].path);
				return err_at(e, &sp->d->at[KEY_BASE_PINS]);
			}
	}
	return 0;
}

/* Opens what is to be pinned, through no link; -1 with *ret_absent true where the tree does not have it. */
static int
open_pinned(const struct split *sp, const struct wanted *w, bool *ret_absent, struct err *e)
{
	struct err mine = {0};
	struct stat st;
	fd_auto fd = path_open_beneath(sp->t, w->path + 1, PATH_ONLY | O_NOFOLLOW, 0, &mine);

	*ret_absent = fd < 0 && mine.err_no == ENOENT;
	if (fd < 0 && mine.err_no == ELOOP)
		return err_set(e, ERR_FAILED, "pin", w->path, "the tree has a link on the way to it");
	if (fd < 0) {
		if (!*ret_absent)
			*e = mine;
		return -1;
	}
	if (fstat(fd, &st) < 0)
		return err_sys(e, "pin", w->path);
	if (!S_ISDIR(st.st_mode))
		return err_set(e, ERR_FAILED, "pin", w->path, S_ISLNK(st.st_mode) ? "a link" : "not a directory");
	return fd_take(&fd);
}

/* The empty directory that stays in the state looks like what was moved. */
static int
leave_mount_point(int parent, const char *name, const struct stat *st, struct err *e)
{
	if (mkdirat(parent, name, 0700) < 0 ||
		fchownat(parent, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0 ||
		fchmodat(parent, name, st->st_mode & 07777, 0) < 0)
		return err_sys(e, "mkdir", name);
	return 0;
}

/* pins/var/lib/dpkg in the generation, or spool/cron in the skeleton. */
static int
open_new_place(const struct split *sp, const struct wanted *w, const char **ret_name, struct err *e)
{
	if (w->source == PIN_FROM_BASE)
		return split_parent(sp->pins, w->path + 1, sp->a, ret_name, e);
	return split_parent(sp->s, w->path + strlen(var_prefix), sp->a, ret_name, e);
}

static int
move_pinned(const struct split *sp, const struct wanted *w, int fd, struct err *e)
{
	const char *name, *new_name;
	struct stat st;
	fd_auto parent = split_parent(sp->t, w->path + 1, sp->a, &name, e);
	fd_auto place = parent < 0 ? -1 : open_new_place(sp, w, &new_name, e);

	if (place < 0)
		return -1;
	if (fstat(fd, &st) < 0 || rename_new(parent, name, place, new_name) < 0)
		return err_sys(e, "pin", w->path);
	return leave_mount_point(parent, name, &st, e);
}

static int
make_pinned(const struct split *sp, const struct wanted *w, struct err *e)
{
	const char *name, *new_name;
	fd_auto parent = split_parent(sp->t, w->path + 1, sp->a, &name, e);
	fd_auto place = parent < 0 ? -1 : open_new_place(sp, w, &new_name, e);

	if (place < 0 || split_mkdir(parent, name, 0755, e) < 0)
		return -1;
	return split_mkdir(place, new_name, 0755, e);
}

static int
pin_one(const struct split *sp, const struct wanted *w, bool *ret_pinned, struct err *e)
{
	bool absent;
	fd_auto fd = open_pinned(sp, w, &absent, e);

	*ret_pinned = true;
	if (fd >= 0)
		return move_pinned(sp, w, fd, e);
	if (!absent)
		return -1;
	if (w->make)
		return make_pinned(sp, w, e);
	*ret_pinned = false;
	if (!w->declared)
		return 0;
	err_set(e, ERR_CONFIG, "pin", w->path, "the tree does not have it");
	return err_at(e, &sp->d->at[KEY_BASE_PINS]);
}

static const char *
pin_from(const struct split *sp, const struct wanted *w)
{
	if (w->source == PIN_FROM_BASE)
		return arena_printf(sp->a, "pins%s", w->path);
	return arena_strdup(sp->a, w->path + strlen(var_prefix));
}

int
split_pins(const struct split *sp, struct pin **ret, size_t *ret_n, struct err *e)
{
	size_t max = sp->flavour->npins + sp->d->pins.n, npins = 0;
	struct wanted *v = arena_array(sp->a, max + 1, sizeof(*v));
	struct pin *pins = arena_array(sp->a, max + 1, sizeof(*pins));
	size_t n = wanted_collect(sp, v);
	bool pinned;

	if (wanted_check(sp, v, n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (pin_one(sp, &v[i], &pinned, e) < 0)
			return -1;
		if (pinned)
			pins[npins++] = (struct pin){v[i].path, v[i].source, pin_from(sp, &v[i])};
	}
	*ret = pins;
	*ret_n = npins;
	return 0;
}
