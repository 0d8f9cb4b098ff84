/*
 * The links that say which generation is in use.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "store/internal.h"

int
store_link_switch(
	const struct store *s, const char *dir, const char *name, const char *target, const char *doing, struct err *e)
{
	fd_auto lock = -1;
	fd_auto links = store_dir_open(s->rootfd, dir, e);

	if (links < 0 || store_lock(s, "store", doing, STORE_WAIT_MS, &lock, e) < 0)
		return -1;
	return file_switch_link(links, name, target, e);
}

/* The number between before and after in the link's text. */
static int
link_read(int rootfd, const char *path, const char *before, const char *after, unsigned *ret, struct err *e)
{
	char text[STORE_PATH];
	size_t head = strlen(before), tail = strlen(after);
	ssize_t n = readlinkat(rootfd, path, text, sizeof(text) - 1);

	if (n < 0 && (errno == ENOENT || errno == EINVAL)) {
		*ret = 0;
		return 0;
	}
	if (n < 0)
		return err_sys(e, "readlink", path);
	text[n] = '\0';
	if ((size_t)n <= head + tail || strncmp(text, before, head) != 0 || strcmp(text + n - tail, after) != 0)
		return err_set(e, ERR_FAILED, "read", path, "the link does not point at a generation: %s", text);
	text[(size_t)n - tail] = '\0';
	unsigned g = generation_parse(text + head);
	if (g == 0)
		return err_set(e, ERR_FAILED, "read", path, "the link does not name a generation");
	*ret = g;
	return 0;
}

int
base_link_read(const struct store *s, const char *base, unsigned *ret, struct err *e)
{
	char path[STORE_PATH], before[STORE_PATH];

	return link_read(s->rootfd, store_path(path, "j/%s", base), store_path(before, "../.warder/base/%s/", base),
		"/root", ret, e);
}

int
skel_link_read(const struct store *s, const char *jail, unsigned *ret, struct err *e)
{
	char path[STORE_PATH], before[STORE_PATH];

	return link_read(
		s->rootfd, store_path(path, "s/%s", jail), store_path(before, "../.warder/skel/%s/", jail), "", ret, e);
}

int
store_base_generation(const struct store *s, const char *base, unsigned *ret, struct err *e)
{
	return store_check_name(base, "read base", e) < 0 ? -1 : base_link_read(s, base, ret, e);
}

int
store_jail_generation(const struct store *s, const char *jail, unsigned *ret, struct err *e)
{
	return store_check_name(jail, "read jail", e) < 0 ? -1 : skel_link_read(s, jail, ret, e);
}
