/*
 * Owns nmount(2) and unmount(2).
 */
#include <sys/mount.h>
#include <sys/param.h>
#include <sys/uio.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/freebsd/call.h"
#include "run/freebsd/iov.h"

static const char *
text_of(const struct fbsd_args *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].name, name) == 0)
			return l->v[i].text;
	return NULL;
}

static bool
is_absent(const struct fbsd_step *s)
{
	const char *target = text_of(&s->args, "target");

	return s->optional && target != NULL && access(target, F_OK) < 0 && errno == ENOENT;
}

int
fbsd_mount_do(const struct fbsd_step *s, struct err *e)
{
	struct arena a = {0};
	char why[256] = ""; /* the kernel's own words, which it gives with EINVAL above all */
	struct iovec *iov;
	fd_auto point = -1;
	int result;

	if (is_absent(s))
		return 0;
	point = fbsd_open_beneath(s->root, s->path, e);
	if (point < 0)
		return -1;
	fd_close(&point);
	iov = fbsd_iov(&s->args, &a);
	iov[2 * s->args.n] = (struct iovec){arena_strdup(&a, "errmsg"), sizeof("errmsg")};
	iov[2 * s->args.n + 1] = (struct iovec){why, sizeof(why)};
	result = nmount(iov, (unsigned)(2 * (s->args.n + 1)), 0);
	if (result < 0 && why[0] != '\0')
		err_set(e, ERR_FAILED, "nmount", text_of(&s->args, "fspath"), "%s", why);
	else if (result < 0)
		err_sys(e, "nmount", text_of(&s->args, "fspath"));
	arena_done(&a);
	return result;
}

int
fbsd_mount_undo(const struct fbsd_step *s, struct err *e)
{
	const char *path = text_of(&s->args, "fspath");

	if (is_absent(s))
		return 0;
	if (unmount(path, 0) < 0)
		return err_sys(e, "unmount", path);
	return 0;
}
