/*
 * Owns what is told of mounts.  Where the list comes from is in files chosen by name.
 */
#include "probe/mounts.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "probe/attempt.h"
#include "probe/out.h"

/* No path leads to a mount that another one lies over. */
static bool
is_covered(const struct mount_row *m)
{
	int fd = attempt_look(m->target);
	bool covered = fd < 0 || mount_id_of(fd) != m->id;

	if (fd < 0 && errno != ENOENT && errno != ENOTDIR && errno != EACCES)
		out_give_up(m->target, errno);
	if (fd >= 0)
		close(fd);
	return covered;
}

static void
report(const struct mount_row *m)
{
	char text[160];

	snprintf(text, sizeof(text), "%s%s%s%s%s %s", m->read_only ? "ro," : "", m->nosuid ? "nosuid," : "",
		m->nodev ? "nodev," : "", m->noexec ? "noexec," : "", "-", m->type);
	out_record(m->covered ? PROBE_COVERED : PROBE_MOUNT, m->target, text);
}

void
mounts_read(struct mounts *m)
{
	mounts_list(m);
	for (size_t i = 0; i < m->n; i++) {
		m->v[i].covered = is_covered(&m->v[i]);
		report(&m->v[i]);
	}
	if (m->n == 0)
		out_give_up("mounts", ENOENT);
}

const struct mount_row *
mounts_find(const struct mounts *m, uint64_t id)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].id == id)
			return &m->v[i];
	return NULL;
}
