/*
 * FreeBSD: there is no file without a name, so a directory is made where one can be, and taken away again; and no
 * descriptor that opens nothing, so a directory is opened for reading.
 */
#include "probe/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
attempt_look(const char *path)
{
	return open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
}

/* devfs(5) makes no directory for anybody, whoever asks and however it is mounted: EOPNOTSUPP. */
int
attempt_making(int dir)
{
	static const char made_name[] = ".warder-surface";

	if (mkdirat(dir, made_name, 0700) == 0) {
		unlinkat(dir, made_name, AT_REMOVEDIR);
		return 0;
	}
	if (errno == EEXIST)
		return 0;
	return errno == EOPNOTSUPP ? EPERM : errno;
}

/* A node's name in devfs(5): its number there is nobody's to know. */
static const char *
name_of(const struct mount_row *m, const char *path)
{
	size_t n = strlen(m->target);

	return strlen(path) > n ? path + n + 1 : "";
}

bool
node_is_tame(const struct mount_row *m, const char *path, const struct stat *st)
{
	static const char *const names[] = {"full", "null", "random", "urandom", "zero"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (S_ISCHR(st->st_mode) && !m->nodev && strcmp(name_of(m, path), names[i]) == 0)
			return true;
	return false;
}

/* Terminals; and fd/N, which opens the descriptor that the process has already. */
bool
node_is_passing(const struct mount_row *m, const char *path, const struct stat *st)
{
	const char *name = name_of(m, path);

	(void)st;
	return !m->nodev && (strncmp(name, "pts/", 4) == 0 || strncmp(name, "fd/", 3) == 0);
}

void
node_text(const struct stat *st, char *text, size_t size)
{
	(void)st;
	snprintf(text, size, "%s", "");
}

bool
link_mount(int dir, const char *name, uint64_t *ret_mount, mode_t *ret_mode)
{
	struct stat st;

	if (fstatat(dir, name, &st, 0) < 0)
		return false;
	*ret_mount = (uint32_t)st.st_dev;
	*ret_mode = st.st_mode;
	return true;
}

bool
link_target(int dir, const char *name, const char *path, char *to, size_t size)
{
	char real[PATH_MAX];

	(void)dir;
	(void)name;
	return realpath(path, real) != NULL && snprintf(to, size, "%s", real) < (int)size;
}
