/*
 * Owns the adding of what one tree has and another lacks.  Two cursors go through the directories that both have; what
 * is missing is copied whole, at once or by way of a stage and one rename(2) that replaces nothing.
 */
#include "base/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/dirs.h"
#include "base/fd.h"
#include "base/rename.h"

struct merge {
	const struct tree_merge *m;
	struct dirs src, dst;
	struct str path; /* of the entry at hand, from the top */
	uint64_t added;
};

static int
copy_entry(struct merge *g, const char *name, int to, struct err *e)
{
	return tree_copy_entry(dirs_fd(&g->src), name, to, name, g->m->copy, e);
}

/* 1 if it is there now, 0 if somebody else put something there first. */
static int
add_by_stage(struct merge *g, const char *name, struct err *e)
{
	if (copy_entry(g, name, g->m->stage, e) < 0)
		return -1;
	if (rename_new(g->m->stage, name, dirs_fd(&g->dst), name) == 0)
		return 1;
	if (errno != EEXIST)
		return dirs_err(&g->dst, name, e);
	return tree_remove(g->m->stage, name, e);
}

static int
add(struct merge *g, const char *name, struct err *e)
{
	int added = g->m->stage >= 0 ? add_by_stage(g, name, e) : copy_entry(g, name, dirs_fd(&g->dst), e) < 0 ? -1 : 1;
	if (added <= 0)
		return added;
	g->added++;
	if (g->m->added != NULL)
		g->m->added(g->m->ctx, str_text(&g->path));
	return 0;
}

static int
tell_both(struct merge *g, const char *name, const struct stat *src, const struct stat *dst, struct err *e)
{
	struct tree_pair p = {str_text(&g->path), name, dirs_fd(&g->src), dirs_fd(&g->dst), *src, *dst};
	return g->m->both == NULL ? 0 : g->m->both(g->m->ctx, &p, e);
}

/* Into a directory that both have.  Where dst is being written to, it may be gone or something else by now. */
static int
enter(struct merge *g, const char *name, struct err *e)
{
	struct err why = {0};
	if (dirs_push(&g->dst, name, &why) == 0)
		return dirs_push(&g->src, name, e);
	if (g->m->stage >= 0 && (why.err_no == ENOENT || why.err_no == ENOTDIR || why.err_no == ELOOP))
		return 0;
	*e = why;
	return -1;
}

static int
merge_entry(struct merge *g, const char *name, struct err *e)
{
	struct stat src, dst;
	dirs_path(&g->src, name, SIZE_MAX, &g->path);
	if (g->m->skip != NULL && g->m->skip(g->m->ctx, str_text(&g->path)))
		return 0;
	if (fstatat(dirs_fd(&g->src), name, &src, AT_SYMLINK_NOFOLLOW) < 0)
		return dirs_err(&g->src, name, e);
	if (fstatat(dirs_fd(&g->dst), name, &dst, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? add(g, name, e) : dirs_err(&g->dst, name, e);
	if (tell_both(g, name, &src, &dst, e) < 0)
		return -1;
	return S_ISDIR(src.st_mode) && S_ISDIR(dst.st_mode) ? enter(g, name, e) : 0;
}

static int
merge_all(struct merge *g, struct err *e)
{
	for (;;) {
		const char *name = NULL;
		unsigned char type;
		int got = dirs_read(&g->src, &name, &type, e);
		if (got < 0)
			return -1;
		if (got == 0 && g->src.n == 1)
			return 0;
		if (got == 0 && (dirs_pop(&g->src, e) < 0 || dirs_pop(&g->dst, e) < 0))
			return -1;
		if (got == 0)
			continue;
		g->path.len = 0;
		if (merge_entry(g, name, e) < 0)
			return -1;
	}
}

int
tree_merge_missing(int srcfd, int dstfd, const struct tree_merge *m, uint64_t *ret_added, struct err *e)
{
	struct merge g = {.m = m};
	int r = dirs_open(&g.src, srcfd, "copy", e) < 0 || dirs_open(&g.dst, dstfd, "copy to", e) < 0
			? -1
			: merge_all(&g, e);
	dirs_done(&g.src);
	dirs_done(&g.dst);
	str_done(&g.path);
	if (r == 0)
		*ret_added = g.added;
	return r;
}
