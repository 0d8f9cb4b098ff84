/*
 * Where a plain tree comes from: one row for each scheme of a base's `from`.
 */
#include "image/image.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "image/scheme.h"
#include "image/walk.h"

struct scheme {
	const char *name;
	bool takes_arg; /* "name:arg", else "name" alone */
	int (*fetch)(const struct base_decl *d, const char *arg, int dirfd, struct progress *bar, struct err *e);
};
static const struct scheme schemes[] = {
	{"debian", true, debian_fetch},
	{"tar", true, tar_fetch},
	{"dir", true, dir_fetch},
	{"busybox", false, busybox_fetch},
};

static const char *
scheme_arg(const struct scheme *s, const char *from)
{
	size_t n = strlen(s->name);

	if (strncmp(from, s->name, n) != 0)
		return NULL;
	if (!s->takes_arg)
		return from[n] == '\0' ? from + n : NULL;
	return from[n] == ':' && from[n + 1] != '\0' ? from + n + 1 : NULL;
}

/* Whatever made the tree, its top is root's and can be entered by the services in it. */
static int
own_top(int dirfd, struct err *e)
{
	fd_auto fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fchown(fd, 0, 0) < 0 || fchmod(fd, 0755) < 0)
		return err_sys(e, "fetch", "the top of the tree");
	return 0;
}

int
image_fetch(const struct base_decl *d, int dirfd, struct progress *bar, struct err *e)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		const char *arg = scheme_arg(&schemes[i], d->from);

		if (arg == NULL)
			continue;
		if (schemes[i].fetch(d, arg, dirfd, bar, e) < 0)
			return err_at(e, &d->at[KEY_BASE_FROM]);
		return own_top(dirfd, e);
	}
	err_set(e, ERR_CONFIG, "fetch", d->from, "not a place that bases come from");
	err_hint(e, "debian:SUITE, tar:FILE, dir:PATH or busybox");
	return err_at(e, &d->at[KEY_BASE_FROM]);
}

static int
note_program(void *arg, int dirfd, const char *name, const struct stat *st, struct err *e)
{
	bool *found = arg;

	*found |= S_ISREG(st->st_mode) && (st->st_mode & 0111) != 0;
	return 0;
}

int
image_require_program(const struct base_decl *d, int dirfd, struct err *e)
{
	bool found = false;
	struct walk w = {.entry = note_program, .arg = &found};

	if (walk_tree(dirfd, &w, e) < 0)
		return -1;
	if (found)
		return 0;
	err_set(e, ERR_FAILED, "fetch", d->from, "there is no program in it: it is no system");
	return err_at(e, &d->at[KEY_BASE_FROM]);
}
