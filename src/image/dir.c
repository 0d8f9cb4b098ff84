/*
 * A base from a directory of this machine: a copy, never a link, of its tree on its one file system.
 *
 * tree_copy makes a new directory, and the caller's is there already: the copy is made in it under a name that the
 * source does not use, then its entries move up.
 */
#include "image/scheme.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "base/tree.h"

/* Copying a tree into itself would not end: srcfd must not be dirfd or above it. */
static int
check_not_above(int srcfd, int dirfd, const char *path, struct err *e)
{
	struct stat src, st, up;
	fd_auto fd = path_open_given(dirfd, ".", O_DIRECTORY);

	if (fd < 0 || fstat(srcfd, &src) < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "copy", path);
	for (;;) {
		if (st.st_dev == src.st_dev && st.st_ino == src.st_ino)
			return err_set(e, ERR_CONFIG, "copy", path, "the new base would lie in it");
		int upfd = path_open_given(fd, "..", O_DIRECTORY);
		if (upfd < 0 || fstat(upfd, &up) < 0) {
			fd_close(&upfd);
			return err_sys(e, "copy", path);
		}
		fd_close(&fd);
		fd = upfd;
		if (up.st_dev == st.st_dev && up.st_ino == st.st_ino)
			return 0;
		st = up;
	}
}

static void
free_name(int srcfd, char *ret, size_t size)
{
	struct stat st;
	unsigned n = 0;

	do
		snprintf(ret, size, ".copy-%u", n++);
	while (fstatat(srcfd, ret, &st, AT_SYMLINK_NOFOLLOW) == 0);
}

static int
move_up(int fromfd, int dirfd, struct err *e)
{
	fd_auto fd = openat(fromfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *de;
	int r = 0;

	if (dir == NULL)
		return err_sys(e, "copy", ".");
	fd_take(&fd);
	while (r == 0 && (de = readdir(dir)) != NULL)
		if (strcmp(de->d_name, ".") != 0 && strcmp(de->d_name, "..") != 0 &&
			renameat(fromfd, de->d_name, dirfd, de->d_name) < 0)
			r = err_sys(e, "rename", de->d_name);
	closedir(dir);
	return r;
}

int
dir_fetch(const struct base_decl *d, const char *arg, int dirfd, struct progress *bar, struct err *e)
{
	char name[32];
	struct tree_copy_options o = {.bar = bar};
	fd_auto src = open(arg, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (src < 0)
		return err_sys(e, "open", arg);
	if (check_not_above(src, dirfd, arg, e) < 0)
		return -1;
	free_name(src, name, sizeof(name));
	progress_phase(bar, "copying", 0);
	if (tree_copy(src, dirfd, name, &o, e) < 0)
		return -1;
	fd_auto copy = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (copy < 0)
		return err_sys(e, "open", name);
	if (move_up(copy, dirfd, e) < 0)
		return -1;
	return unlinkat(dirfd, name, AT_REMOVEDIR) < 0 ? err_sys(e, "rmdir", name) : 0;
}
