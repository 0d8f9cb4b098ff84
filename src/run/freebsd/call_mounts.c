/*
 * Owns getfsstat(2), and unmount(2) by the number of a file system: what a jail wrote is on no path here.
 */
#include <sys/param.h>

#include <sys/mount.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/freebsd/call.h"

static struct fbsd_seen
seen_of(const struct statfs *f, struct arena *a)
{
	return (struct fbsd_seen){
		.fstype = arena_strdup(a, f->f_fstypename),
		.on = arena_strdup(a, f->f_mntonname),
		.from = arena_strdup(a, f->f_mntfromname),
		.ro = (f->f_flags & MNT_RDONLY) != 0,
		.nosuid = (f->f_flags & MNT_NOSUID) != 0,
		.noexec = (f->f_flags & MNT_NOEXEC) != 0,
		.nosymfollow = (f->f_flags & MNT_NOSYMFOLLOW) != 0,
		.fsid = {f->f_fsid.val[0], f->f_fsid.val[1]},
	};
}

/* All of the host's; a full buffer may lack some, so it is asked for again. */
static int
all_mounts(struct statfs **ret, struct err *e)
{
	enum { ROOM = 64 };
	int n = getfsstat(NULL, 0, MNT_NOWAIT), room = 0;
	struct statfs *all = NULL;

	while (n >= room && n >= 0) {
		room = n + ROOM;
		all = reallocf(all, (size_t)room * sizeof(*all));
		if (all == NULL)
			return err_sys(e, "getfsstat", NULL);
		n = getfsstat(all, (long)((size_t)room * sizeof(*all)), MNT_NOWAIT);
	}
	if (n < 0) {
		err_sys(e, "getfsstat", NULL);
		free(all);
		return -1;
	}
	*ret = all;
	return n;
}

int
fbsd_mounts_list(const char *view, struct arena *a, struct fbsd_seen **ret, size_t *ret_n, struct err *e)
{
	struct statfs *all;
	struct fbsd_seen *seen = NULL;
	size_t n = 0;
	int total = all_mounts(&all, e);

	if (total < 0)
		return -1;
	for (int i = 0; i < total; i++)
		if (fbsd_is_beneath(view, all[i].f_mntonname)) {
			seen = arena_grow(a, seen, n, sizeof(*seen));
			seen[n++] = seen_of(&all[i], a);
		}
	free(all);
	*ret = seen;
	*ret_n = n;
	return 0;
}

static int
unmount_one(const struct fbsd_seen *m, bool force, struct err *e)
{
	char id[48];

	snprintf(id, sizeof(id), "FSID:%d:%d", m->fsid[0], m->fsid[1]);
	return unmount(id, MNT_BYFSID | (force ? MNT_FORCE : 0)) < 0 ? err_sys(e, "unmount", m->on) : 0;
}

int
fbsd_mounts_clear(const char *view, bool force, struct err *e)
{
	struct arena a = {0};
	struct fbsd_seen *seen;
	size_t n;
	int result = fbsd_mounts_list(view, &a, &seen, &n, e);

	while (result == 0 && n > 0)
		result = unmount_one(&seen[--n], force, e);
	arena_done(&a);
	return result;
}

int
fbsd_devices_check(const char *dir, struct err *e)
{
	DIR *d = opendir(dir);
	int result = 0;

	if (d == NULL)
		return err_sys(e, "open", dir);
	for (const struct dirent *entry; result == 0 && (entry = readdir(d)) != NULL;)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
			!fbsd_device_is_allowed(entry->d_name)) {
			result = err_set(
				e, ERR_UNAVAILABLE, "devfs", entry->d_name, "warder's ruleset does not hide it");
			err_hint(e, "service devfs restart, with warder's rules in /etc/devfs.rules");
		}
	closedir(d);
	return result;
}
