/*
 * The state of a jail as a whole: a pristine one, and the place where what goes into it is made.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/tree.h"
#include "store/jail_parts.h"

static int
check_state(int statefd, struct err *e)
{
	static const char *const needed[] = {"var", "tmp"};

	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		fd_auto fd = path_open_beneath(statefd, needed[i], PATH_ONLY | O_DIRECTORY, 0, e);
		if (fd < 0)
			return err_hint(e, "the base's skel/t must have var and tmp: make the base again");
	}
	return 0;
}

/* The top belongs to the host's root: nothing can be made beside var and tmp. */
int
state_make(int tdir, const char *name, int genfd, uint32_t first, struct progress *bar, struct err *e)
{
	struct tree_copy_options o = {.id_shift = first, .id_count = ID_COUNT, .bar = bar};
	fd_auto src = path_open_beneath(genfd, "skel/t", PATH_ONLY | O_DIRECTORY, 0, e);

	if (src < 0)
		return -1;
	if (bar)
		progress_phase(bar, "copying state", 0);
	if (tree_copy(src, tdir, name, &o, e) < 0)
		return -1;
	if (fchownat(tdir, name, 0, 0, AT_SYMLINK_NOFOLLOW) < 0 || fchmodat(tdir, name, 0755, 0) < 0)
		return err_sys(e, "chown", "state");
	fd_auto made = path_open_beneath(tdir, name, PATH_ONLY | O_DIRECTORY, 0, e);
	return made < 0 || check_state(made, e) < 0 ? -1 : fd_take(&made);
}

static int
stage_make(const struct store *s, const char *jail, const char *doing, struct state_stage *st, struct err *e)
{
	char what[STORE_PATH];

	if (store_lock(s, store_path(what, "state.%s", jail), doing, STORE_WAIT_MS, &st->lock, e) < 0 ||
		(st->parent = store_dir_open(s->rootfd, "t", e)) < 0)
		return -1;
	store_path(st->name, "%s.in", jail);
	if (tree_remove(st->parent, st->name, e) < 0 || store_mkdir(st->parent, st->name, 0700, e) < 0)
		return -1;
	return (st->fd = store_dir_open(st->parent, st->name, e)) < 0 ? -1 : 0;
}

int
state_stage_open(const struct store *s, const char *jail, const char *doing, struct state_stage *ret, struct err *e)
{
	struct state_stage st = {.lock = -1, .parent = -1, .fd = -1};

	if (stage_make(s, jail, doing, &st, e) < 0) {
		fd_close(&st.parent);
		fd_close(&st.lock);
		return -1;
	}
	*ret = st;
	return 0;
}

void
state_stage_close(struct state_stage *st)
{
	struct err ignored;

	if (st->fd >= 0) {
		int r = tree_remove(st->parent, st->name, &ignored);
		(void)r;
	}
	fd_close(&st->fd);
	fd_close(&st->parent);
	fd_close(&st->lock);
}
