/*
 * Owns the manager's /var and /tmp: never the jail's own (DESIGN.md section 4).
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/tree.h"
#include "store/draft.h"
#include "store/internal.h"

static const char state_name[] = "draft.view";

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

	return dir < 0 ? -1 : tree_remove(dir, state_name, e);
}

int
store_view_state_make(const struct store *s, const struct jail *j, const struct base_meta *m, struct err *e)
{
	char path[STORE_PATH];
	struct tree_copy_options o = {0};
	fd_auto dir = jail_dir_open(s, j->name, e);
	fd_auto generation =
		dir < 0 ? -1
			: path_open_beneath(s->dotfd, store_path(path, "base/%s/%u", m->name, m->generation),
				  O_PATH | O_DIRECTORY, 0, e);
	fd_auto pristine = generation < 0 ? -1 : path_open_beneath(generation, "skel/t", O_PATH | O_DIRECTORY, 0, e);

	if (pristine < 0 || tree_remove(dir, state_name, e) < 0 || tree_copy(pristine, dir, state_name, &o, e) < 0)
		return -1;
	fd_auto state = store_dir_open(dir, state_name, e);
	fd_auto skel = state < 0 ? -1 : path_open_beneath(dir, "draft", O_PATH | O_DIRECTORY, 0, e);
	if (skel < 0)
		return -1;
	if (fchmod(state, 0755) < 0)
		return err_sys(e, "chmod", state_name);
	return jail_pins_make(j, m, generation, skel, state, 0, e);
}
