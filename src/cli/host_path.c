/*
 * Paths of the host as the administrator writes them: links on the way are followed, as cp(1) does; what is copied, and
 * what the copy replaces, is not.
 */
#include "cli/host_path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"

const char *
host_name_of(const char *path, struct arena *a)
{
	size_t len = strlen(path);
	while (len > 0 && path[len - 1] == '/')
		len--;
	size_t start = len;
	while (start > 0 && path[start - 1] != '/')
		start--;
	return arena_strndup(a, path + start, len - start);
}

/* "." for a bare name. */
static const char *
parent_of(const char *path, const char *name, struct arena *a)
{
	size_t len = strlen(path);
	while (len > 0 && path[len - 1] == '/')
		len--;
	len -= strlen(name);
	return len == 0 ? "." : arena_strndup(a, path, len);
}

int
host_name_check(const char *path, const char *name, struct err *e)
{
	if (*name != '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
		return 0;
	err_set(e, ERR_USAGE, "cp", *path != '\0' ? path : "''", "it does not end with a name");
	return err_hint(e, "name the directory itself");
}

int
host_source_open(const char *path, struct arena *a, const char **ret_name, struct err *e)
{
	const char *name = host_name_of(path, a);
	if (host_name_check(path, name, e) == -1)
		return -1;
	bool through = path[strlen(path) - 1] == '/';
	int fd = path_open_given(AT_FDCWD, path, through ? O_DIRECTORY : O_NOFOLLOW);
	if (fd == -1)
		return err_sys(e, "cp", path);
	*ret_name = name;
	return fd;
}

int
host_target_open(const char *path, const char *name, struct arena *a, struct host_target *ret, struct err *e)
{
	const char *last = host_name_of(path, a);
	int dir = path_open_given(AT_FDCWD, path, O_DIRECTORY);
	if (dir != -1) {
		const char *slash = path[strlen(path) - 1] == '/' ? "" : "/";
		*ret = (struct host_target){dir, name, arena_printf(a, "%s%s%s", path, slash, name)};
		return 0;
	}
	if (*path == '\0' || path[strlen(path) - 1] == '/' || (errno != ENOENT && errno != ENOTDIR))
		return err_sys(e, "cp", path);
	if (host_name_check(path, last, e) == -1)
		return -1;
	dir = path_open_given(AT_FDCWD, parent_of(path, last, a), O_DIRECTORY);
	if (dir == -1)
		return err_sys(e, "cp", path);
	*ret = (struct host_target){dir, last, path};
	return 0;
}

static int
fill(const struct host_target *t, const char *stage, int source, const char *name, const struct tree_copy_options *o,
	struct err *e)
{
	fd_auto fd = path_open_beneath(t->dir, stage, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, e);
	if (fd == -1 || tree_copy(source, fd, name, o, e) == -1)
		return -1;
	return tree_move(fd, name, t->dir, t->as, e);
}

int
host_target_fill(
	const struct host_target *t, int source, const char *name, const struct tree_copy_options *o, struct err *e)
{
	char stage[FILE_TEMP_NAME];
	struct err second;
	if (file_temp_name(stage, e) == -1)
		return -1;
	if (mkdirat(t->dir, stage, 0700) == -1)
		return err_sys(e, "cp", t->path);
	int r = fill(t, stage, source, name, o, e);
	if (tree_remove(t->dir, stage, &second) == -1 && r == 0) {
		*e = second;
		return -1;
	}
	return r;
}
