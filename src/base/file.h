/*
 * Whole files: read with a cap and never blocking, written as new and renamed (SECURITY.md R2, R3).
 */
#ifndef WARDER_BASE_FILE_H
#define WARDER_BASE_FILE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

/*
 * Reads an open regular file (O_RDONLY|O_NONBLOCK) of at most cap bytes into the arena, NUL-terminated.  Anything that
 * is not a regular file, or is larger, is an error that names it.  ret_len may be NULL.
 */
int file_read_fd(int fd, size_t cap, struct arena *a, const char *subject, char **ret, size_t *ret_len,
	struct err *e) must_check;
/* The same for dirfd/name without following any link (path_open_beneath).  *ret is NULL, and 0 is returned, if the file
 * does not exist. */
int file_read(int dirfd, const char *name, size_t cap, struct arena *a, char **ret, size_t *ret_len,
	struct err *e) must_check;
/*
 * Writes dirfd/name whole: a new O_EXCL file, fchmod, fsync, rename(2), fsync of the directory.  A crash leaves the old
 * file or the new one.  Replaces a link, never writes through it.  No temporary file is left when it fails.
 */
int file_write(int dirfd, const char *name, const void *data, size_t len, mode_t mode, struct err *e) must_check;
/* The same without the two syncs, for what a crash of the machine makes void or what is synced with a whole tree. */
int file_write_volatile(
	int dirfd, const char *name, const void *data, size_t len, mode_t mode, struct err *e) must_check;
/* A name that nothing has: ".warder-" and 16 random digits. */
enum { FILE_TEMP_NAME = 32 };
int file_temp_name(char ret[FILE_TEMP_NAME], struct err *e) must_check;
/* Points dirfd/name at target by one rename(2): a new link beside it, renamed over.  name must be absent or a link. */
int file_switch_link(int dirfd, const char *name, const char *target, struct err *e) must_check;

#endif
