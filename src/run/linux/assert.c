/*
 * Refusing to start, or to go on after a live renewal, on mounts that are not the plan's: the reading half.
 *
 * By mountinfo, although the kernel has statmount(2) since 6.8: mountinfo says all that is compared (id-mapping,
 * propagation and the options of proc among it), and it is the same code on every kernel.  Of twelve mounts it was four
 * calls and 15 us, where listmount(2) and statmount(2) were thirteen and 22 us.  That reading mountinfo is slow is true
 * of a host with thousands of mounts, and this is not the host's.
 */
#include "run/linux/assert.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"

/* More than a view can have; no page of it is touched that is not needed. */
enum { TEXT_MAX = 1 << 20 };

static int
read_mountinfo(int proc, char text[TEXT_MAX], struct err *e)
{
	fd_auto fd = openat(proc, "self/mountinfo", O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 0;

	if (fd < 0)
		return err_sys(e, "open", "mountinfo");
	while (len < TEXT_MAX - 1 && (n = read(fd, text + len, TEXT_MAX - 1 - len)) > 0)
		len += (size_t)n;
	if (n < 0)
		return err_sys(e, "read", "mountinfo");
	if (len == TEXT_MAX - 1)
		return err_set(e, ERR_FAILED, "assert", "mounts", "there are more than a view can have");
	text[len] = '\0';
	return 0;
}

/* Where a target that may lead through links of the view has come to lie: so the kernel says of what it is. */
static int
find_place(int root, int proc, const char *target, struct arena *a, const char **ret, struct err *e)
{
	fd_auto at = path_open_in_root(root, target, O_PATH, 0, e);
	char link[48], place[4096];
	ssize_t n;

	if (at < 0)
		return -1;
	snprintf(link, sizeof(link), "self/fd/%d", at);
	n = readlinkat(proc, link, place, sizeof(place));
	if (n < 0 || (size_t)n == sizeof(place))
		return err_sys(e, "readlink", target);
	*ret = arena_strndup(a, place, (size_t)n);
	return 0;
}

/* Only exec.allow makes such mounts. */
static int
find_places(const struct plan *p, int proc, struct arena *a, const char **places, struct err *e)
{
	fd_auto root = -1;

	for (size_t i = 0; i < p->nops; i++) {
		const struct op *o = &p->ops[i];

		if (o->kind != OP_MOUNT || o->u.mount.type != MOUNT_BIND || o->u.mount.tree != TREE_VIEW)
			continue;
		if (root < 0 && (root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
			return err_sys(e, "open", "/");
		if (find_place(root, proc, o->u.mount.target, a, &places[i], e) < 0)
			return -1;
	}
	return 0;
}

static int
read_mounts(int proc, struct arena *a, struct seen_mounts *ret, struct err *e)
{
	static char text[TEXT_MAX];

	if (read_mountinfo(proc, text, e) < 0)
		return -1;
	return mounts_parse(arena_strdup(a, text), a, &ret->v, &ret->n, e);
}

int
assert_mounts(const struct plan *p, int proc, bool drafts, struct err *e)
{
	struct arena a = {0};
	const char **places = arena_array(&a, p->nops + 1, sizeof(*places));
	struct seen_mounts seen;
	int r = -1;

	if (read_mounts(proc, &a, &seen, e) == 0 && find_places(p, proc, &a, places, e) == 0)
		r = mounts_compare(p, places, seen.v, seen.n, drafts, e);
	arena_done(&a);
	return r;
}

int
assert_before(int proc, struct arena *a, struct seen_mounts *ret, struct err *e)
{
	return read_mounts(proc, a, ret, e) < 0 ? -1 : mounts_check_rules(ret, e);
}

int
assert_renewed(const struct plan *p, int proc, const struct seen_mounts *before, bool again, struct err *e)
{
	struct arena a = {0};
	const char **places = arena_array(&a, p->nops + 1, sizeof(*places));
	struct seen_mounts after;
	int r = -1;

	if (read_mounts(proc, &a, &after, e) == 0 && find_places(p, proc, &a, places, e) == 0)
		r = mounts_compare_renewed(p, places, before, &after, again, e);
	arena_done(&a);
	return r;
}

int
assert_detached(int mfd, const struct op *o, struct err *e)
{
	static const struct {
		unsigned flag;
		unsigned long shown;
	} rows[] = {
		{MNT_RO, ST_RDONLY},
		{MNT_NOSUID, ST_NOSUID},
		{MNT_NODEV, ST_NODEV},
		{MNT_NOEXEC, ST_NOEXEC},
	};
	struct statvfs st;

	if (fstatvfs(mfd, &st) < 0)
		return err_sys(e, "statvfs", o->u.mount.target);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (((o->u.mount.flags & rows[i].flag) != 0) != ((st.f_flag & rows[i].shown) != 0)) {
			str_auto should = {0};

			mount_flags_print(rows[i].flag, &should);
			return err_set(e, ERR_FAILED, "assert", o->u.mount.target, "a mount is not as planned: %s %s",
				str_text(&should), o->u.mount.flags & rows[i].flag ? "is missing" : "is too many");
		}
	return 0;
}
