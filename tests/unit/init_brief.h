/*
 * Writing a brief, for the tests of warder-init.
 */
#ifndef TESTS_INIT_BRIEF_H
#define TESTS_INIT_BRIEF_H

#include <stdlib.h>
#include <string.h>

#include "init/brief.h"
#include "seccomp/filter.h"

struct brief_words_rundir {
	const char *name;
	uint32_t uid, gid, mode;
};

/* NULL-ended lists; NULL is the empty one. */
struct brief_words {
	uint32_t mode, flags;
	uint64_t caps, caps_init;
	uint32_t uid, gid;
	const char *const *argv, *const *env, *const *start, *const *stop;
	const uint32_t *groups;
	uint32_t ngroups;
	const struct brief_words_rundir *rundirs;
	uint32_t nrundirs;
	uint32_t stop_signal, stop_timeout, restart, restart_delay, exec_timeout;
	uint64_t nofile;
	const char *cwd;
};

struct brief_block {
	_Alignas(8) char bytes[1 << 17];
	uint32_t size;
};

static uint32_t
block_put(struct brief_block *k, const void *data, size_t n, uint32_t align)
{
	uint32_t off = (k->size + align - 1) & ~(align - 1);

	if (off + n > sizeof(k->bytes))
		abort();
	if (n)
		memcpy(k->bytes + off, data, n);
	k->size = off + (uint32_t)n;
	return off;
}

static struct brief_list
block_put_list(struct brief_block *k, const char *const *v)
{
	struct brief_list l = {k->size, 0};

	for (; v && v[l.n]; l.n++)
		block_put(k, v[l.n], strlen(v[l.n]) + 1, 1);
	return l;
}

static struct brief *
block_make(struct brief_block *k, const struct brief_words *w)
{
	const struct filter_variant *filter = filter_by_name("default");
	struct brief *b = (struct brief *)k->bytes;
	struct brief_rundir dirs[8] = {0};

	memset(k, 0, sizeof(*k));
	k->size = sizeof(*b);
	*b = (struct brief){.magic = BRIEF_MAGIC,
		.mode = w->mode,
		.flags = w->flags,
		.caps = w->caps,
		.caps_init = w->caps_init,
		.uid = w->uid,
		.gid = w->gid,
		.umask = 022,
		.stop_signal = w->stop_signal ? w->stop_signal : 15,
		.stop_timeout = w->stop_timeout,
		.restart = w->restart,
		.restart_delay = w->restart_delay,
		.exec_timeout = w->exec_timeout};
	b->argv = block_put_list(k, w->argv);
	b->env = block_put_list(k, w->env);
	b->start = block_put_list(k, w->start);
	b->stop = block_put_list(k, w->stop);
	b->cwd = block_put(k, w->cwd ? w->cwd : "/", strlen(w->cwd ? w->cwd : "/") + 1, 1);
	for (uint32_t i = 0; i < w->nrundirs; i++)
		dirs[i] = (struct brief_rundir){block_put(k, w->rundirs[i].name, strlen(w->rundirs[i].name) + 1, 1),
			w->rundirs[i].uid, w->rundirs[i].gid, w->rundirs[i].mode};
	b->rundirs = (struct brief_list){block_put(k, dirs, w->nrundirs * sizeof(dirs[0]), 4), w->nrundirs};
	b->groups = (struct brief_list){block_put(k, w->groups, w->ngroups * 4, 4), w->ngroups};
	if (w->nofile) {
		struct brief_rlimit l = {7, 0, w->nofile, w->nofile};

		b->rlimits = (struct brief_list){block_put(k, &l, sizeof(l), 8), 1};
	}
	b->seccomp.len = filter->len * (uint32_t)sizeof(struct sock_filter);
	b->seccomp.off = block_put(k, filter->code, b->seccomp.len, 8);
	b->size = k->size;
	return b;
}

#endif
