/*
 * Owns statx(2), the one call that tells of the mount, too.
 */
#include "base/look.h"

#include <fcntl.h>
#include <sys/sysmacros.h>

static struct timespec
time_of(const struct statx_timestamp *t)
{
	return (struct timespec){.tv_sec = t->tv_sec, .tv_nsec = t->tv_nsec};
}

int
look_at(struct look *ret, int dir, const char *name)
{
	struct statx sx;
	int flags = *name == '\0' ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;

	if (statx(dir, name, flags | AT_STATX_DONT_SYNC, STATX_BASIC_STATS | STATX_MNT_ID, &sx) < 0)
		return -1;
	ret->mount = sx.stx_mnt_id;
	ret->st = (struct stat){
		.st_dev = makedev(sx.stx_dev_major, sx.stx_dev_minor),
		.st_ino = sx.stx_ino,
		.st_mode = sx.stx_mode,
		.st_nlink = sx.stx_nlink,
		.st_uid = sx.stx_uid,
		.st_gid = sx.stx_gid,
		.st_rdev = makedev(sx.stx_rdev_major, sx.stx_rdev_minor),
		.st_size = (off_t)sx.stx_size,
		.st_blocks = (blkcnt_t)sx.stx_blocks,
		.st_mtim = time_of(&sx.stx_mtime),
		.st_ctim = time_of(&sx.stx_ctime),
	};
	return 0;
}
