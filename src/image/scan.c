/*
 * A look over a finished root: where programs lie, where libraries lie, and which loaders its programs name.
 */
#include "image/split.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "image/elf.h"

static const char *const not_executable[] = {"s", "t", "dev", "proc", "sys"};
static const char *const program_dirs[] = {"bin", "sbin", "usr/bin", "usr/sbin", "libexec", "usr/libexec"};

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a directory, sorted; fd is consumed. */
static int
list_names(int fd, struct arena *a, struct strv *ret, struct err *e)
{
	DIR *dir = fdopendir(fd);
	struct dirent *de;

	if (dir == NULL) {
		err_sys(e, "read", "directory");
		fd_close(&fd);
		return -1;
	}
	while ((errno = 0, de = readdir(dir)) != NULL)
		if (strcmp(de->d_name, ".") != 0 && strcmp(de->d_name, "..") != 0)
			strv_add(a, ret, arena_strdup(a, de->d_name));
	int r = errno != 0 ? err_sys(e, "read", "directory") : 0;
	closedir(dir);
	if (ret->n > 1)
		qsort(ret->v, ret->n, sizeof(*ret->v), by_bytes);
	return r;
}

/* Opens a directory of the root; through no link if real.  -1 with *ret_absent where there is none. */
static int
open_listed(int rootfd, const char *rel, bool real, bool *ret_absent, struct err *e)
{
	struct err mine = {0};
	int fd = (real ? path_open_beneath : path_open_in_root)(rootfd, rel, O_RDONLY | O_DIRECTORY, 0, &mine);

	*ret_absent = fd < 0 && (mine.err_no == ENOENT || mine.err_no == ENOTDIR || mine.err_no == ELOOP);
	if (fd < 0 && !*ret_absent)
		*e = mine;
	return fd;
}

static bool
is_real_dir(int dirfd, const char *name)
{
	struct stat st;

	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static bool
is_listed(const char *const *v, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i], s) == 0)
			return true;
	return false;
}

static int
scan_exec_dirs(int rootfd, struct arena *a, struct strv *ret, struct err *e)
{
	struct strv names = {0};
	int fd = path_open_beneath(rootfd, ".", O_RDONLY | O_DIRECTORY, 0, e);

	if (fd < 0 || list_names(fd, a, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++)
		if (is_real_dir(rootfd, names.v[i]) &&
			!is_listed(not_executable, sizeof(not_executable) / sizeof(not_executable[0]), names.v[i]))
			strv_add(a, ret, arena_printf(a, "/%s", names.v[i]));
	strv_add(a, ret, "/s");
	return 0;
}

/* One glob of a flavour, wild in its last part only. */
static int
scan_library_glob(int rootfd, const char *glob, struct arena *a, struct strv *ret, struct err *e)
{
	const char *slash = strrchr(glob, '/');
	const char *dir = slash == NULL ? "." : arena_strndup(a, glob, (size_t)(slash - glob));
	const char *pattern = slash == NULL ? glob : slash + 1;
	struct strv names = {0};
	bool absent;
	fd_auto fd = open_listed(rootfd, dir, true, &absent, e);

	if (fd < 0)
		return absent ? 0 : -1;
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (copy < 0)
		return err_sys(e, "dup", dir);
	if (list_names(copy, a, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++)
		if (fnmatch(pattern, names.v[i], 0) == 0 && is_real_dir(fd, names.v[i]))
			strv_add(a, ret,
				slash == NULL ? arena_printf(a, "/%s", names.v[i])
					      : arena_printf(a, "/%s/%s", dir, names.v[i]));
	return 0;
}

static int
scan_library_dirs(int rootfd, const struct flavour *f, struct arena *a, struct strv *ret, struct err *e)
{
	for (const char *const *glob = f->library_dirs; *glob != NULL; glob++)
		if (scan_library_glob(rootfd, *glob, a, ret, e) < 0)
			return -1;
	return 0;
}

/* The loader's real path in the root: "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"; one that the tree does not have
 * is left out (the program that names it could not run anyway). */
static int
add_loader(int rootfd, const char *loader, struct arena *a, struct strv *ret, struct err *e)
{
	struct err absent = {0};
	const char *top, *real;
	struct stat st;
	fd_auto fd = path_open_in_root(rootfd, loader, PATH_ONLY, 0, &absent);

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	if (path_of_fd(rootfd, a, &top, e) < 0 || path_of_fd(fd, a, &real, e) < 0)
		return -1;
	if (!path_contains(top, real))
		return err_set(e, ERR_FAILED, "scan", loader, "it lies outside of the tree");
	real += strlen(top);
	if (!strv_has(ret, real))
		strv_add(a, ret, real);
	return 0;
}

static int
scan_program(int rootfd, const char *rel, struct arena *a, struct strv *seen, struct strv *ret, struct err *e)
{
	struct err unreadable = {0};
	const char *loader;
	struct stat st;
	fd_auto fd = path_open_regular_in_root(rootfd, rel, &unreadable);

	if (fd < 0 || fstat(fd, &st) < 0 || (st.st_mode & 0111) == 0)
		return 0;
	if (elf_look(fd, a, &loader) != ELF_DYNAMIC || strv_has(seen, loader))
		return 0;
	strv_add(a, seen, loader);
	return add_loader(rootfd, loader, a, ret, e);
}

static int
scan_programs_of(int rootfd, const char *dir, struct arena *a, struct strv *seen, struct strv *ret, struct err *e)
{
	struct strv names = {0};
	bool absent;
	int fd = open_listed(rootfd, dir, true, &absent, e);

	if (fd < 0)
		return absent ? 0 : -1;
	if (list_names(fd, a, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++)
		if (scan_program(rootfd, arena_printf(a, "%s/%s", dir, names.v[i]), a, seen, ret, e) < 0)
			return -1;
	return 0;
}

static int
scan_loaders(int rootfd, struct arena *a, struct strv *ret, struct err *e)
{
	struct strv seen = {0};

	for (size_t i = 0; i < sizeof(program_dirs) / sizeof(program_dirs[0]); i++)
		if (scan_programs_of(rootfd, program_dirs[i], a, &seen, ret, e) < 0)
			return -1;
	return 0;
}

int
scan_root(int rootfd, const struct flavour *f, struct arena *a, struct base_meta *ret, struct err *e)
{
	if (scan_exec_dirs(rootfd, a, &ret->exec_dirs, e) < 0 ||
		scan_library_dirs(rootfd, f, a, &ret->library_dirs, e) < 0)
		return -1;
	return scan_loaders(rootfd, a, &ret->loaders, e);
}
