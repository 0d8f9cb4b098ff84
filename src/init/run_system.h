/*
 * How directories beneath /run are opened, read and emptied on each system: run_linux.c, run_freebsd.c.
 */
#ifndef WARDER_INIT_RUN_SYSTEM_H
#define WARDER_INIT_RUN_SYSTEM_H

#include <stddef.h>

/* The directory of that name (no path) in dirfd, on the same file system, no link followed; or -1 with errno. */
int run_dir_open(int dirfd, const char *name);
/* The one that holds it, on the same file system. */
int run_dir_open_parent(int dirfd);
/* An absolute path without links. */
int run_dir_open_path(const char *path);
/* Entries into buf (aligned to 8): their bytes, 0 at the end, -1 with errno. */
long run_dir_read(int dirfd, char *buf, size_t size);
/* The name of the entry at *at, which moves behind it; NULL at end. */
const char *run_dir_next(const char **at, const char *end);
/* Removes a file or an empty directory: 0, or -1 with errno, ENOTEMPTY or EEXIST where there is something in it. */
int run_unlink(int dirfd, const char *name);

#endif
