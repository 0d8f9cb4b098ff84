/*
 * Owns those calls of FreeBSD that other systems have under another name.
 */
#include "base/system.h"

#include <sys/cpuset.h>
#include <sys/event.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <sys/sysctl.h>
#include <sys/types.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"

enum { BUFFER_SIZE = 16384 };

/* getrandom(2) came with 12.0; this one cannot fail. */
int
system_random(void *ret, size_t n)
{
	arc4random_buf(ret, n);
	return 0;
}

/* What shm_open(2) makes does not grow by being written to. */
int
system_anonymous_file(const char *name)
{
	char path[] = "/tmp/.warder-XXXXXXXXXX";
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd >= 0)
		unlink(path);
	return fd;
}

int
system_unnamed_file(int dir)
{
	return system_anonymous_file("");
}

static int
copy_to(int from, int to)
{
	char buf[BUFFER_SIZE];
	struct err ignored;
	ssize_t n;

	for (off_t at = 0; (n = pread(from, buf, sizeof(buf), at)) > 0; at += n)
		if (fd_write_all(to, buf, (size_t)n, "", &ignored) < 0)
			return -1;
	return n < 0 ? -1 : 0;
}

int
system_give_name(int fd, int dir, const char *name)
{
	fd_auto to = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (to < 0)
		return -1;
	if (copy_to(fd, to) == 0)
		return 0;
	unlinkat(dir, name, 0);
	return -1;
}

void
system_stream_is_private(FILE *f)
{
}

int
system_program_path(char *ret, size_t size, struct err *e)
{
	const int own[] = {CTL_KERN, KERN_PROC, KERN_PROC_PATHNAME, -1};

	if (sysctl(own, sizeof(own) / sizeof(*own), ret, &size, NULL, 0) < 0)
		return err_sys(e, "find the path of", "warder");
	return 0;
}

/* The event stays until it is read, and one that has ended already gives it at once. */
int
system_exit_fd(pid_t child)
{
	struct kevent watch;
	fd_auto queue = kqueue();

	if (queue < 0)
		return -1;
	EV_SET(&watch, child, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, NULL);
	if (kevent(queue, &watch, 1, NULL, 0, NULL) < 0)
		return -1;
	return fd_take(&queue);
}

static bool
is_kept(const int *keep, int fd)
{
	for (; keep != NULL && *keep >= 0; keep++)
		if (*keep == fd)
			return true;
	return false;
}

/* Descriptors are given out from the lowest on: those in use are few, and what is above them is closed at once. */
int
system_close_on_exec(const int *keep, int also, struct err *e)
{
	int last = also > 2 ? also : 2;

	for (const int *k = keep; k != NULL && *k >= 0; k++)
		last = *k > last ? *k : last;
	closefrom(last + 1);
	for (int fd = 3; fd <= last; fd++)
		if (fcntl(fd, F_SETFD, is_kept(keep, fd) ? 0 : FD_CLOEXEC) < 0 && (errno != EBADF || is_kept(keep, fd)))
			return err_sys(e, "keep a descriptor of", NULL);
	return 0;
}

unsigned
system_processors(void)
{
	cpuset_t set;
	unsigned n = 0;

	if (cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, sizeof(set), &set) == 0)
		for (int i = 0; i < CPU_SETSIZE; i++)
			n += CPU_ISSET(i, &set) != 0;
	return n > 0 ? n : 1;
}

bool
system_has_callers_rights_raised(void)
{
	return issetugid() != 0;
}

const char *
system_error_text(int err_no)
{
	return strerror(err_no);
}

int
system_sync(int fd)
{
	int again;

	sync();
	/* fsync(2) needs no right to write, but a descriptor for reading. */
	again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (again < 0)
		return -1;
	int r = fsync(again);
	fd_close(&again);
	return r;
}

/* mknod(2) makes none; bind(2) takes a path of a hundred bytes. */
const bool system_makes_sockets = false;

bool
system_lift_flags(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && (st.st_flags & UF_SETTABLE) != 0 &&
	       chflagsat(dir, name, st.st_flags & ~(unsigned long)UF_SETTABLE, AT_SYMLINK_NOFOLLOW) == 0;
}

unsigned
system_device_major(dev_t device)
{
	return (unsigned)major(device);
}

unsigned
system_device_minor(dev_t device)
{
	return (unsigned)minor(device);
}

dev_t
system_device(unsigned major, unsigned minor)
{
	return makedev(major, minor);
}
