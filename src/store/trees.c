/*
 * The open trees of one jail, for a backend: six directories, six system calls.
 */
#include <fcntl.h>

#include "base/fd.h"
#include "base/path.h"
#include "store/internal.h"

static int
tree_open(int dirfd, const char *rel, int *ret, struct err *e)
{
	return (*ret = path_open_beneath(dirfd, rel, PATH_ONLY | O_DIRECTORY, 0, e)) < 0 ? -1 : 0;
}

static int
trees_open(const struct store *s, const struct tree_paths *p, struct store_trees *t, struct err *e)
{
	if (tree_open(s->rootfd, p->generation, &t->generation, e) < 0 ||
		tree_open(t->generation, "root", &t->base, e) < 0 || tree_open(s->rootfd, p->skel, &t->skel, e) < 0 ||
		tree_open(s->rootfd, p->state, &t->state, e) < 0 || tree_open(s->dotfd, "dev", &t->dev, e) < 0)
		return -1;
	return tree_open(s->rootfd, p->view, &t->view, e);
}

int
store_trees_open(const struct store *s, const struct tree_paths *p, struct store_trees *ret, struct err *e)
{
	struct store_trees t = {-1, -1, -1, -1, -1, -1};

	if (trees_open(s, p, &t, e) < 0) {
		store_trees_close(&t);
		return -1;
	}
	*ret = t;
	return 0;
}

void
store_trees_close(struct store_trees *t)
{
	int *const fds[] = {&t->base, &t->generation, &t->skel, &t->state, &t->dev, &t->view};

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		fd_close(fds[i]);
}
