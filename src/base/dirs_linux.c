/*
 * Owns getdents64(2), and the one use of openat2(2) that path_open_beneath has not: "..".
 */
#include "base/dirs_read.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

int
dirs_fill(struct dirs_level *l, size_t size)
{
	ssize_t got = getdents64(l->fd, l->buf, size);

	if (got < 0)
		return -1;
	l->at = 0;
	l->end = (size_t)got;
	return got > 0;
}

void
dirs_take(struct dirs_level *l, const char **ret_name, unsigned char *ret_type)
{
	const struct dirent64 *entry = (const struct dirent64 *)(const void *)(l->buf + l->at);

	l->at += entry->d_reclen;
	l->place = entry->d_off;
	*ret_name = entry->d_name;
	*ret_type = entry->d_type;
}

int
dirs_resume(struct dirs_level *l)
{
	return lseek(l->fd, l->place, SEEK_SET) < 0 ? -1 : 0;
}

int
dirs_open_above(int child)
{
	struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};

	return (int)syscall(SYS_openat2, child, "..", &how, sizeof(how));
}
