/*
 * The batches and the threads.
 */
#include "store/verify_pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "store/seal_walk.h"

/* Files in a batch: enough that waking a thread costs little; with all batches, descriptors stay far under 1024. */
enum { BATCH = 16, MAX_THREADS = 16, SPARE = 2 };

struct job {
	int fd;
	bool is_extra;
	struct seal_entry expected, found;
	struct str path;
};

struct batch {
	struct batch *next;
	size_t n;
	struct job v[BATCH];
};

struct verify_pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct batch *free, *queued, *filling; /* filling is the walker's */
	struct batch *all;
	bool ending;
	struct err failed;
	verify_judge *judge;
	void *arg;
	char *buf; /* the walker's */
	pthread_t threads[MAX_THREADS];
	size_t nthreads, nbatches;
};

static char *
buf_new(void)
{
	char *buf = malloc(SEAL_READ_SIZE);

	if (!buf)
		arena_out_of_memory();
	return buf;
}

void
verify_pool_lock(struct verify_pool *p)
{
	pthread_mutex_lock(&p->lock);
}

void
verify_pool_unlock(struct verify_pool *p)
{
	pthread_mutex_unlock(&p->lock);
}

/* ---- one batch ---- */

static void
job_run(struct verify_pool *p, struct job *j, char *buf)
{
	struct err e = {0};
	int r = seal_file_hash(j->fd, &j->found, "verify", buf, j->found.sha256, &e);

	fd_close(&j->fd);
	verify_pool_lock(p);
	if (r == 0)
		p->judge(p->arg, j->is_extra ? NULL : &j->expected, &j->found);
	else if (p->failed.kind == ERR_NONE)
		p->failed = e;
	verify_pool_unlock(p);
}

static void
batch_run(struct verify_pool *p, struct batch *b, char *buf)
{
	for (size_t i = 0; i < b->n; i++)
		job_run(p, &b->v[i], buf);
	b->n = 0;
}

/* With the lock held. */
static struct batch *
pop(struct batch **list)
{
	struct batch *b = *list;

	if (b)
		*list = b->next;
	return b;
}

static void
push(struct batch **list, struct batch *b)
{
	b->next = *list;
	*list = b;
}

static void *
thread_main(void *arg)
{
	struct verify_pool *p = arg;
	char *buf = buf_new();

	verify_pool_lock(p);
	for (;;) {
		struct batch *b = pop(&p->queued);
		if (b) {
			verify_pool_unlock(p);
			batch_run(p, b, buf);
			verify_pool_lock(p);
			push(&p->free, b);
		} else if (p->ending)
			break;
		else
			pthread_cond_wait(&p->work, &p->lock);
	}
	verify_pool_unlock(p);
	free(buf);
	return NULL;
}

/* ---- the walker's side ---- */

/* One processor is the walker's own. */
static size_t
threads_wanted(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return n > MAX_THREADS ? MAX_THREADS : (size_t)n - 1;
}

struct verify_pool *
verify_pool_new(verify_judge *judge, void *arg)
{
	struct verify_pool *p = calloc(1, sizeof(*p));
	size_t n = threads_wanted();

	if (!p || !(p->all = calloc(n + SPARE, sizeof(*p->all))))
		arena_out_of_memory();
	p->nbatches = n + SPARE;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	p->judge = judge;
	p->arg = arg;
	p->buf = buf_new();
	p->filling = &p->all[0];
	for (size_t i = 1; i < p->nbatches; i++)
		push(&p->free, &p->all[i]);
	while (p->nthreads < n && pthread_create(&p->threads[p->nthreads], NULL, thread_main, p) == 0)
		p->nthreads++;
	return p;
}

/* The full one is handed over, and an empty one taken; where there is none, one that waits is worked off here. */
static int
submit(struct verify_pool *p)
{
	struct batch *b;
	int r;

	verify_pool_lock(p);
	push(&p->queued, p->filling);
	pthread_cond_signal(&p->work);
	r = p->failed.kind == ERR_NONE ? 0 : -1;
	/* Threads hold one each, so of SPARE more there is always one. */
	b = pop(p->free ? &p->free : &p->queued);
	verify_pool_unlock(p);
	batch_run(p, b, p->buf);
	p->filling = b;
	return r;
}

int
verify_pool_put(struct verify_pool *p, int fd, const struct seal_entry *expected, const struct seal_entry *found)
{
	struct job *j = &p->filling->v[p->filling->n++];

	j->fd = fd;
	j->path.len = 0;
	str_add(&j->path, found->path);
	j->is_extra = !expected;
	j->expected = expected ? *expected : (struct seal_entry){0};
	j->found = *found;
	j->expected.path = j->found.path = str_text(&j->path);
	return p->filling->n < BATCH ? 0 : submit(p);
}

int
verify_pool_end(struct verify_pool *p, struct err *e)
{
	struct batch *b;
	int r = 0;

	batch_run(p, p->filling, p->buf);
	verify_pool_lock(p);
	p->ending = true;
	pthread_cond_broadcast(&p->work);
	while ((b = pop(&p->queued))) {
		verify_pool_unlock(p);
		batch_run(p, b, p->buf);
		verify_pool_lock(p);
	}
	verify_pool_unlock(p);
	for (size_t i = 0; i < p->nthreads; i++)
		pthread_join(p->threads[i], NULL);
	if (p->failed.kind != ERR_NONE) {
		*e = p->failed;
		r = -1;
	}
	for (size_t i = 0; i < p->nbatches; i++)
		for (size_t k = 0; k < BATCH; k++)
			str_done(&p->all[i].v[k].path);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	free(p->all);
	free(p->buf);
	free(p);
	return r;
}
