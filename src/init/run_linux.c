/*
 * Owns the way into directories of /run: Linux, openat2(2) and getdents64(2).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init/run_system.h"

enum { RESOLVE_STRICT = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };

struct entry {
	uint64_t ino;
	int64_t off;
	uint16_t reclen;
	uint8_t type;
	char name[];
};

static int
dir_open(int dirfd, const char *name, uint64_t resolve)
{
	struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, .resolve = resolve};

	return (int)syscall(SYS_openat2, dirfd, name, &how, sizeof(how));
}

int
run_dir_open(int dirfd, const char *name)
{
	return dir_open(dirfd, name, RESOLVE_STRICT | RESOLVE_BENEATH | RESOLVE_NO_XDEV);
}

int
run_dir_open_parent(int dirfd)
{
	return dir_open(dirfd, "..", RESOLVE_STRICT | RESOLVE_NO_XDEV);
}

int
run_dir_open_path(const char *path)
{
	return dir_open(AT_FDCWD, path, RESOLVE_STRICT);
}

long
run_dir_read(int dirfd, char *buf, size_t size)
{
	return syscall(SYS_getdents64, dirfd, buf, size);
}

const char *
run_dir_next(const char **at, const char *end)
{
	const struct entry *e = (const struct entry *)(const void *)*at;

	if (*at >= end)
		return NULL;
	*at += e->reclen;
	return e->name;
}

int
run_unlink(int dirfd, const char *name)
{
	if (unlinkat(dirfd, name, 0) == 0)
		return 0;
	return errno == EISDIR ? unlinkat(dirfd, name, AT_REMOVEDIR) : -1;
}
