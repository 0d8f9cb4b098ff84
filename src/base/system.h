/*
 * What every system has, each under a name of its own: system_linux.c, system_freebsd.c.
 */
#ifndef WARDER_BASE_SYSTEM_H
#define WARDER_BASE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* n random bytes of the kernel; -1 with errno. */
int system_random(void *ret, size_t n) must_check;
/* A file of this process alone, without a name, for reading and writing, closed by exec; -1 with errno. name: for
 * whoever looks at the process from outside. */
int system_anonymous_file(const char *name) must_check;
/* The same for a file that is to get a name in the directory dir, if it is good, and the giving of that name, which
 * nothing may have (EEXIST).  FreeBSD copies it there, so that a crash may leave its beginning. */
int system_unnamed_file(int dir) must_check;
int system_give_name(int fd, int dir, const char *name) must_check;
/* Only one thread uses the stream: its functions need no lock. */
void system_stream_is_private(FILE *f);
/* The path of the program that runs, with its NUL. */
int system_program_path(char *ret, size_t size, struct err *e) must_check;
/* A descriptor that poll(2) calls readable when that child, who has not been waited for, ends; -1 with errno. */
int system_exit_fd(pid_t child) must_check;
/* Every descriptor from 3 on is closed by exec from now on, but for those, -1-ended or NULL, which are not.  also: the
 * highest other one that stays open until then, -1: none.  Async-signal-safe. */
int system_close_on_exec(const int *keep, int also, struct err *e) must_check;
/* How many processors this process may use; at least 1. */
unsigned system_processors(void);
/* True if the program has more rights than who called it. */
bool system_has_callers_rights_raised(void);
/* The text of an error number; NULL if it has none. */
const char *system_error_text(int err_no);
/*
 * What was written to the file system of the open directory fd is on the disk: syncfs(2).  FreeBSD has nothing that
 * waits for it but fsync(2) of each file: there sync(2), which ZFS finishes and UFS begins, and fsync(2) of fd.
 */
int system_sync(int fd) must_check;
/*
 * Takes away from dir/name, a link itself, the flags by which its owner keeps it from being changed (chflags(2)), which
 * the root of a jail may set, too.  True if there were any and they are gone.  Linux knows them of some file systems
 * only, and only for who may take them away (CAP_LINUX_IMMUTABLE): false there.
 */
bool system_lift_flags(int dir, const char *name);
/* mknod(2) makes a socket's name. */
extern const bool system_makes_sockets;
/* Parts of a device's number, and back. */
unsigned system_device_major(dev_t device);
unsigned system_device_minor(dev_t device);
dev_t system_device(unsigned major, unsigned minor);

#endif
