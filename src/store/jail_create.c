/*
 * Making a jail's trees, all or nothing.
 *
 * Everything is made under names that are no jail's ("NAME.tmp") or that mean nothing without the link ROOT/s/NAME,
 * which comes last.  So a create that was killed anywhere has made no jail, and the next create, or a destroy, finds
 * each of its parts by name (jail_clear_unfinished).  The range of ids that it was given is the one that the next
 * create of that name is given.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/system.h"
#include "base/tree.h"
#include "store/jail_parts.h"
#include "store/journal.h"
#include "store/seal.h"

/* What the steps of one create share. */
struct making {
	const struct store *s;
	const struct jail *j;
	struct progress *bar;
	struct arena *a;
	const struct base_meta *base;
	uint32_t first;                         /* of its ids */
	char tmp[STORE_PATH], skel[STORE_PATH]; /* "NAME.tmp", "skel/NAME.tmp" */
	struct journal_entry entry;
	int genfd, skelfd, statefd;
};

static int
dir_path_open(int dirfd, const char *rel, struct err *e)
{
	return path_open_beneath(dirfd, rel, PATH_ONLY | O_DIRECTORY, 0, e);
}

static int
check_new(struct making *m, struct err *e)
{
	char path[STORE_PATH];
	struct stat st;

	if (store_jail_exists(m->s, m->j->name))
		return err_set(e, ERR_CANTCREATE, "create", "jail", "it exists already");
	if (fstatat(m->s->rootfd, store_path(path, "j/%s", m->j->name), &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		S_ISLNK(st.st_mode))
		return err_set(e, ERR_CANTCREATE, "create", "jail", "a base has this name");
	return 0;
}

static int
clear_old(struct making *m, struct err *e)
{
	bool found;

	return jail_clear_unfinished(m->s, m->j->name, &found, e);
}

/* Under the lock: base remove sees either the claim or no base to copy from. */
static int
claim(struct making *m, struct err *e)
{
	fd_auto lock = -1;
	char path[STORE_PATH];

	if (store_lock(m->s, "store", "create", STORE_WAIT_MS, &lock, e) < 0 || store_sweep(m->s, e) < 0)
		return -1;
	if (store_base_meta(m->s, m->j->base, m->a, &m->base, e) < 0)
		return err_at(e, &m->j->at[KEY_BASE]);
	if (store_mkdir(m->s->dotfd, m->skel, 0700, e) < 0)
		return -1;
	store_path(path, "base/%s/%u", m->base->name, m->base->generation);
	if ((m->genfd = dir_path_open(m->s->dotfd, path, e)) < 0)
		return -1;
	return store_ids_allot(m->s, m->j->name, &m->first, e);
}

static int
describe(struct making *m, struct err *e)
{
	struct skel_meta meta = {
		.base_generation = m->base->generation, .created = time(NULL), .offered = m->base->generation};
	fd_auto dir = store_dir_open(m->s->dotfd, m->skel, e);

	memcpy(meta.base, m->base->name, strlen(m->base->name) + 1);
	return dir < 0 ? -1 : skel_meta_write(dir, "1.meta", &meta, e);
}

static int
copy_skeleton(struct making *m, struct err *e)
{
	struct tree_copy_options o = {.bar = m->bar};
	fd_auto src = dir_path_open(m->genfd, "skel/s", e);
	fd_auto dst = src < 0 ? -1 : dir_path_open(m->s->dotfd, m->skel, e);

	if (dst < 0)
		return -1;
	if (m->bar)
		progress_phase(m->bar, "copying skeleton", 0);
	if (tree_copy(src, dst, "1", &o, e) < 0)
		return -1;
	return (m->skelfd = dir_path_open(dst, "1", e)) < 0 ? -1 : 0;
}

static int
write_files(struct making *m, struct err *e)
{
	fd_auto root = dir_path_open(m->genfd, "root", e);

	return root < 0 ? -1 : jail_files_write(m->j, m->skelfd, root, e);
}

static int
copy_state(struct making *m, struct err *e)
{
	fd_auto t = dir_path_open(m->s->rootfd, "t", e);

	if (t < 0)
		return -1;
	return (m->statefd = state_make(t, m->tmp, m->genfd, m->first, m->bar, e)) < 0 ? -1 : 0;
}

static int
make_pins(struct making *m, struct err *e)
{
	return jail_pins_make(m->j, m->base, m->genfd, m->skelfd, m->statefd, m->first, e);
}

/* After the last step that writes into the skeleton. */
static int
seal_skeleton(struct making *m, struct err *e)
{
	struct seal seal;
	char place[STORE_PATH];
	fd_auto dir = store_dir_open(m->s->dotfd, m->skel, e);

	if (dir < 0 || seal_make(m->skelfd, NULL, NULL, m->a, &seal, e) < 0)
		return -1;
	m->entry = (struct journal_entry){.action = "create", .jail = m->j->name, .to = 1};
	journal_entry_change(&m->entry, NULL, &seal);
	return seal_write(m->s, &seal, dir, "1.mtree", store_path(place, "skel/%s/1.mtree", m->j->name), e);
}

static int
make_mount_points(struct making *m, struct err *e)
{
	char path[STORE_PATH];

	if (store_mkdir(m->s->rootfd, store_path(path, "j/%s", m->j->name), 0755, e) < 0)
		return -1;
	return store_mkdir(m->s->rootfd, store_path(path, "manage/%s", m->j->name), 0700, e);
}

static int
rename_in(int dirfd, const char *dir, const struct making *m, struct err *e)
{
	fd_auto fd = store_dir_open(dirfd, dir, e);

	if (fd < 0 || store_rename_new(fd, m->tmp, m->j->name, e) < 0)
		return -1;
	return fsync(fd) < 0 ? err_sys(e, "fsync", dir) : 0;
}

/* All data is on the disk before the names that say so. */
static int
publish(struct making *m, struct err *e)
{
	char target[STORE_PATH];
	fd_auto links = store_dir_open(m->s->rootfd, "s", e);

	if (links < 0)
		return -1;
	if (system_sync(links) < 0)
		return err_sys(e, "sync", m->s->root);
	if (rename_in(m->s->rootfd, "t", m, e) < 0 || rename_in(m->s->dotfd, "skel", m, e) < 0)
		return -1;
	if (store_journal_begin(m->s, &m->entry, e) < 0)
		return -1;
	store_path(target, "../.warder/skel/%s/1", m->j->name);
	return store_link_switch(m->s, "s", m->j->name, target, "create", e);
}

static int (*const steps[])(struct making *, struct err *) = {check_new, clear_old, claim, describe, copy_skeleton,
	write_files, copy_state, make_pins, seal_skeleton, make_mount_points, publish};

/* Errors of clearing are not told: the first error says why, and the next create clears again. */
static void
undo(const struct making *m)
{
	struct err ignored;
	char path[STORE_PATH];
	bool found;
	fd_auto lock = -1;

	if (jail_clear_unfinished(m->s, m->j->name, &found, &ignored) < 0 ||
		store_lock(m->s, "store", "create", STORE_WAIT_MS, &lock, &ignored) < 0)
		return;
	if (m->first && store_ids_retire(m->s, m->j->name, &ignored) < 0)
		return;
	if (store_unlink(m->s->dotfd, store_path(path, "lock/jail.%s", m->j->name), 0, &ignored) < 0)
		return;
}

int
store_jail_create(const struct store *s, const struct jail *j, struct progress *bar, struct err *e)
{
	struct arena a = {0};
	struct making m = {.s = s, .j = j, .bar = bar, .a = &a, .genfd = -1, .skelfd = -1, .statefd = -1};
	int r = 0;
	size_t i;

	if (store_check_name(j->name, "create", e) < 0)
		return -1;
	store_path(m.tmp, "%s.tmp", j->name);
	store_path(m.skel, "skel/%s.tmp", j->name);
	for (i = 0; r == 0 && i < sizeof(steps) / sizeof(*steps); i++)
		r = steps[i](&m, e);
	fd_close(&m.statefd);
	fd_close(&m.skelfd);
	fd_close(&m.genfd);
	if (r < 0 && !store_jail_exists(s, j->name) && i > 1)
		undo(&m);
	arena_done(&a);
	return r;
}
