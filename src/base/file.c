/*
 * Owns whole files.  A new file gets a random name beside its place and is renamed over it, so that a crash leaves the
 * old or the new one; what could not be finished is unlinked again.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/system.h"

enum { TEMP_TRIES = 16 };

static int
too_large(const char *subject, size_t cap, struct err *e)
{
	return err_set(e, ERR_FAILED, "read", subject, "larger than %zu bytes", cap);
}

int
file_read_fd(int fd, size_t cap, struct arena *a, const char *subject, char **ret, size_t *ret_len, struct err *e)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return err_sys(e, "fstat", subject);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_FAILED, "read", subject, "not a regular file");
	if ((uint64_t)st.st_size > cap)
		return too_large(subject, cap, e);
	/* One byte more than it should have shows that it grew; a file of proc(5) says that it has none. */
	size_t room = (st.st_size > 0 ? (size_t)st.st_size : cap < 4096 ? cap : 4096) + 1, len = 0;
	char *buf = arena_alloc(a, room + 1);
	for (;;) {
		ssize_t got = fd_read_full(fd, buf + len, room - len, subject, e);
		if (got < 0)
			return -1;
		len += (size_t)got;
		if (len > cap)
			return too_large(subject, cap, e);
		if (len < room)
			break;
		char *larger = arena_alloc(a, 2 * room + 1);
		memcpy(larger, buf, len);
		buf = larger;
		room *= 2;
	}
	buf[len] = '\0';
	*ret = buf;
	if (ret_len != NULL)
		*ret_len = len;
	return 0;
}

int
file_read(int dirfd, const char *name, size_t cap, struct arena *a, char **ret, size_t *ret_len, struct err *e)
{
	struct err why = {0};
	fd_auto fd = path_open_regular(dirfd, name, &why);
	if (fd >= 0)
		return file_read_fd(fd, cap, a, name, ret, ret_len, e);
	if (why.err_no != ENOENT) {
		*e = why;
		return -1;
	}
	*ret = NULL;
	if (ret_len != NULL)
		*ret_len = 0;
	return 0;
}

int
file_temp_name(char ret[FILE_TEMP_NAME], struct err *e)
{
	uint64_t random;
	if (system_random(&random, sizeof(random)) < 0)
		return err_sys(e, "make a random name", NULL);
	snprintf(ret, FILE_TEMP_NAME, ".warder-%016llx", (unsigned long long)random);
	return 0;
}

static int
temp_open(int dir, char ret_name[FILE_TEMP_NAME], const char *subject, struct err *e)
{
	for (int i = 0; i < TEMP_TRIES; i++) {
		if (file_temp_name(ret_name, e) < 0)
			return -1;
		int fd = openat(dir, ret_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd >= 0)
			return fd;
		if (errno != EEXIST)
			break;
	}
	return err_sys(e, "create", subject);
}

static int
fill(int fd, const void *data, size_t len, mode_t mode, const char *subject, struct err *e)
{
	if (fd_write_all(fd, data, len, subject, e) < 0)
		return -1;
	return fchmod(fd, mode) < 0 ? err_sys(e, "chmod", subject) : 0;
}

static int
rename_into_place(int dir, const char *temp, const char *last, const char *subject, struct err *e)
{
	if (renameat(dir, temp, dir, last) < 0)
		return err_sys(e, "rename", subject);
	return 0;
}

static int
sync_fd(int fd, const char *subject, struct err *e)
{
	return fsync(fd) < 0 ? err_sys(e, "fsync", subject) : 0;
}

static int
write_whole(int dirfd, const char *name, const void *data, size_t len, mode_t mode, bool sync, struct err *e)
{
	const char *last = NULL;
	char temp[FILE_TEMP_NAME];
	fd_auto dir = path_open_parent(dirfd, name, &last, e);
	if (dir < 0)
		return -1;
	fd_auto fd = temp_open(dir, temp, name, e);
	if (fd < 0)
		return -1;
	if (fill(fd, data, len, mode, name, e) < 0 || (sync && sync_fd(fd, name, e) < 0) ||
		rename_into_place(dir, temp, last, name, e) < 0) {
		unlinkat(dir, temp, 0);
		return -1;
	}
	return sync ? sync_fd(dir, name, e) : 0;
}

int
file_write(int dirfd, const char *name, const void *data, size_t len, mode_t mode, struct err *e)
{
	return write_whole(dirfd, name, data, len, mode, true, e);
}

int
file_write_volatile(int dirfd, const char *name, const void *data, size_t len, mode_t mode, struct err *e)
{
	return write_whole(dirfd, name, data, len, mode, false, e);
}

static int
check_absent_or_link(int dir, const char *last, const char *subject, struct err *e)
{
	struct stat st;
	if (fstatat(dir, last, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(e, "stat", subject);
	if (!S_ISLNK(st.st_mode))
		return err_set(e, ERR_CANTCREATE, "link", subject, "it is there and is not a symbolic link");
	return 0;
}

static int
temp_link(int dir, const char *target, char ret_name[FILE_TEMP_NAME], const char *subject, struct err *e)
{
	for (int i = 0; i < TEMP_TRIES; i++) {
		if (file_temp_name(ret_name, e) < 0)
			return -1;
		if (symlinkat(target, dir, ret_name) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	return err_sys(e, "link", subject);
}

int
file_switch_link(int dirfd, const char *name, const char *target, struct err *e)
{
	const char *last = NULL;
	char temp[FILE_TEMP_NAME];
	fd_auto dir = path_open_parent(dirfd, name, &last, e);
	if (dir < 0 || check_absent_or_link(dir, last, name, e) < 0 || temp_link(dir, target, temp, name, e) < 0)
		return -1;
	if (rename_into_place(dir, temp, last, name, e) < 0) {
		unlinkat(dir, temp, 0);
		return -1;
	}
	return sync_fd(dir, name, e);
}
