/*
 * Owns those calls of Linux that other systems have under another name.
 */
#include "base/system.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

int
system_random(void *ret, size_t n)
{
	return getrandom(ret, n, 0) == (ssize_t)n ? 0 : -1;
}

int
system_anonymous_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL) /* before Linux 6.3 */
		fd = memfd_create(name, MFD_CLOEXEC);
	return fd;
}

int
system_unnamed_file(int dir)
{
	return openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

int
system_give_name(int fd, int dir, const char *name)
{
	char proc[32];

	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, proc, dir, name, AT_SYMLINK_FOLLOW);
}

void
system_stream_is_private(FILE *f)
{
	__fsetlocking(f, FSETLOCKING_BYCALLER);
}

int
system_program_path(char *ret, size_t size, struct err *e)
{
	ssize_t len = readlink("/proc/self/exe", ret, size - 1);

	if (len < 0)
		return err_sys(e, "readlink", "/proc/self/exe");
	ret[len] = '\0';
	return 0;
}

int
system_exit_fd(pid_t child)
{
	return (int)syscall(SYS_pidfd_open, child, 0);
}

int
system_close_on_exec(const int *keep, int also, struct err *e)
{
	if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return err_sys(e, "close_range", NULL);
	for (; keep != NULL && *keep >= 0; keep++)
		if (fcntl(*keep, F_SETFD, 0) < 0)
			return err_sys(e, "keep a descriptor of", NULL);
	return 0;
}

unsigned
system_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

bool
system_has_callers_rights_raised(void)
{
	return getauxval(AT_SECURE) != 0;
}

const char *
system_error_text(int err_no)
{
	return strerrordesc_np(err_no);
}

int
system_sync(int fd)
{
	return syncfs(fd);
}

const bool system_makes_sockets = true;

bool
system_lift_flags(int dir, const char *name)
{
	return false;
}

unsigned
system_device_major(dev_t device)
{
	return major(device);
}

unsigned
system_device_minor(dev_t device)
{
	return minor(device);
}

dev_t
system_device(unsigned major, unsigned minor)
{
	return makedev(major, minor);
}
