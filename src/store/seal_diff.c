/*
 * The order of a manifest's entries, and the difference of two manifests: pure.
 */
#include <string.h>

#include "store/seal.h"

/* '/' before every other byte, so that what is in a directory follows it at once. */
static unsigned
rank(char c)
{
	return c == '\0' ? 0 : c == '/' ? 1 : 1U + (unsigned char)c;
}

int
seal_order(const char *a, const char *b)
{
	bool a_is_top = strcmp(a, ".") == 0, b_is_top = strcmp(b, ".") == 0;

	if (a_is_top || b_is_top)
		return (int)b_is_top - (int)a_is_top;
	while (*a == *b && *a != '\0') {
		a++;
		b++;
	}
	return (int)rank(*a) - (int)rank(*b);
}

static bool
same_content(const struct seal_entry *a, const struct seal_entry *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case SEAL_FILE:
		return a->size == b->size && memcmp(a->sha256, b->sha256, sizeof(a->sha256)) == 0;
	case SEAL_LINK:
		return strcmp(a->link, b->link) == 0;
	case SEAL_CHAR:
	case SEAL_BLOCK:
		return a->device == b->device;
	default:
		return true;
	}
}

static bool
same_rights(const struct seal_entry *a, const struct seal_entry *b)
{
	if (a->mode != b->mode || a->uid != b->uid || a->gid != b->gid)
		return false;
	if (a->type == SEAL_FILE && a->nlink != b->nlink)
		return false;
	return a->has_xattrs == b->has_xattrs &&
	       (!a->has_xattrs || memcmp(a->xattrs, b->xattrs, sizeof(a->xattrs)) == 0);
}

static void
add(struct delta *d, enum change_kind kind, const struct seal_entry *before, const struct seal_entry *after,
	struct arena *a)
{
	d->v = arena_grow(a, d->v, d->n, sizeof(*d->v));
	d->v[d->n++] = (struct change){kind, before, after};
	d->count[kind]++;
}

void
seal_entry_fill(struct seal_entry *v, const struct seal_entry *from)
{
	const struct seal_entry said = *v;

	if (v->unsaid == 0)
		return;
	*v = *from;
	v->path = said.path;
	v->unsaid = said.unsaid;
	v->type = said.unsaid & 1U << WORD_TYPE ? from->type : said.type;
	v->mode = said.unsaid & 1U << WORD_MODE ? from->mode : said.mode;
	v->uid = said.unsaid & 1U << WORD_UID ? from->uid : said.uid;
	v->gid = said.unsaid & 1U << WORD_GID ? from->gid : said.gid;
	v->nlink = said.unsaid & 1U << WORD_NLINK ? from->nlink : said.nlink;
	v->size = said.unsaid & 1U << WORD_SIZE ? from->size : said.size;
	v->device = said.unsaid & 1U << WORD_DEVICE ? from->device : said.device;
	if (!(said.unsaid & 1U << WORD_SHA256))
		memcpy(v->sha256, said.sha256, sizeof(v->sha256));
	if (!(said.unsaid & 1U << WORD_LINK))
		v->link = said.link;
	if (said.unsaid & 1U << WORD_TAGS)
		return;
	v->has_xattrs = said.has_xattrs;
	memcpy(v->xattrs, said.xattrs, sizeof(v->xattrs));
}

static bool
differs(const struct seal_entry *before, const struct seal_entry *after, enum change_kind *ret)
{
	if (!same_content(before, after))
		*ret = CHANGE_CONTENT;
	else if (!same_rights(before, after))
		*ret = CHANGE_RIGHTS;
	else
		return false;
	return true;
}

bool
seal_entry_differs(const struct seal_entry *before, const struct seal_entry *after, enum change_kind *ret)
{
	struct seal_entry filled;

	if (before->unsaid == 0)
		return differs(before, after, ret);
	filled = *before;
	seal_entry_fill(&filled, after);
	return differs(&filled, after, ret);
}

/* The same path in both. */
static void
compare(struct delta *d, const struct seal_entry *before, const struct seal_entry *after, struct arena *a)
{
	enum change_kind kind;

	if (seal_entry_differs(before, after, &kind))
		add(d, kind, before, after, a);
}

void
seal_diff(const struct seal *before, const struct seal *after, struct arena *a, struct delta *ret)
{
	struct delta d = {0};
	size_t i = 0, k = 0;

	while (i < before->n || k < after->n) {
		int order = i == before->n ? 1 : k == after->n ? -1 : seal_order(before->v[i].path, after->v[k].path);
		if (order < 0)
			add(&d, CHANGE_REMOVED, &before->v[i++], NULL, a);
		else if (order > 0)
			add(&d, CHANGE_ADDED, NULL, &after->v[k++], a);
		else
			compare(&d, &before->v[i++], &after->v[k++], a);
	}
	*ret = d;
}
