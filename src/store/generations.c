/*
 * Generations by their names in .warder/skel/JAIL and .warder/base/BASE: what is no number is none.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "store/generations.h"
#include "store/internal.h"

static int
by_number(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

/* dir: "skel/JAIL"; used is filled in by the caller. */
static int
read_names(const struct store *s, const char *dir, struct arena *a, struct generations *ret, struct err *e)
{
	struct strv names;

	if (store_names(s->dotfd, dir, a, &names, e) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		unsigned g = generation_parse(names.v[i]);
		ret->draft |= strcmp(names.v[i], "draft") == 0;
		if (g == 0)
			continue;
		ret->v = arena_grow(a, ret->v, ret->n, sizeof(*ret->v));
		ret->v[ret->n++] = g;
	}
	if (ret->n > 1)
		qsort(ret->v, ret->n, sizeof(*ret->v), by_number);
	return 0;
}

int
store_skel_generations(const struct store *s, const char *jail, struct arena *a, struct generations *ret, struct err *e)
{
	char path[STORE_PATH];
	struct generations g = {0};

	if (store_jail_generation(s, jail, &g.used, e) < 0 ||
		read_names(s, store_path(path, "skel/%s", jail), a, &g, e) < 0)
		return -1;
	*ret = g;
	return 0;
}

int
store_base_generations(const struct store *s, const char *base, struct arena *a, struct generations *ret, struct err *e)
{
	char path[STORE_PATH];
	struct generations g = {0};

	if (store_base_generation(s, base, &g.used, e) < 0 ||
		read_names(s, store_path(path, "base/%s", base), a, &g, e) < 0)
		return -1;
	*ret = g;
	return 0;
}

static int
open_tree(const struct store *s, const char *dir, const char *name, unsigned generation, struct err *e)
{
	char path[STORE_PATH];

	if (store_check_name(name, "open", e) < 0)
		return -1;
	if (generation == GENERATION_DRAFT)
		store_path(path, "%s/%s/draft", dir, name);
	else
		store_path(path, "%s/%s/%u", dir, name, generation);
	int fd = path_open_beneath(s->dotfd, path, PATH_ONLY | O_DIRECTORY, 0, e);
	if (fd < 0 && e->err_no == ENOENT)
		return err_set(e, ERR_FAILED, "open", path, "there is no such generation");
	return fd;
}

int
store_skel_open(const struct store *s, const char *jail, unsigned generation, struct err *e)
{
	return open_tree(s, "skel", jail, generation, e);
}

int
store_base_open(const struct store *s, const char *base, unsigned generation, struct err *e)
{
	return open_tree(s, "base", base, generation, e);
}
