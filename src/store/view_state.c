/*
 * Owns the manager's /var and /tmp: never the jail's own (DESIGN.md section 4).
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/tree.h"
#include "store/draft.h"
#include "store/internal.h"

static const char state_name[] = "draft.view", fresh_name[] = "draft.view.tmp";

static int
jail_dir_open(const struct store *s, const char *jail, struct err *e)
{
	char path[STORE_PATH];

	if (store_check_name(jail, "open", e) < 0)
		return -1;
	return store_dir_open(s->dotfd, store_path(path, "skel/%s", jail), e);
}

int
store_view_state_remove(const struct store *s, const char *jail, struct err *e)
{
	fd_auto dir = jail_dir_open(s, jail, e);

	return dir < 0 || tree_remove(dir, fresh_name, e) < 0 ? -1 : tree_remove(dir, state_name, e);
}

/* What the view mounts in the state; where a former session removed it, from the draft too, it is made again. */
static int
make_pins(int dir, const char *name, int generation, const struct jail *j, const struct base_meta *m, struct err *e)
{
	fd_auto state = store_dir_open(dir, name, e);
	fd_auto skel = state < 0 ? -1 : path_open_beneath(dir, "draft", PATH_ONLY | O_DIRECTORY, 0, e);

	if (skel < 0)
		return -1;
	if (fchmod(state, 0755) < 0)
		return err_sys(e, "chmod", name);
	return jail_pins_make(j, m, generation, skel, state, 0, e);
}

/* Filled beside, so that one with the name is whole. */
static int
fill(int dir, int generation, const struct jail *j, const struct base_meta *m, struct err *e)
{
	struct tree_copy_options o = {0};
	fd_auto pristine = path_open_beneath(generation, "skel/t", PATH_ONLY | O_DIRECTORY, 0, e);

	if (pristine < 0 || tree_remove(dir, fresh_name, e) < 0 || tree_copy(pristine, dir, fresh_name, &o, e) < 0)
		return -1;
	return make_pins(dir, fresh_name, generation, j, m, e);
}

int
store_view_state_make(
	const struct store *s, const struct jail *j, const struct base_meta *m, bool take_old, struct err *e)
{
	char path[STORE_PATH];
	fd_auto dir = jail_dir_open(s, j->name, e);
	fd_auto generation = -1;

	if (dir < 0)
		return -1;
	store_path(path, "base/%s/%u", m->name, m->generation);
	generation = path_open_beneath(s->dotfd, path, PATH_ONLY | O_DIRECTORY, 0, e);
	if (generation < 0)
		return -1;
	if (take_old && path_look(dir, state_name) == 0)
		return make_pins(dir, state_name, generation, j, m, e);
	if (fill(dir, generation, j, m, e) < 0 || tree_remove(dir, state_name, e) < 0)
		return -1;
	return store_rename_new(dir, fresh_name, state_name, e);
}
