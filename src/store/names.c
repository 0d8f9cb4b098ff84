/*
 * Names inside the store: what is where, and small steps on it that may have been done before.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/rename.h"
#include "base/str.h"
#include "store/internal.h"

const char *
store_path(char buf[STORE_PATH], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(buf, STORE_PATH, fmt, ap);
	va_end(ap);
	/* An empty path makes every call fail with ENOENT. */
	if (n < 0 || n >= STORE_PATH)
		buf[0] = '\0';
	return buf;
}

int
store_check_name(const char *name, const char *op, struct err *e)
{
	return name_is_valid(name) ? 0 : err_set(e, ERR_USAGE, op, name, "not a valid name");
}

int
store_dir_open(int dirfd, const char *rel, struct err *e)
{
	int fd = openat(dirfd, rel, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? err_sys(e, "open", rel) : fd;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
store_names(int dirfd, const char *rel, struct arena *a, struct strv *ret, struct err *e)
{
	struct strv names = {0};
	struct dirent *de;
	int fd = openat(dirfd, rel, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT) {
		*ret = names;
		return 0;
	}
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		err_sys(e, "open", rel);
		fd_close(&fd);
		return -1;
	}
	while ((errno = 0, de = readdir(dir)))
		if (strcmp(de->d_name, ".") != 0 && strcmp(de->d_name, "..") != 0)
			strv_add(a, &names, arena_strdup(a, de->d_name));
	int failed = errno ? err_sys(e, "readdir", rel) : 0;
	closedir(dir);
	if (failed)
		return -1;
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), by_bytes);
	*ret = names;
	return 0;
}

int
store_rename_new(int dirfd, const char *from, const char *to, struct err *e)
{
	return rename_new(dirfd, from, dirfd, to) < 0 ? err_sys(e, "rename", to) : 0;
}

int
store_unlink(int dirfd, const char *rel, int flags, struct err *e)
{
	return unlinkat(dirfd, rel, flags) < 0 && errno != ENOENT ? err_sys(e, "unlink", rel) : 0;
}

int
store_mkdir(int dirfd, const char *rel, mode_t mode, struct err *e)
{
	if (mkdirat(dirfd, rel, mode) < 0)
		return errno == EEXIST ? 0 : err_sys(e, "mkdir", rel);
	return fchmodat(dirfd, rel, mode, 0) < 0 ? err_sys(e, "chmod", rel) : 0;
}

int
store_sweep_dir(int dirfd, const char *rel, struct err *e)
{
	struct arena a = {0};
	struct strv names;
	fd_auto dir = store_dir_open(dirfd, rel, e);
	int r = dir < 0 ? -1 : store_names(dir, ".", &a, &names, e);

	for (size_t i = 0; r == 0 && i < names.n; i++)
		if (str_has_prefix(names.v[i], ".warder-"))
			r = store_unlink(dir, names.v[i], 0, e);
	arena_done(&a);
	return r;
}

int
store_sweep(const struct store *s, struct err *e)
{
	return store_sweep_dir(s->dotfd, ".", e) < 0 || store_sweep_dir(s->rootfd, "s", e) < 0
		       ? -1
		       : store_sweep_dir(s->rootfd, "j", e);
}

unsigned
generation_parse(const char *text)
{
	uint64_t n;

	return text[0] == '0' || str_to_u64(text, UINT32_MAX, &n) < 0 ? 0 : (unsigned)n;
}
