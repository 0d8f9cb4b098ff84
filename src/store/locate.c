/*
 * The walk of one path through the trees of a jail.  Where it stands is a path of the jail's view that has no link in
 * it, so ".." in a link's text only takes its last component off.
 */
#include "store/locate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"

enum { LINKS_MAX = 40 };

struct walk {
	const struct locate_view *v;
	struct arena *a;
	const char *asked, *at, *rest;
	unsigned nlinks;
	bool through; /* a link at the end is followed, too */
};

const struct pin *
pin_at(const struct pin *pins, size_t n, const char *path)
{
	const struct pin *found = NULL;

	for (size_t i = 0; i < n; i++)
		if (path_contains(pins[i].path, path) && (!found || strlen(found->path) < strlen(pins[i].path)))
			found = &pins[i];
	return found;
}

static struct location
place_in_pin(const struct pin *p, const char *sub, const char *path, struct arena *a)
{
	return (struct location){
		.tree = p->source == PIN_FROM_BASE ? LOCATE_BASE : LOCATE_SKEL,
		.rel = arena_printf(a, "%s%s", p->from, sub + strlen(p->path)),
		.pin = p,
		.path = path,
	};
}

/* Of a path without links. */
static struct location
place(const struct locate_view *v, const char *path, struct arena *a)
{
	bool in_s = path_contains("/s", path), in_t = path_contains("/t", path);

	if (!in_s && !in_t)
		return (struct location){.tree = LOCATE_BASE, .rel = arena_printf(a, "root%s", path), .path = path};
	const char *sub = path + strlen("/t");
	const struct pin *p = in_t ? pin_at(v->pins, v->npins, sub) : NULL;
	if (p)
		return place_in_pin(p, sub, path, a);
	return (struct location){.tree = in_s ? LOCATE_SKEL : LOCATE_STATE, .rel = *sub ? sub + 1 : ".", .path = path};
}

/* The text of the link that l is; NULL if it is none, or is not there. */
static int
link_read(const struct walk *w, const struct location *l, const char **ret, struct err *e)
{
	char text[PATH_MAX];
	struct stat st;
	struct err why = {0};
	fd_auto fd = path_open_beneath(
		l->tree == LOCATE_BASE ? w->v->generation : w->v->skel, l->rel, PATH_ONLY | O_NOFOLLOW, 0, &why);

	*ret = NULL;
	if (fd < 0 && (why.err_no == ENOENT || why.err_no == ENOTDIR))
		return 0;
	if (fd < 0) {
		*e = why;
		return -1;
	}
	if (fstat(fd, &st) < 0)
		return err_sys(e, "fstat", l->path);
	if (!S_ISLNK(st.st_mode))
		return 0;
	ssize_t n = readlinkat(fd, "", text, sizeof(text));
	if (n < 0 || n == (ssize_t)sizeof(text))
		return err_sys(e, "readlink", l->path);
	*ret = arena_strndup(w->a, text, (size_t)n);
	return 0;
}

/* "../s/usr-local" in "/usr": as many steps up as the link lies deep, then s or t. */
static bool
leads_to_other_tree(const struct walk *w, const char *text)
{
	size_t depth = 0;

	for (const char *p = w->at; *p; p++)
		depth += *p == '/';
	for (; depth > 0 && str_has_prefix(text, "../"); depth--)
		text += 3;
	return depth == 0 && (str_has_prefix(text, "s/") || str_has_prefix(text, "t/"));
}

static bool
is_at_end(const struct walk *w)
{
	return w->rest[strspn(w->rest, "/")] == '\0';
}

static const char *
parent_of(struct walk *w)
{
	const char *slash = strrchr(w->at, '/');

	return slash ? arena_strndup(w->a, w->at, (size_t)(slash - w->at)) : "";
}

static int
go_into(struct walk *w, const char *name, struct err *e)
{
	const char *text = NULL, *next = arena_printf(w->a, "%s/%s", w->at, name);
	struct location l = place(w->v, next, w->a);

	if (l.tree != LOCATE_STATE && link_read(w, &l, &text, e) < 0)
		return -1;
	if (!text ||
		(is_at_end(w) && !w->through && (l.tree != LOCATE_BASE || l.pin || !leads_to_other_tree(w, text)))) {
		w->at = next;
		return 0;
	}
	if (++w->nlinks > LINKS_MAX || strlen(text) + strlen(w->rest) >= PATH_MAX) {
		errno = ELOOP;
		return err_sys(e, "find", w->asked);
	}
	w->rest = arena_printf(w->a, "%s/%s", text, w->rest);
	if (text[0] == '/')
		w->at = "";
	return 0;
}

static int
check_path(const char *path, struct err *e)
{
	if (path[0] != '/')
		return err_set(e, ERR_USAGE, "find", path, "not an absolute path of the jail");
	if (strlen(path) >= PATH_MAX)
		return err_set(e, ERR_USAGE, "find", path, "too long");
	for (const char *p = path; *p; p += strcspn(p, "/")) {
		p += strspn(p, "/");
		if (strncmp(p, "..", 2) == 0 && (p[2] == '/' || p[2] == '\0'))
			return err_set(e, ERR_USAGE, "find", path, "a path of the jail must not have \"..\" in it");
	}
	return 0;
}

static int
go(const struct locate_view *v, const char *path, bool through, struct arena *a, struct location *ret, struct err *e)
{
	struct walk w = {.v = v, .a = a, .asked = path, .at = "", .rest = path, .through = through};

	if (check_path(path, e) < 0)
		return -1;
	while (w.rest += strspn(w.rest, "/"), *w.rest) {
		size_t n = strcspn(w.rest, "/");
		const char *name = arena_strndup(a, w.rest, n);
		w.rest += n;
		if (strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0)
			w.at = parent_of(&w);
		else if (go_into(&w, name, e) < 0)
			return -1;
	}
	*ret = place(v, w.at, a);
	return 0;
}

int
locate(const struct locate_view *v, const char *path, struct arena *a, struct location *ret, struct err *e)
{
	return go(v, path, false, a, ret, e);
}

int
locate_through(const struct locate_view *v, const char *path, struct arena *a, struct location *ret, struct err *e)
{
	return go(v, path, true, a, ret, e);
}
