/*
 * Owns the look-up of users in the files of a skeleton, which a process rooted there would find at /etc.
 */
#include "run/linux/user.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"

enum { PASSWD_MAX = 4 << 20, TERM_MAX = 32 };

static int
read_skel_file(int skel, const char *name, struct arena *a, char **ret, struct err *e)
{
	fd_auto fd = path_open_in_root(skel, name, O_RDONLY | O_NONBLOCK, 0, e);

	if (fd < 0)
		return -1;
	return file_read_fd(fd, PASSWD_MAX, a, name, ret, NULL, e);
}

int
user_find(
	const struct store *s, const struct plan *p, const char *spec, struct arena *a, struct user *ret, struct err *e)
{
	struct store_trees t;
	char *passwd, *group;
	int r;

	if (store_trees_open(s, &p->facts->trees, &t, e) < 0)
		return -1;
	r = read_skel_file(t.skel, "etc/passwd", a, &passwd, e);
	if (r == 0)
		r = read_skel_file(t.skel, "etc/group", a, &group, e);
	if (r == 0)
		r = passwd_lookup(passwd, group, spec != NULL ? spec : "0", ID_COUNT, a, ret, e);
	store_trees_close(&t);
	return r;
}

const char *
user_terminal(bool tty)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-+._";
	const char *t = tty ? getenv("TERM") : NULL;

	if (t == NULL || *t == '\0' || strlen(t) > TERM_MAX)
		return NULL;
	return t[strspn(t, plain)] == '\0' ? t : NULL;
}
