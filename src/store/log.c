/*
 * Where a jail's output goes: a file outside every jail.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "store/internal.h"

static int
in_store(const struct store *s, const char *path, struct err *e)
{
	return err_set(e, ERR_CONFIG, "open log", path, "it lies in the store (%s)", s->root);
}

/* The declaration's file may lie anywhere but among the store's trees, which jails write and generations own. */
static int
check_place(const struct store *s, const struct jail *j, struct err *e)
{
	if (!path_is_clean_absolute(j->consolelog))
		return err_set(e, ERR_CONFIG, "open log", j->consolelog, "not an absolute path without . and .. in it");
	return path_contains(s->root, j->consolelog) ? in_store(s, j->consolelog, e) : 0;
}

/* Never blocks on what is no file; O_NONBLOCK means nothing for one that is. */
static int
open_regular(int dirfd, const char *path, int flags, struct err *e)
{
	struct stat st;
	fd_auto fd = openat(dirfd, path, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);

	if (fd < 0 && errno == ENOENT && !(flags & O_CREAT))
		return err_set(e, ERR_FAILED, "open log", path, "there is none: the jail has not been started yet");
	if (fd < 0)
		return err_sys(e, "open log", path);
	if (fstat(fd, &st) < 0)
		return err_sys(e, "fstat", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_FAILED, "open log", path, "not a regular file");
	return fd_take(&fd);
}

/* Each line of a log begins with its time: what begins otherwise is a file of somebody else's.  pid 1 gets a descriptor
 * that only writes, so this one is another. */
static int
check_is_log(int dirfd, const char *name, const char *path, struct err *e)
{
	static const char form[] = "dddd-";
	char begin[sizeof(form) - 1];
	fd_auto fd = open_regular(dirfd, name, O_RDONLY, e);
	ssize_t n = fd < 0 ? -1 : fd_read_full(fd, begin, sizeof(begin), path, e);

	for (ssize_t i = 0; i < n; i++)
		if (form[i] == 'd' ? begin[i] < '0' || begin[i] > '9' : begin[i] != form[i])
			return err_set(e, ERR_FAILED, "open log", path, "it is there, and is no log");
	return n < 0 ? -1 : 0;
}

/* Whoever could put another file in its place would have root write to that one. */
static int
open_elsewhere(const struct store *s, const char *path, bool for_write, int flags, struct err *e)
{
	struct arena a = {0};
	const char *name = strrchr(path, '/') + 1;
	fd_auto dir = trusted_dir_open(arena_strndup(&a, path, (size_t)(name - 1 - path)), false, e);

	arena_done(&a);
	bool inside = false;
	if (dir >= 0 && store_is_around(s, dir, path, &inside, e) < 0)
		return -1;
	if (inside)
		return in_store(s, path, e);
	fd_auto fd = dir < 0 ? -1 : open_regular(dir, name, flags, e);
	if (fd < 0 || (for_write && check_is_log(dir, name, path, e) < 0))
		return -1;
	return fd_take(&fd);
}

int
store_log_open(const struct store *s, const struct jail *j, bool for_write, struct err *e)
{
	int flags = for_write ? O_WRONLY | O_APPEND | O_CREAT : O_RDONLY;
	char path[STORE_PATH];

	if (store_check_name(j->name, "open log", e) < 0)
		return -1;
	if (!j->consolelog)
		return open_regular(s->dotfd, store_path(path, "log/%s.log", j->name), flags, e);
	if (check_place(s, j, e) < 0)
		return err_at(e, &j->at[KEY_CONSOLELOG]);
	int fd = open_elsewhere(s, j->consolelog, for_write, flags, e);
	return fd < 0 ? err_at(e, &j->at[KEY_CONSOLELOG]) : fd;
}

enum { TAIL_MAX = 4096 };

/* The text after "TIME* warder: " (pid 1's) or "TIME warder: " (its child's, or one that the service made up), else
 * NULL: for an error message, which decides nothing. */
static const char *
own_words(const char *line)
{
	static const char who[] = " warder: ";
	const char *space = strchr(line, ' ');

	return space && strncmp(space, who, sizeof(who) - 1) == 0 ? space + sizeof(who) - 1 : NULL;
}

bool
store_log_last_words(const struct store *s, const struct jail *j, char *ret, size_t size)
{
	char tail[TAIL_MAX + 1];
	struct stat st;
	struct err ignored;
	bool found = false;
	fd_auto fd = store_log_open(s, j, false, &ignored);

	if (fd < 0 || fstat(fd, &st) < 0)
		return false;
	ssize_t n = pread(fd, tail, TAIL_MAX, st.st_size > TAIL_MAX ? st.st_size - TAIL_MAX : 0);
	tail[n > 0 ? n : 0] = '\0';
	for (char *line = tail, *end; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		const char *words = own_words(line);
		if (words)
			snprintf(ret, size, "%s", words);
		found |= words != NULL;
	}
	return found;
}
