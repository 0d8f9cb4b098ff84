/*
 * Owns the way into directories of /run: FreeBSD, which has no openat2(2) before 13.0.  A name without a slash, with
 * O_NOFOLLOW, leads nowhere but to that entry; another file system is told by its number.  User flags that the jail's
 * processes have set on what they left (chflags(2)) would keep it: they go first; those of the system a jail cannot
 * set.
 */
#include <sys/types.h>

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "init/run_system.h"

enum { DIRECTORY = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

static int
same_file_system(int dirfd, int fd)
{
	struct stat here, there;

	if (fd < 0)
		return -1;
	if (fstat(dirfd, &here) == 0 && fstat(fd, &there) == 0) {
		if (here.st_dev == there.st_dev)
			return fd;
		errno = EXDEV;
	}
	int saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* A directory with such a flag lets nothing in it go. */
static int
without_flags(int fd)
{
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_flags & UF_SETTABLE)
		(void)fchflags(fd, st.st_flags & ~(unsigned long)UF_SETTABLE);
	return fd;
}

/* open(2) says EMLINK of a link that O_NOFOLLOW keeps it from; every other system ELOOP. */
int
run_dir_open(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, DIRECTORY);

	if (fd < 0 && errno == EMLINK)
		errno = ELOOP;
	return without_flags(same_file_system(dirfd, fd));
}

int
run_dir_open_parent(int dirfd)
{
	return same_file_system(dirfd, openat(dirfd, "..", DIRECTORY));
}

/* The last component alone is kept from being a link: what leads to it is warder's own, and read-only. */
int
run_dir_open_path(const char *path)
{
	return without_flags(open(path, DIRECTORY));
}

long
run_dir_read(int dirfd, char *buf, size_t size)
{
	return getdirentries(dirfd, buf, size, NULL);
}

const char *
run_dir_next(const char **at, const char *end)
{
	while (*at < end) {
		const struct dirent *d = (const struct dirent *)(const void *)*at;

		*at += d->d_reclen;
		if (d->d_fileno != 0)
			return d->d_name;
	}
	return NULL;
}

static int
remove_entry(int dirfd, const char *name)
{
	if (unlinkat(dirfd, name, 0) == 0)
		return 0;
	return errno == EPERM || errno == EISDIR ? unlinkat(dirfd, name, AT_REMOVEDIR) : -1;
}

/* A file that may not be unlinked (EPERM) is no directory, as rmdir(2) says then. */
int
run_unlink(int dirfd, const char *name)
{
	struct stat st;

	if (remove_entry(dirfd, name) == 0)
		return 0;
	if ((errno != ENOTDIR && errno != EPERM) || fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (chflagsat(dirfd, name, st.st_flags & ~(unsigned long)UF_SETTABLE, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	return remove_entry(dirfd, name);
}
