/*
 * Where manifests lie: beside a skeleton's generation, in a base's.
 */
#include "base/fd.h"
#include "base/file.h"
#include "store/generations.h"
#include "store/internal.h"
#include "store/seal_key.h"

enum { MANIFEST_MAX = 1 << 30 }; /* some five million files */

const char *const seal_base_skip[] = {"meta.json", "seal", "seal.sig", "draft.meta", "draft.guest", NULL};

int
seal_write(
	const struct store *s, const struct seal *seal, int dirfd, const char *name, const char *place, struct err *e)
{
	str_auto text = {0};

	seal_print(seal, &text);
	if (file_write(dirfd, name, str_text(&text), text.len, 0600, e) < 0)
		return -1;
	return seal_sign(s, dirfd, name, place, str_text(&text), text.len, e);
}

/* fd: the tree, which is taken over. */
static int
read_or_make(const struct store *s, int fd, const char *manifest, const char *const *skip, struct arena *a,
	struct seal *ret, struct err *e)
{
	fd_auto tree = fd;
	struct arena raw = {0};
	char *text;
	size_t len;

	if (tree < 0)
		return -1;
	int r = file_read(s->dotfd, manifest, MANIFEST_MAX, &raw, &text, &len, e);
	if (r == 0)
		r = text ? seal_parse(text, len, manifest, a, ret, e) : seal_make(tree, skip, NULL, a, ret, e);
	arena_done(&raw);
	return r;
}

/* Of a draft, number 0, there is no manifest: it may still be written to. */
int
store_skel_seal(
	const struct store *s, const char *jail, unsigned generation, struct arena *a, struct seal *ret, struct err *e)
{
	char manifest[STORE_PATH];
	int tree = store_skel_open(s, jail, generation, e);

	return read_or_make(s, tree, store_path(manifest, "skel/%s/%u.mtree", jail, generation), NULL, a, ret, e);
}

int
store_base_seal(
	const struct store *s, const char *base, unsigned generation, struct arena *a, struct seal *ret, struct err *e)
{
	char manifest[STORE_PATH];
	int tree = store_base_open(s, base, generation, e);

	return read_or_make(
		s, tree, store_path(manifest, "base/%s/%u/seal", base, generation), seal_base_skip, a, ret, e);
}
