/*
 * What the planner must know of a created jail.  On the path of a start: each file is read once, nothing is scanned.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "store/base_use.h"
#include "store/ids_way.h"
#include "store/internal.h"

enum { ACCOUNTS_MAX = 1 << 20, TTY_GID = 5 };

/* passwd(5) or group(5) of the skeleton, looked up as a process in it would; "" where it has none. */
static int
accounts_read(int skel, const char *path, struct arena *a, char **ret, struct err *e)
{
	struct err why;
	fd_auto fd = path_open_regular_in_root(skel, path, &why);

	if (fd >= 0)
		return file_read_fd(fd, ACCOUNTS_MAX, a, path, ret, NULL, e);
	if (why.err_no == ENOENT) {
		*ret = arena_strdup(a, "");
		return 0;
	}
	*e = why;
	return -1;
}

struct accounts {
	char *passwd, *group;
	struct arena *a;
};

int
jail_user_find(int skelfd, const char *spec, struct arena *a, struct user *ret, struct err *e)
{
	char *passwd, *group;

	if (accounts_read(skelfd, "etc/passwd", a, &passwd, e) < 0 ||
		accounts_read(skelfd, "etc/group", a, &group, e) < 0)
		return -1;
	return passwd_lookup(passwd, group, spec, ID_COUNT, a, ret, e);
}

static int
service_find(const struct jail *j, const struct accounts *acc, struct jail_facts *f, struct err *e)
{
	struct user u;

	if (!j->service_user)
		return 0;
	if (passwd_lookup(acc->passwd, acc->group, j->service_user, ID_COUNT, acc->a, &u, e) < 0)
		return err_at(e, &j->at[KEY_JAIL_USER]);
	f->service_uid = u.uid;
	f->service_gid = u.gid;
	f->service_groups = u.groups;
	f->nservice_groups = u.ngroups;
	return 0;
}

static int
run_dirs_find(const struct jail *j, const struct accounts *acc, struct jail_facts *f, struct err *e)
{
	f->run_dir_ids = arena_array(acc->a, j->nrun_dirs ? j->nrun_dirs : 1, sizeof(*f->run_dir_ids));
	for (size_t i = 0; i < j->nrun_dirs; i++) {
		const struct run_dir *d = &j->run_dirs[i];
		struct user u;
		if (passwd_lookup(acc->passwd, acc->group, d->owner, ID_COUNT, acc->a, &u, e) < 0 ||
			(d->group && group_lookup(acc->group, d->group, ID_COUNT, &u.gid, e) < 0))
			return err_at(e, &j->at[KEY_RUN_DIRS]);
		f->run_dir_ids[i].uid = u.uid;
		f->run_dir_ids[i].gid = u.gid;
	}
	return 0;
}

static uint32_t
tty_find(const char *group)
{
	uint32_t gid;
	struct err none;

	return group_lookup(group, "tty", ID_COUNT, &gid, &none) < 0 ? TTY_GID : gid;
}

static int
accounts_find(const struct jail *j, int skel, struct arena *a, struct jail_facts *f, struct err *e)
{
	struct accounts acc = {.a = a};

	if (accounts_read(skel, "etc/passwd", a, &acc.passwd, e) < 0 ||
		accounts_read(skel, "etc/group", a, &acc.group, e) < 0 || service_find(j, &acc, f, e) < 0 ||
		run_dirs_find(j, &acc, f, e) < 0)
		return -1;
	f->tty_gid = tty_find(acc.group);
	return 0;
}

int
store_jail_user(
	const struct store *s, const char *skel, const char *spec, struct arena *a, struct user *ret, struct err *e)
{
	fd_auto fd = path_open_beneath(s->rootfd, skel, PATH_ONLY | O_DIRECTORY, 0, e);
	char *passwd, *group;

	if (fd < 0 || accounts_read(fd, "etc/passwd", a, &passwd, e) < 0 ||
		accounts_read(fd, "etc/group", a, &group, e) < 0)
		return -1;
	return passwd_lookup(passwd, group, spec, ID_COUNT, a, ret, e);
}

static struct pin *
pins_name(const struct jail *j, struct arena *a)
{
	struct pin *v = arena_array(a, j->pins.n ? j->pins.n : 1, sizeof(*v));

	for (size_t i = 0; i < j->pins.n; i++)
		v[i] = (struct pin){
			.path = j->pins.v[i], .source = PIN_FROM_SKEL, .from = jail_pin_from(j->pins.v[i], a)};
	return v;
}

/* A pin that was declared after the jail was made has no source. */
static int
pins_find(const struct jail *j, int skel, struct arena *a, struct jail_facts *f, struct err *e)
{
	f->skel_pins = pins_name(j, a);
	f->nskel_pins = j->pins.n;
	for (size_t i = 0; i < j->pins.n; i++) {
		const struct pin *p = &f->skel_pins[i];
		fd_auto fd = path_open_in_root(skel, p->from, PATH_ONLY, 0, e);
		if (fd < 0) {
			err_set(e, ERR_FAILED, "pin", p->path, "the jail was created without it");
			err_hint(e, "destroy and create the jail, or take it out of `pins`");
			return err_at(e, &j->at[KEY_PINS]);
		}
	}
	return 0;
}

static int
no_jail(const struct jail *j, struct err *e)
{
	err_set(e, ERR_FAILED, "read", "jail", "it has not been created");
	return err_hint(e, "make it with: warder create %s", j->name);
}

static int
check_base(const struct jail *j, const char *dir, const struct store *s, struct err *e)
{
	char path[STORE_PATH];
	struct skel_meta m;

	if (skel_meta_read(s->dotfd, store_path(path, "%s.meta", dir), &m, e) < 0)
		return -1;
	if (strcmp(m.base, j->base) == 0)
		return 0;
	err_set(e, ERR_CONFIG, "use base", j->base, "the jail was created from the base %s", m.base);
	err_hint(e, "destroy and create the jail, or declare that base");
	return err_at(e, &j->at[KEY_BASE]);
}

/* The generation in use, unless the jail was told to stay on another one. */
static int
base_find(const struct store *s, const struct jail *j, struct arena *a, const struct base_meta **ret, struct err *e)
{
	unsigned chosen;

	if (store_base_choice(s, j->name, &chosen, e) < 0)
		return -1;
	return chosen == 0 ? store_base_meta(s, j->base, a, ret, e) : store_base_meta_of(s, j->base, chosen, a, ret, e);
}

static void
trees_name(const struct store *s, const struct jail *j, struct arena *a, struct jail_facts *f)
{
	f->root = s->root;
	f->trees.generation = arena_printf(a, ".warder/base/%s/%u", f->base->name, f->base_generation);
	f->trees.skel = arena_printf(a, ".warder/skel/%s/%u", j->name, f->skel_generation);
	f->trees.state = arena_printf(a, "t/%s", j->name);
	f->trees.view = arena_printf(a, "j/%s", j->name);
}

int
jail_skel_facts(const struct jail *j, int skel, struct arena *a, struct jail_facts *f, struct err *e)
{
	return accounts_find(j, skel, a, f, e) < 0 ? -1 : pins_find(j, skel, a, f, e);
}

void
jail_skel_facts_any(const struct jail *j, int skel, struct arena *a, struct jail_facts *f)
{
	struct err ignored;
	char *group = NULL;

	f->tty_gid = skel < 0 || accounts_read(skel, "etc/group", a, &group, &ignored) < 0 ? TTY_GID : tty_find(group);
	f->skel_pins = pins_name(j, a);
	f->nskel_pins = j->pins.n;
}

int
jail_common_facts(const struct store *s, const struct jail *j, struct arena *a, struct jail_facts *ret, struct err *e)
{
	struct jail_facts f = {0};
	char dir[STORE_PATH];

	if (store_check_name(j->name, "read jail", e) < 0 || skel_link_read(s, j->name, &f.skel_generation, e) < 0)
		return -1;
	if (f.skel_generation == 0)
		return no_jail(j, e);
	if (check_base(j, store_path(dir, "skel/%s/%u", j->name, f.skel_generation), s, e) < 0)
		return -1;
	if (base_find(s, j, a, &f.base, e) < 0)
		return err_at(e, &j->at[KEY_BASE]);
	f.base_generation = f.base->generation;
	if (store_ids_find(s, j->name, &f.id_base, e) < 0)
		return -1;
	if (f.id_base == 0 && ids_are_shifted)
		return err_set(e, ERR_FAILED, "read", ".warder/ids", "the jail has no range of ids in it");
	trees_name(s, j, a, &f);
	*ret = f;
	return 0;
}

int
store_jail_facts(const struct store *s, const struct jail *j, struct arena *a, struct jail_facts *ret, struct err *e)
{
	struct jail_facts f;

	if (jail_common_facts(s, j, a, &f, e) < 0)
		return -1;
	fd_auto skel = path_open_beneath(s->rootfd, f.trees.skel, PATH_ONLY | O_DIRECTORY, 0, e);
	if (skel < 0 || jail_skel_facts(j, skel, a, &f, e) < 0 || jail_allow_check(s, j, f.trees.generation, a, e) < 0)
		return -1;
	*ret = f;
	return 0;
}
