/*
 * Removing a jail, and what an unfinished create or destroy left of one.
 *
 * The link ROOT/s/NAME goes first; from then on there is no jail, only parts with its name, and each is removed
 * whether or not the others are still there.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/tree.h"
#include "store/internal.h"

/* Everything that has a jail's name in it but the link, its ids and its lock. */
static const struct part {
	bool dot; /* under .warder */
	const char *dir, *suffix;
} parts[] = {
	{true, "skel", ".tmp"},
	{true, "skel", ""},
	{false, "t", ".tmp"},
	{false, "t", ".in"},
	{false, "t", ""},
	{false, "manage", ""},
	{true, "run", ""},
	{true, "run", ".new"},
	{true, "run", ".rights"},
	{true, "run", ".status"},
	{true, "log", ".log"},
};

static int
part_remove(const struct store *s, const struct part *p, const char *jail, bool *found, struct err *e)
{
	char name[STORE_PATH];
	struct stat st;
	fd_auto dir = store_dir_open(p->dot ? s->dotfd : s->rootfd, p->dir, e);

	if (dir < 0)
		return -1;
	store_path(name, "%s%s", jail, p->suffix);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(e, "stat", name);
	*found = true;
	return tree_remove(dir, name, e);
}

/* ROOT/j/NAME is this jail's only if it is a directory: a link is a base's. */
static int
view_remove(const struct store *s, const char *jail, bool *found, struct err *e)
{
	char path[STORE_PATH];

	if (unlinkat(s->rootfd, store_path(path, "j/%s", jail), AT_REMOVEDIR) == 0) {
		*found = true;
		return 0;
	}
	return errno == ENOENT || errno == ENOTDIR ? 0 : err_sys(e, "rmdir", path);
}

int
jail_clear_unfinished(const struct store *s, const char *jail, bool *ret_found, struct err *e)
{
	bool found = false;

	if (store_jail_exists(s, jail))
		return err_set(e, ERR_FAILED, "clear", jail, "the jail exists");
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (part_remove(s, &parts[i], jail, &found, e) < 0)
			return -1;
	if (view_remove(s, jail, &found, e) < 0)
		return -1;
	*ret_found = found;
	return 0;
}

static void
unfinished_add(const struct store *s, const char *name, struct arena *a, struct strv *names)
{
	if (name_is_valid(name) && !store_jail_exists(s, name) && !strv_has(names, name))
		strv_add(a, names, name);
}

/* A create makes trees first, a destroy gives up the ids last: one of these three is there in between. */
int
store_jails_unfinished(const struct store *s, struct arena *a, struct strv *ret, struct err *e)
{
	struct strv skels, states, names = {0};
	struct id_table ids;

	if (store_names(s->dotfd, "skel", a, &skels, e) < 0 || store_names(s->rootfd, "t", a, &states, e) < 0 ||
		store_ids_read(s, a, &ids, e) < 0)
		return -1;
	for (size_t i = 0; i < skels.n; i++)
		unfinished_add(s, arena_strndup(a, skels.v[i], strcspn(skels.v[i], ".")), a, &names);
	for (size_t i = 0; i < states.n; i++)
		unfinished_add(s, arena_strndup(a, states.v[i], strcspn(states.v[i], ".")), a, &names);
	for (size_t i = 0; i < ids.n; i++)
		if (!ids.v[i].retired)
			unfinished_add(s, ids.v[i].name, a, &names);
	*ret = names;
	return 0;
}

static int
check_stopped(const struct store *s, const char *jail, struct err *e)
{
	struct jail_status st;

	if (store_jail_status(s, jail, &st, e) < 0)
		return -1;
	if (st.state == JAIL_RUNNING || st.state == JAIL_STARTING)
		return err_set(e, ERR_BUSY, "destroy", "jail", "it is running as process %d", st.record.pid);
	return 0;
}

static int
ids_give_up(const struct store *s, const char *jail, bool *found, struct err *e)
{
	uint32_t first;
	fd_auto lock = -1;

	if (store_lock(s, "store", "destroy", STORE_WAIT_MS, &lock, e) < 0 || store_sweep(s, e) < 0 ||
		store_ids_find(s, jail, &first, e) < 0)
		return -1;
	*found |= first != 0;
	return store_ids_retire(s, jail, e);
}

int
store_jail_destroy(const struct store *s, const char *jail, struct err *e)
{
	char path[STORE_PATH];
	bool found = false, had_ids = false;
	fd_auto state = -1;

	if (store_check_name(jail, "destroy", e) < 0 || check_stopped(s, jail, e) < 0 ||
		store_lock(s, store_path(path, "state.%s", jail), "destroy", 0, &state, e) < 0)
		return -1;
	bool existed = store_jail_exists(s, jail);
	if (existed && store_unlink(s->rootfd, store_path(path, "s/%s", jail), 0, e) < 0)
		return -1;
	if (jail_clear_unfinished(s, jail, &found, e) < 0 || ids_give_up(s, jail, &had_ids, e) < 0)
		return -1;
	/* Last: whoever waits for a lock sees that the file is gone and makes a new one. */
	if (store_unlink(s->dotfd, store_path(path, "lock/manage.%s", jail), 0, e) < 0 ||
		store_unlink(s->dotfd, store_path(path, "lock/enter.%s", jail), 0, e) < 0 ||
		store_unlink(s->dotfd, store_path(path, "lock/state.%s", jail), 0, e) < 0 ||
		store_unlink(s->dotfd, store_path(path, "lock/jail.%s", jail), 0, e) < 0)
		return -1;
	return existed || found || had_ids ? 0 : err_set(e, ERR_FAILED, "destroy", "jail", "there is no such jail");
}
