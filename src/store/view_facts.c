/*
 * What the planner must know of a management view.
 */
#include <fcntl.h>

#include "base/fd.h"
#include "base/path.h"
#include "store/draft.h"
#include "store/ids_way.h"
#include "store/internal.h"

enum { TTY_GID = 5 };

/* A base's draft: everything that a jail has of three trees lies in one directory. */
static void
base_trees(const char *base, struct arena *a, struct tree_paths *ret)
{
	ret->generation = arena_printf(a, ".warder/base/%s/draft", base);
	ret->state = arena_printf(a, "%s/skel/t", ret->generation);
}

int
store_view_facts(const struct store *s, const struct jail *j, bool base_too, struct arena *a, struct jail_facts *ret,
	struct err *e)
{
	struct jail_facts f;
	struct err none;

	if (jail_common_facts(s, j, a, &f, e) < 0)
		return -1;
	f.trees.skel = arena_printf(a, ".warder/skel/%s/draft", j->name);
	fd_auto skel = path_open_beneath(s->rootfd, f.trees.skel, PATH_ONLY | O_DIRECTORY, 0, &none);
	jail_skel_facts_any(j, skel, a, &f);
	f.trees.state = arena_printf(a, ".warder/skel/%s/draft.view", j->name);
	f.trees.view = arena_printf(a, "manage/%s", j->name);
	if (base_too)
		base_trees(f.base->name, a, &f.trees);
	*ret = f;
	return 0;
}

static int
ids_for_edits(const struct store *s, const char *base, uint32_t *ret, struct err *e)
{
	char owner[STORE_PATH];
	fd_auto lock = -1;

	if (store_lock(s, "store", "base edit", STORE_WAIT_MS, &lock, e) < 0)
		return -1;
	return store_ids_allot(s, store_path(owner, "base.%s", base), ret, e);
}

/* The same for who only looks: where none is allotted yet, the first that this store has free. */
static int
ids_to_show(const struct store *s, const char *base, struct arena *a, uint32_t *ret, struct err *e)
{
	char owner[STORE_PATH];
	struct id_table t;

	if (store_ids_find(s, store_path(owner, "base.%s", base), ret, e) < 0 || store_ids_read(s, a, &t, e) < 0)
		return -1;
	if (*ret == 0 && ids_are_shifted)
		*ret = ids_pick(&t, NULL, 0);
	return 0;
}

int
store_view_facts_base(
	const struct store *s, const char *base, bool allot, struct arena *a, struct jail_facts *ret, struct err *e)
{
	struct jail_facts f = {.root = s->root, .tty_gid = TTY_GID};

	if (store_base_meta(s, base, a, &f.base, e) < 0 ||
		(allot ? ids_for_edits(s, base, &f.id_base, e) : ids_to_show(s, base, a, &f.id_base, e)) < 0)
		return -1;
	f.base_generation = f.base->generation;
	base_trees(base, a, &f.trees);
	f.trees.skel = arena_printf(a, "%s/skel/s", f.trees.generation);
	f.trees.view = "manage";
	*ret = f;
	return 0;
}
