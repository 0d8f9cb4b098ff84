/*
 * An entry of a directory that was looked at, of whatever kind it is, and what can be done with it without opening it:
 * SECURITY.md R2.  On Linux it is held by a descriptor, so that it stays the one that was looked at.  FreeBSD 12 can
 * hold directories and regular files only; a link, a FIFO, a socket, a device is its name in a directory that the
 * caller keeps open, and who swaps it for another meanwhile has that one copied, as if it had been there before:
 * nothing of it is ever opened.
 */
#ifndef WARDER_BASE_SEEN_H
#define WARDER_BASE_SEEN_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/err.h"

struct seen {
	int fd;           /* -1: there is none, and dir and name stand for it */
	int dir;          /* not owned; -1 where only fd is known */
	const char *name; /* not copied */
	struct stat st;
};
#define seen_auto __attribute__((cleanup(seen_close))) struct seen
#define SEEN_NONE                                                                                                      \
	{                                                                                                              \
		.fd = -1, .dir = -1                                                                                    \
	}

/* All but seen_close: 0, or a number, or -1 with errno. */

/* One component in dir, a link itself; ELOOP, EXDEV as of path_open_beneath. */
int seen_open(struct seen *ret, int dir, const char *name) must_check;
/* The same where mounts are the administrator's own: one is gone into. */
int seen_open_given(struct seen *ret, int dir, const char *name) must_check;
/* What we have just made as name in dir; st is not filled. */
int seen_open_made(struct seen *ret, int dir, const char *name) must_check;
/* What is open already, fd, as name in dir, which may be -1; fd is the caller's still, and so is not closed. */
struct seen seen_borrow(int fd, int dir, const char *name);
void seen_close(struct seen *s);

/* For reading, without waiting for anything: of regular files only. */
int seen_open_data(const struct seen *s) must_check;
/* As readlink(2): no NUL. */
ssize_t seen_readlink(const struct seen *s, char *ret, size_t size) must_check;
/* One more name of it; EMLINK: it cannot have one. */
int seen_link(const struct seen *s, int dir, const char *as) must_check;
int seen_chown(const struct seen *s, uid_t uid, gid_t gid) must_check;
int seen_chmod(const struct seen *s, mode_t mode) must_check;
int seen_set_times(const struct seen *s, const struct timespec times[2]) must_check;

#endif
