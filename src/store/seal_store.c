/*
 * Where manifests lie: beside a skeleton's generation, in a base's.
 */
#include <errno.h>
#include <fcntl.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "store/internal.h"
#include "store/seal.h"

enum { MANIFEST_MAX = 1 << 30 }; /* some five million files */

const char *const seal_base_skip[] = {"meta.json", "seal", "draft.meta", NULL};

int
seal_write(const struct seal *s, int dirfd, const char *name, struct err *e)
{
	str_auto text = {0};

	seal_print(s, &text);
	return file_write(dirfd, name, str_text(&text), text.len, 0600, e);
}

static int
read_or_make(const struct store *s, const char *tree, const char *manifest, const char *const *skip, struct arena *a,
	struct seal *ret, struct err *e)
{
	char *text;
	size_t len;
	fd_auto fd = path_open_beneath(s->dotfd, tree, O_PATH | O_DIRECTORY, 0, e);

	if (fd < 0 && e->err_no == ENOENT)
		return err_set(e, ERR_FAILED, "read seal", tree, "there is no such generation");
	if (fd < 0)
		return -1;
	struct arena raw = {0};
	int r = file_read(s->dotfd, manifest, MANIFEST_MAX, &raw, &text, &len, e);
	if (r == 0)
		r = text ? seal_parse(text, len, manifest, a, ret, e) : seal_make(fd, skip, NULL, a, ret, e);
	arena_done(&raw);
	return r;
}

int
store_skel_seal(
	const struct store *s, const char *jail, unsigned generation, struct arena *a, struct seal *ret, struct err *e)
{
	char tree[STORE_PATH], manifest[STORE_PATH];

	store_path(tree, "skel/%s/%u", jail, generation);
	store_path(manifest, "skel/%s/%u.mtree", jail, generation);
	return store_check_name(jail, "read seal", e) < 0 ? -1 : read_or_make(s, tree, manifest, NULL, a, ret, e);
}

int
store_base_seal(
	const struct store *s, const char *base, unsigned generation, struct arena *a, struct seal *ret, struct err *e)
{
	char tree[STORE_PATH], manifest[STORE_PATH];

	store_path(tree, "base/%s/%u", base, generation);
	store_path(manifest, "base/%s/%u/seal", base, generation);
	if (store_check_name(base, "read seal", e) < 0)
		return -1;
	return read_or_make(s, tree, manifest, seal_base_skip, a, ret, e);
}
