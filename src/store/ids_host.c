/*
 * Ids of the host's other stores.
 *
 * Processes and files with the same id are each other's, whichever store their jails belong to.  So all stores of a
 * host are listed in one file, and whoever picks a range reads the tables of the others, under a lock of the host's.  A
 * store that cannot be found any more is taken off the list; one that was not mounted is listed again with its next new
 * range.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/str.h"
#include "store/internal.h"

enum { STORES_MAX = 1 << 20 };

const char *ids_host_dir = "/var/lib/warder";
static const char list[] = "stores";

static int
host_open(int *ret, struct err *e)
{
	fd_auto fd = -1;

	if (mkdir(ids_host_dir, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "mkdir", ids_host_dir);
	fd = store_dir_open(AT_FDCWD, ids_host_dir, e);
	if (fd < 0 || store_mkdir(fd, "lock", 0700, e) < 0)
		return -1;
	*ret = fd_take(&fd);
	return 0;
}

/* The table of the store at root; *ret_found false if there is none. */
static int
table_read(const char *root, struct arena *a, struct id_table *ret, bool *ret_found, struct err *e)
{
	struct store other = {.dotfd = path_open_given(AT_FDCWD, arena_printf(a, "%s/.warder", root), O_DIRECTORY)};
	fd_auto dot = other.dotfd;
	struct stat st;

	*ret_found = dot >= 0 && fstatat(dot, "ids", &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (!*ret_found)
		return 0;
	if (store_ids_read(&other, a, ret, e) == 0)
		return 0;
	return err_hint(e, "this is of the store %s: no ids can be given without knowing its own", root);
}

struct others {
	struct arena *a;
	struct id_span *v;
	size_t n;
	struct str list; /* the stores that are still there */
};

static int
others_add(struct others *o, const char *root, struct err *e)
{
	struct id_table t = {0};
	bool found;

	if (table_read(root, o->a, &t, &found, e) < 0)
		return -1;
	if (found)
		str_addf(&o->list, "%s\n", root);
	for (size_t i = 0; i < t.n; i++) {
		o->v = arena_grow(o->a, o->v, o->n, sizeof(*o->v));
		o->v[o->n++] = (struct id_span){t.v[i].first, ID_COUNT};
	}
	return 0;
}

static int
others_read(struct others *o, char *text, const char *own, struct err *e)
{
	for (char *root = strtok(text, "\n"); root != NULL; root = strtok(NULL, "\n"))
		if (path_is_clean_absolute(root) && strcmp(root, own) != 0 && others_add(o, root, e) < 0)
			return -1;
	str_addf(&o->list, "%s\n", own);
	return 0;
}

int
ids_host_lock(const struct store *s, struct arena *a, struct id_span **ret, size_t *ret_n, int *ret_lock, struct err *e)
{
	struct store host = {.dotfd = -1};
	struct others o = {.a = a};
	fd_auto dir = -1, lock = -1;
	char *text;
	int r;

	if (host_open(&dir, e) < 0)
		return -1;
	host.dotfd = dir;
	if (store_lock(&host, list, "ids", STORE_WAIT_MS, &lock, e) < 0 || store_sweep_dir(dir, ".", e) < 0 ||
		file_read(dir, list, STORES_MAX, a, &text, NULL, e) < 0)
		return -1;
	const char *before = arena_strdup(a, text ? text : "");
	r = others_read(&o, text ? text : arena_strdup(a, ""), s->root, e);
	if (r == 0 && strcmp(before, str_text(&o.list)) != 0)
		r = file_write(dir, list, str_text(&o.list), o.list.len, 0600, e);
	str_done(&o.list);
	if (r < 0)
		return -1;
	*ret = o.v;
	*ret_n = o.n;
	*ret_lock = fd_take(&lock);
	return 0;
}
