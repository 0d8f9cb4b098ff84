/*
 * Locks: one file for each thing that only one command at a time may change.
 *
 * The locks go with the descriptor (lock_way.h): a killed holder's lock is gone with it.  A file is removed with
 * the jail or base that it is for, so the one that was locked may no longer be the one that has the name: then it is
 * tried again.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "store/internal.h"
#include "store/lock_way.h"

enum { HOLDER_MAX = 128, POLL_MS = 10 };

/* Shared holders are many, and the text is not theirs. */
static bool
is_shared(int fd)
{
	enum lock_kind kind = LOCK_NONE;

	return lock_way_look(fd, &kind) == 0 && kind == LOCK_SHARED;
}

/* What a lock's file says; doing points into the text. */
struct holder {
	uint64_t pid, since;
	const char *doing;
};

/* "PID UNIX-SECONDS WHAT\n"; false for a text that is being written at this moment.  Cuts the text up. */
static bool
holder_parse(char *text, struct holder *ret)
{
	char *rest = text, *pid = strsep(&rest, " "), *since = strsep(&rest, " ");
	char *end = rest ? strchr(rest, '\n') : NULL;

	if (!end || end == rest || str_to_u64(pid, INT32_MAX, &ret->pid) < 0 ||
		str_to_u64(since, INT64_MAX, &ret->since) < 0)
		return false;
	*end = '\0';
	ret->doing = rest;
	return true;
}

static int
busy(int fd, const char *what, struct err *e)
{
	char text[HOLDER_MAX];
	struct holder h;
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	if (is_shared(fd) || !holder_parse(text, &h))
		return err_set(e, ERR_BUSY, "lock", what, "held by another process");
	uint64_t now = (uint64_t)time(NULL);
	return err_set(e, ERR_BUSY, "lock", what, "held by process %" PRIu64 " (%s) since %" PRIu64 " s", h.pid,
		h.doing, now > h.since ? now - h.since : 0);
}

/* Written over what an earlier holder left, the end of which is not read: a file system takes up to a millisecond to
 * cut a file short. */
static int
holder_write(int fd, const char *path, const char *doing, struct err *e)
{
	char text[HOLDER_MAX];
	int n = snprintf(text, sizeof(text), "%d %" PRId64 " %.60s\n", (int)getpid(), (int64_t)time(NULL), doing);

	return fd_write_all(fd, text, (size_t)n, path, e);
}

static void
nap(unsigned ms)
{
	struct timespec ts = {.tv_nsec = (long)ms * 1000000};

	nanosleep(&ts, NULL);
}

/* doing NULL: shared. */
static int
lock_take(const struct store *s, const char *what, const char *doing, unsigned wait_ms, int *ret_fd, struct err *e)
{
	char path[STORE_PATH];
	struct stat st;

	store_path(path, "lock/%s", what);
	for (;;) {
		fd_auto fd = openat(s->dotfd, path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd < 0)
			return err_sys(e, "open", path);
		if (lock_way_try(fd, doing ? LOCK_ALONE : LOCK_SHARED) == 0) {
			if (fstat(fd, &st) == 0 && st.st_nlink == 0)
				continue;
			if (doing && holder_write(fd, path, doing, e) < 0)
				return -1;
			*ret_fd = fd_take(&fd);
			return 0;
		}
		if (errno != EAGAIN && errno != EACCES)
			return err_sys(e, "lock", path);
		if (wait_ms == 0)
			return busy(fd, what, e);
		nap(wait_ms < POLL_MS ? wait_ms : POLL_MS);
		wait_ms -= wait_ms < POLL_MS ? wait_ms : POLL_MS;
	}
}

int
store_lock(const struct store *s, const char *what, const char *doing, unsigned wait_ms, int *ret_fd, struct err *e)
{
	return lock_take(s, what, doing, wait_ms, ret_fd, e);
}

int
store_lock_shared(const struct store *s, const char *what, unsigned wait_ms, int *ret_fd, struct err *e)
{
	return lock_take(s, what, NULL, wait_ms, ret_fd, e);
}

int
store_lock_is_held(const struct store *s, const char *what, bool *ret, struct err *e)
{
	char path[STORE_PATH];
	enum lock_kind kind = LOCK_NONE;
	fd_auto fd = openat(s->dotfd, store_path(path, "lock/%s", what), O_RDWR | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT) {
		*ret = false;
		return 0;
	}
	if (fd < 0 || lock_way_look(fd, &kind) < 0)
		return err_sys(e, "look at lock", path);
	*ret = kind != LOCK_NONE;
	return 0;
}
