/*
 * Paths beneath a root (SECURITY.md R1, R2).
 *
 * Every path that a jail, or a package's script, may have influenced is reached through a kept directory descriptor
 * and openat2(2), or one component after the other where that is not there.  There are two ways and no third:
 *  - beneath: state (t).  RESOLVE_BENEATH|NO_SYMLINKS|NO_MAGICLINKS|NO_XDEV: no link is followed, no mount crossed.
 *  - in root: skeletons and bases.  RESOLVE_IN_ROOT|NO_MAGICLINKS: links are followed as a process rooted there would.
 * rel is a path relative to dirfd; "." or "" is dirfd itself.  Every descriptor returned is O_CLOEXEC.
 */
#ifndef WARDER_BASE_PATH_H
#define WARDER_BASE_PATH_H

#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

/*
 * A flag of the functions below, beside those of open(2): a descriptor of what is there, for what is relative to it and
 * for fstat(2), and with which nothing is read, written or waited for.  On Linux O_PATH, which holds anything.  FreeBSD
 * has it since 13.1 only: there it is a descriptor for reading, of directories and regular files; for all else the
 * error is EOPNOTSUPP, for a link ELOOP, and base/seen.h has what is to be had of them.
 */
enum { PATH_ONLY = 1 << 30 };
/* openat(2) with PATH_ONLY and O_CLOEXEC, for a path that nobody hostile has influenced: links and mounts on the way
 * are the administrator's own.  -1 with errno. */
int path_open_given(int dirfd, const char *path, int flags) must_check;

int path_open_beneath(int dirfd, const char *rel, int flags, mode_t mode, struct err *e) must_check;
int path_open_in_root(int dirfd, const char *rel, int flags, mode_t mode, struct err *e) must_check;
/* Makes rel and its parents beneath dirfd with the given mode (umask ignored), 0 if it is there as a directory.
 * Follows no link.  Returns an PATH_ONLY|O_DIRECTORY descriptor of the last one. */
int path_make_dirs(int dirfd, const char *rel, mode_t mode, struct err *e) must_check;
/*
 * Opens a regular file for reading (O_RDONLY|O_NONBLOCK) and nothing else: it is looked at before it is
 * opened, so that no FIFO, lease or device is ever touched (R2).  On Linux the host's /proc must be mounted.
 */
int path_open_regular(int dirfd, const char *rel, struct err *e) must_check;
/* The same of what rel leads to for a process rooted at dirfd. */
int path_open_regular_in_root(int dirfd, const char *rel, struct err *e) must_check;
/* The second half of both: opens what the PATH_ONLY descriptor seen names, if it is a regular file.  flags: O_RDONLY,
 * or O_WRONLY, for which FreeBSD has no way (ERR_UNAVAILABLE). */
int path_reopen_regular(int seen, int flags, const char *subject, struct err *e) must_check;
/* Opens beneath dirfd the directory that the last component of rel lies in (O_RDONLY); *ret_last points into rel.
 * "", ".", ".." and a trailing '/' are EINVAL. */
int path_open_parent(int dirfd, const char *rel, const char **ret_last, struct err *e) must_check;
/* The absolute path of an open directory, as the kernel knows it; for messages and for handing to programs. */
int path_of_fd(int fd, struct arena *a, const char **ret_path, struct err *e) must_check;

/* 0 if there is something at rel, be it a link to nothing; -1 with errno. */
int path_look(int dirfd, const char *rel) must_check;

/* True when one of two absolute normalised paths is the other or lies under it. */
bool path_overlaps(const char *a, const char *b);
/* True if abs is under dir or is dir ("/var/lib" contains "/var/lib/x"). */
bool path_contains(const char *dir, const char *abs);
/* Pure: absolute, no empty, "." or ".." component, no control characters, at most 4095 bytes, not ending in '/'. */
bool path_is_clean_absolute(const char *p);
/* Pure: names of jails and bases: ^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}$ */
bool name_is_valid(const char *name);

#endif
