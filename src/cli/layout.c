/*
 * Owns what is written into an image layout.
 */
#include "cli/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/tree.h"
#include "cli/layout_index.h"

static const char marker[] = "{\"imageLayoutVersion\":\"1.0.0\"}\n";
enum { MARKER_MAX = 4096, INDEX_MAX = 16 << 20 };

/* ---- the directory ---- */

static int
is_no_layout(const struct layout *l, const char *why, struct err *e)
{
	err_set(e, ERR_CANTCREATE, "emit oci-image", l->path, "%s", why);
	return err_hint(e, "a directory that is not there yet, or an image layout");
}

/* What is in it decides: nothing, or a layout of the version that we write. */
static int
check_marker(struct layout *l, struct err *e)
{
	char *text;

	if (file_read(l->dir, "oci-layout", MARKER_MAX, &l->a, &text, NULL, e) == -1)
		return -1;
	if (text == NULL && !l->is_new)
		return is_no_layout(l, "it is no image layout", e);
	if (text == NULL)
		return file_write(l->dir, "oci-layout", marker, strlen(marker), l->mode, e);
	return layout_is_version(text, "1.0.0") ? 0 : is_no_layout(l, "it is an image layout of another version", e);
}

static bool
is_empty(int dir)
{
	struct tree_size size;
	struct err ignored;

	return tree_measure(dir, &size, &ignored) == 0 && size.entries <= 1;
}

static int
open_parts(struct layout *l, const struct cli *c, struct err *e)
{
	mode_t mode = 0777 & ~c->umask;

	/* in its layers is what only root may read of the trees, with the modes of the layers themselves */
	if (mkdir(l->path, 0700) == 0)
		l->is_new = true;
	else if (errno != EEXIST)
		return err_sys(e, "mkdir", l->path);
	if ((l->dir = open(l->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return err_sys(e, "open", l->path);
	if (flock(l->dir, LOCK_EX | LOCK_NB) == -1)
		return err_sys(e, "flock", l->path);
	l->is_new = l->is_new || is_empty(l->dir);
	if (check_marker(l, e) == -1)
		return -1;
	fd_auto made = path_make_dirs(l->dir, "blobs/sha256", mode, e);
	if (made == -1)
		return -1;
	l->blobs = openat(made, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return l->blobs == -1 ? err_sys(e, "open", l->path) : 0;
}

int
layout_open(const struct cli *c, const char *path, struct layout *ret, struct err *e)
{
	*ret = (struct layout){.path = path, .mode = 0666 & ~c->umask, .dir = -1, .blobs = -1, .fd = -1};
	if (open_parts(ret, c, e) == 0)
		return 0;
	layout_close(ret, false);
	return -1;
}

void
layout_close(struct layout *l, bool done)
{
	struct err ignored;

	if (l->fd >= 0)
		unlinkat(l->blobs, l->temp, 0);
	for (size_t i = 0; !done && i < l->added.n; i++)
		unlinkat(l->blobs, l->added.v[i], 0);
	if (!done && l->is_new && l->dir >= 0 && tree_empty(l->dir, NULL, &ignored) == 0)
		rmdir(l->path);
	fd_close(&l->fd);
	fd_close(&l->blobs);
	fd_close(&l->dir);
	arena_done(&l->a);
}

/* ---- blobs ---- */

int
layout_blob_begin(struct layout *l, struct err *e)
{
	if (file_temp_name(l->temp, e) == -1)
		return -1;
	l->fd = openat(l->blobs, l->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (l->fd == -1)
		return err_sys(e, "open", l->path);
	sha256_init(&l->hash);
	l->size = 0;
	return 0;
}

int
layout_blob_write(void *layout, const void *data, size_t n, struct err *e)
{
	struct layout *l = layout;

	sha256_add(&l->hash, data, n);
	l->size += n;
	return fd_write_all(l->fd, data, n, l->path, e);
}

int
layout_blob_end(struct layout *l, struct oci_blob *ret, struct err *e)
{
	uint8_t hash[SHA256_SIZE];

	sha256_end(&l->hash, hash);
	sha256_hex(hash, ret->sha256);
	ret->size = l->size;
	if (fchmod(l->fd, l->mode) == -1 || fsync(l->fd) == -1)
		return err_sys(e, "write", l->path);
	if (path_look(l->blobs, ret->sha256) == -1)
		strv_add(&l->a, &l->added, arena_strdup(&l->a, ret->sha256));
	if (renameat(l->blobs, l->temp, l->blobs, ret->sha256) == -1)
		return err_sys(e, "rename", l->path);
	fd_close(&l->fd);
	return 0;
}

int
layout_blob_text(struct layout *l, const struct str *text, struct oci_blob *ret, struct err *e)
{
	if (layout_blob_begin(l, e) == -1 || layout_blob_write(l, str_text(text), text->len, e) == -1)
		return -1;
	return layout_blob_end(l, ret, e);
}

/* ---- index ---- */

int
layout_index(struct layout *l, const struct strv *descriptors, struct err *e)
{
	str_auto out = {0};
	char *text;

	if (file_read(l->dir, "index.json", INDEX_MAX, &l->a, &text, NULL, e) == -1)
		return -1;
	if (layout_index_add(text, descriptors, &out) == -1)
		return is_no_layout(l, "its index.json is none", e);
	if (fsync(l->blobs) == -1)
		return err_sys(e, "fsync", l->path);
	return file_write(l->dir, "index.json", str_text(&out), out.len, l->mode, e);
}
