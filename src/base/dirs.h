/*
 * A path of open directories, as deep as it may be, with a bounded number of descriptors: the cursor with which trees
 * are walked.  Only the deepest DIRS_WINDOW directories are open; on the way back one that was closed is opened again
 * through ".." and must be the same directory (device and inode) as before.  No link is followed, no mount crossed.
 */
#ifndef WARDER_BASE_DIRS_H
#define WARDER_BASE_DIRS_H

#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

enum { DIRS_WINDOW = 16 };

struct dirs_level {
	int fd; /* -1: closed for now */
	dev_t dev;
	ino_t ino;
	size_t name;         /* offset of its name in names */
	int64_t place;       /* where reading goes on, lseek(2); FreeBSD: where the block that is read began */
	size_t taken, again; /* FreeBSD: entries taken of that block; that are to be passed over once more */
	char *buf;           /* what the kernel gave, from at to end not yet returned */
	size_t at, end;
};
struct dirs {
	const char *op; /* for errors: "remove", "copy" */
	struct dirs_level *v;
	size_t n, cap;
	struct str names; /* of each level, each with its NUL */
};
#define dirs_auto __attribute__((cleanup(dirs_done))) struct dirs

/* Begins at the open directory dirfd, which is not kept; d is zeroed. */
int dirs_open(struct dirs *d, int dirfd, const char *op, struct err *e) must_check;
void dirs_done(struct dirs *d);
/* The current directory. */
int dirs_fd(const struct dirs *d);
/* Goes into a directory of the current one.  name is copied. */
int dirs_push(struct dirs *d, const char *name, struct err *e) must_check;
/* Goes back to the parent, which the caller knows to exist (d->n > 1). */
int dirs_pop(struct dirs *d, struct err *e) must_check;
/* The name of the current directory in its parent; valid until the next push. */
const char *dirs_name(const struct dirs *d);
/* The next name in the current directory but "." and "..", and its d_type: 1; 0 at the end.  The name is valid until
 * the next call for the same directory. */
int dirs_read(struct dirs *d, const char **ret_name, unsigned char *ret_type, struct err *e) must_check;
/* Reads the current directory from its beginning again. */
int dirs_rewind(struct dirs *d, struct err *e) must_check;
/* err_sys with the path of name in the current directory, its end if it is long. */
int dirs_err(const struct dirs *d, const char *name, struct err *e);
/* That path itself, at most max bytes of its end. */
void dirs_path(const struct dirs *d, const char *name, size_t max, struct str *out);

#endif
