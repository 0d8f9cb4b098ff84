/*
 * The mapping from the trees of a jail to one tree.
 */
#include "emit/flat.h"

#include <string.h>

#include "base/str.h"

static const char *const side_names[] = {[FLAT_S] = "s", [FLAT_T] = "t"};

/* How many directories the entry lies in. */
static size_t
depth_of(const char *path)
{
	size_t n = 0;

	for (; *path != '\0'; path++)
		n += *path == '/';
	return n;
}

/* The leading "../" of a text. */
static size_t
climbs(const char *text, const char **ret_rest)
{
	size_t n = 0;

	for (; str_has_prefix(text, "../"); n++)
		for (text += 3; *text == '/'; text++)
			;
	*ret_rest = strcmp(text, "..") == 0 ? "" : text;
	return n + (strcmp(text, "..") == 0);
}

static bool
has_part(const struct flat *f, enum flat_side side, const char *rest)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].side == side && strcmp(f->v[i].rest, rest) == 0)
			return true;
	return false;
}

bool
flat_add(struct flat *f, struct arena *a, const char *path, const char *text)
{
	const char *rest;

	if (climbs(text, &rest) != depth_of(path))
		return false;
	for (size_t i = 0; i < sizeof(side_names) / sizeof(side_names[0]); i++)
		if (rest[0] == side_names[i][0] && rest[1] == '/' && rest[2] != '\0' &&
			!has_part(f, (enum flat_side)i, rest + 2)) {
			f->v = arena_grow(a, f->v, f->n, sizeof(*f->v));
			f->v[f->n++] =
				(struct flat_part){(enum flat_side)i, arena_strdup(a, rest + 2), arena_strdup(a, path)};
			return true;
		}
	return false;
}

void
flat_add_skel_link(struct flat *f, struct arena *a, const char *name, const char *text)
{
	if (str_has_prefix(text, "../") && strcmp(text + 3, name) == 0)
		strv_add(a, &f->same, arena_strdup(a, name));
}

bool
flat_is_part(const struct flat *f, const char *path)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->v[i].path, path) == 0)
			return true;
	return false;
}

static bool
is_in(const char *dir, const char *path)
{
	size_t len = strlen(dir);

	return strncmp(dir, path, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

/* The innermost part that rel lies in; proper: and is not the top of. */
static const struct flat_part *
part_of(const struct flat *f, enum flat_side side, const char *rel, bool proper)
{
	const struct flat_part *found = NULL;

	for (size_t i = 0; i < f->n; i++) {
		const struct flat_part *p = &f->v[i];

		if (p->side != side || !is_in(p->rest, rel) || (proper && strcmp(p->rest, rel) == 0))
			continue;
		if (found == NULL || strlen(p->rest) > strlen(found->rest))
			found = p;
	}
	return found;
}

static const char *
path_in(const struct flat_part *p, enum flat_side side, const char *rel, struct arena *a)
{
	if (p == NULL)
		return arena_printf(a, "%s/%s", side_names[side], rel);
	return arena_printf(a, "%s%s", p->path, rel + strlen(p->rest));
}

struct flat_place
flat_place(const struct flat *f, enum flat_side side, const char *rel, struct arena *a)
{
	const struct flat_part *p = part_of(f, side, rel, false);
	struct flat_place place = {.path = path_in(p, side, rel, a)};

	if (p != NULL && strcmp(p->rest, rel) == 0)
		place.link = path_in(part_of(f, side, rel, true), side, rel, a);
	return place;
}

/* Whether "/NAME..." is what "/s/NAME..." is. */
static bool
is_same(const struct flat *f, enum flat_side side, const char *rest)
{
	size_t len = strcspn(rest, "/");
	const struct flat_part *p;
	char name[256];

	if (len == 0 || len >= sizeof(name))
		return false;
	memcpy(name, rest, len);
	name[len] = '\0';
	p = part_of(f, side, name, false);
	return (p != NULL && strcmp(p->path, name) == 0) || (side == FLAT_S && strv_has(&f->same, name));
}

const char *
flat_link(const struct flat *f, enum flat_side side, const char *rel, const char *place, const char *text,
	struct arena *a)
{
	const struct flat_part *p = part_of(f, side, rel, true);
	size_t in_jail = depth_of(rel) + 1, in_image = depth_of(place), up;
	const char *rest;

	up = climbs(text, &rest);
	/* from the top of a side: its name alone is left of the way */
	if (*text == '/' || p == NULL || in_jail - up >= depth_of(p->rest) + 2 || up == 0)
		return text;
	if (up >= in_jail)
		return up >= in_image ? text : arena_printf(a, "/%s", rest);
	if (up == in_jail - 1 && up == in_image && is_same(f, side, rest))
		return text;
	/* the way that is left, absolute: through the links in "s" and "t" */
	const char *end = rel;
	for (size_t left = in_jail - up - 1; left > 0; left--)
		end = strchr(end, '/') + 1;
	return arena_printf(a, "/%s/%.*s%s", side_names[side], (int)(end - rel), rel, rest);
}

const char *
flat_relative(const char *path, const char *dest, struct arena *a)
{
	str_auto out = {0};

	for (size_t n = depth_of(path); n > 0; n--)
		str_add(&out, "../");
	str_add(&out, dest);
	return arena_strdup(a, str_text(&out));
}
