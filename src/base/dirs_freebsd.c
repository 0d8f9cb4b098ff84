/*
 * Owns getdirentries(2).  An entry of FreeBSD 12 does not say reliably where the next one begins, so the place is that
 * of the block which was read, and the number of entries taken of it.
 */
#include <sys/types.h>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/dirs_read.h"

static const struct dirent *
entry_at(const struct dirs_level *l)
{
	return (const struct dirent *)(const void *)(l->buf + l->at);
}

int
dirs_fill(struct dirs_level *l, size_t size)
{
	off_t place = 0;
	ssize_t got = getdirentries(l->fd, l->buf, size, &place);

	if (got < 0)
		return -1;
	l->at = 0;
	l->end = (size_t)got;
	l->place = place;
	l->taken = 0;
	for (; l->again > 0 && l->at < l->end; l->again--) {
		l->at += entry_at(l)->d_reclen;
		l->taken++;
	}
	l->again = 0;
	return got > 0;
}

/* Number 0: what was removed. */
void
dirs_take(struct dirs_level *l, const char **ret_name, unsigned char *ret_type)
{
	const struct dirent *entry = entry_at(l);

	l->at += entry->d_reclen;
	l->taken++;
	*ret_name = entry->d_fileno != 0 ? entry->d_name : "";
	*ret_type = entry->d_type;
}

int
dirs_resume(struct dirs_level *l)
{
	l->again = l->taken;
	return lseek(l->fd, l->place, SEEK_SET) < 0 ? -1 : 0;
}

/* A mount on the way shows by the device's number, which the caller compares. */
int
dirs_open_above(int child)
{
	return openat(child, "..", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}
