/*
 * The reading of a directory's names, which systems have different calls for: dirs.c, dirs_linux.c, dirs_freebsd.c
 * only.
 */
#ifndef WARDER_BASE_DIRS_READ_H
#define WARDER_BASE_DIRS_READ_H

#include "base/dirs.h"

/* More names into l->buf, of size bytes, from l->at to l->end: 1, 0 at the end, -1 with errno. */
int dirs_fill(struct dirs_level *l, size_t size) must_check;
/* The next of them, which l->at and l->place are moved behind; an empty name is none. */
void dirs_take(struct dirs_level *l, const char **ret_name, unsigned char *ret_type);
/* l->fd was opened again, with nothing in the buffer: reading goes on where it stopped.  -1 with errno. */
int dirs_resume(struct dirs_level *l) must_check;
/* The parent of a directory, not over a mount where that can be asked for; -1 with errno. */
int dirs_open_above(int child) must_check;

#endif
