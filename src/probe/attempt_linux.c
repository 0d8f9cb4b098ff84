/*
 * Linux: descriptors that open nothing (O_PATH), files without a name (O_TMPFILE).
 */
#include "probe/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x00001000U /* 5.8 */
#endif

int
attempt_look(const char *path)
{
	return open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

/* 0, or why not. */
static int
try_unnamed(int dir)
{
	int fd = openat(dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int
try_named(int dir)
{
	static const char made_name[] = ".warder-surface";

	if (mkdirat(dir, made_name, 0700) < 0)
		return errno == EEXIST ? 0 : errno;
	unlinkat(dir, made_name, AT_REMOVEDIR);
	return 0;
}

int
attempt_making(int dir)
{
	int r = try_unnamed(dir);

	/* Refused by rights, and not by a read-only mount: another right may be given. */
	return r != 0 && r != EROFS ? try_named(dir) : r;
}

/* null, zero, full, random, urandom, tty, ptmx, slaves of ptys */
bool
node_is_tame(const struct mount_row *m, const char *path, const struct stat *st)
{
	static const unsigned char memory[] = {3, 5, 7, 8, 9};
	unsigned ma = major(st->st_rdev), mi = minor(st->st_rdev);

	(void)m;
	(void)path;
	if (!S_ISCHR(st->st_mode))
		return false;
	for (size_t i = 0; i < sizeof(memory); i++)
		if (ma == 1 && mi == memory[i])
			return true;
	return (ma == 5 && (mi == 0 || mi == 2)) || (ma >= 136 && ma <= 143);
}

bool
node_is_passing(const struct mount_row *m, const char *path, const struct stat *st)
{
	(void)path;
	return strcmp(m->type, "devpts") == 0 && major(st->st_rdev) >= 136 && major(st->st_rdev) <= 143;
}

void
node_text(const struct stat *st, char *text, size_t size)
{
	snprintf(text, size, "%c %u:%u", S_ISCHR(st->st_mode) ? 'c' : 'b', major(st->st_rdev), minor(st->st_rdev));
}

bool
link_mount(int dir, const char *name, uint64_t *ret_mount, mode_t *ret_mode)
{
	struct statx st;

	if (syscall(SYS_statx, dir, name, AT_NO_AUTOMOUNT, STATX_TYPE | STATX_MNT_ID, &st) < 0)
		return false;
	*ret_mount = st.stx_mnt_id;
	*ret_mode = st.stx_mode;
	return true;
}

bool
link_target(int dir, const char *name, const char *path, char *to, size_t size)
{
	int fd = openat(dir, name, O_PATH | O_CLOEXEC);
	char self[32];

	(void)path;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	ssize_t n = fd < 0 ? -1 : readlink(self, to, size - 1);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return false;
	to[n] = '\0';
	return true;
}
