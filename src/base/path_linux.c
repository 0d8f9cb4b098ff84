/*
 * Owns openat2(2), called through syscall(2): the C library has no wrapper; and the names of descriptors in proc(5).
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"

/*
 * EAGAIN: a rename or a mount somewhere on the system raced with "..", openat2(2); it says nothing of the path.  A
 * rename costs a few tries; a mount namespace that ends, such as a view's, changes mounts for some milliseconds.
 */
enum { RACE_TRIES = 1024, RACE_TRIES_AT_ONCE = 64, RACE_NAP_NS = 100000 };
static const uint64_t resolve_beneath = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
static const uint64_t resolve_in_root = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;

static int
flags_of(int flags)
{
	return (flags & PATH_ONLY) == 0 ? flags : (flags & ~PATH_ONLY) | O_PATH;
}

static int
open_resolved(int dirfd, const char *rel, int flags, mode_t mode, uint64_t resolve, struct err *e)
{
	bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
	struct open_how how = {
		.flags = (unsigned)(flags_of(flags) | O_CLOEXEC), .mode = makes ? mode & 07777 : 0, .resolve = resolve};
	const char *path = *rel == '\0' ? "." : rel;
	const struct timespec nap = {.tv_nsec = RACE_NAP_NS};
	long fd = -1;
	for (int i = 0; i < RACE_TRIES && fd < 0; i++) {
		fd = syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
		if (fd < 0 && errno != EAGAIN && errno != EINTR)
			break;
		if (fd < 0 && i >= RACE_TRIES_AT_ONCE)
			nanosleep(&nap, NULL);
	}
	return fd < 0 ? err_sys(e, "open", path) : (int)fd;
}

int
path_open_beneath(int dirfd, const char *rel, int flags, mode_t mode, struct err *e)
{
	return open_resolved(dirfd, rel, flags, mode, resolve_beneath, e);
}

int
path_open_in_root(int dirfd, const char *rel, int flags, mode_t mode, struct err *e)
{
	return open_resolved(dirfd, rel, flags, mode, resolve_in_root, e);
}

/* "/proc/self/fd/N" without allocation and without stdio. */
static void
proc_path_of(int fd, char ret[32])
{
	snprintf(ret, 32, "/proc/self/fd/%d", fd);
}

int
path_reopen_regular(int seen, int flags, const char *subject, struct err *e)
{
	struct stat st;
	char proc[32];
	if (fstat(seen, &st) < 0)
		return err_sys(e, "fstat", subject);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_FAILED, "read", subject, "not a regular file");
	proc_path_of(seen, proc);
	int fd = open(proc, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return err_set(e, ERR_UNAVAILABLE, "open", subject, "/proc is not mounted");
	return fd < 0 ? err_sys(e, "open", subject) : fd;
}

int
path_of_fd(int fd, struct arena *a, const char **ret_path, struct err *e)
{
	struct stat st;
	char proc[32];
	char *path = arena_alloc(a, PATH_MAX + 1);
	proc_path_of(fd, proc);
	ssize_t len = readlink(proc, path, PATH_MAX);
	if (len < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "readlink", proc);
	path[len] = '\0';
	if (path[0] != '/' || st.st_nlink == 0)
		return err_set(e, ERR_FAILED, "find the path of", path, "it has none any more");
	*ret_path = path;
	return 0;
}

int
path_open_given(int dirfd, const char *path, int flags)
{
	return openat(dirfd, path, flags_of(flags | PATH_ONLY) | O_CLOEXEC);
}
