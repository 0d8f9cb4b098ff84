/*
 * FreeBSD: the list of mounts from getfsstat(2), asked for before the process enters the jail: with enforce_statfs = 2
 * the kernel shows a jail its root alone.  A mount has the number that st_dev has of what lies in it: nullfs(5),
 * devfs(5) and tmpfs(5) put the first half of their f_fsid there, and a view is made of nothing else.  (UFS does not: a
 * mount of that kind counts as covered, and what the plan has in its place as missing.)
 *
 * A device node outside of devfs does nothing, so every other mount counts as nodev.
 */
#include <sys/param.h> /* before the others, as they want it */

#include <sys/mount.h>
#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "probe/child.h"
#include "probe/measure.h"
#include "probe/mounts.h"
#include "probe/out.h"

static struct mounts outside;

uint64_t
mount_id_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		out_give_up("fstat", errno);
	return (uint32_t)st.st_dev;
}

/* What of path lies in the view, as the jail calls it; NULL: it does not. */
static const char *
within(const char *view, const char *path)
{
	size_t n = strlen(view);

	if (strncmp(path, view, n) != 0 || (path[n] != '\0' && path[n] != '/'))
		return NULL;
	return path[n] == '\0' ? "/" : path + n;
}

static char *
copy(const char *s)
{
	char *c = strdup(s);

	if (c == NULL)
		out_give_up("memory", errno);
	return c;
}

static void
add(const char *view, const struct statfs *f)
{
	const char *target = within(view, f->f_mntonname);

	if (target == NULL)
		return;
	if (outside.n == MOUNTS_MAX)
		out_give_up("getfsstat", E2BIG);
	outside.v[outside.n++] = (struct mount_row){
		.id = (uint32_t)f->f_fsid.val[0],
		.target = copy(target),
		.type = copy(f->f_fstypename),
		.read_only = (f->f_flags & MNT_RDONLY) != 0,
		.nosuid = (f->f_flags & MNT_NOSUID) != 0,
		.nodev = strcmp(f->f_fstypename, "devfs") != 0,
		.noexec = (f->f_flags & MNT_NOEXEC) != 0,
	};
}

/* Others may be made between the two calls: there is room for them, and no room left means that some were left out. */
void
probe_outside(const char *view)
{
	enum { MORE = 64 };
	char real[PATH_MAX];
	int n = getfsstat(NULL, 0, MNT_NOWAIT), room = n + MORE;
	struct statfs *v;

	child_protect();
	if (n < 0 || realpath(view, real) == NULL)
		out_give_up(view, errno);
	v = calloc((size_t)room, sizeof(*v));
	if (v == NULL || (n = getfsstat(v, (long)((size_t)room * sizeof(*v)), MNT_NOWAIT)) < 0)
		out_give_up("getfsstat", errno);
	if (n >= room)
		out_give_up("getfsstat", E2BIG);
	for (int i = 0; i < n; i++)
		add(real, &v[i]);
	free(v);
}

void
mounts_list(struct mounts *m)
{
	*m = outside;
}
