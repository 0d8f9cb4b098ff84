/*
 * The batches and the threads.
 *
 * The walker hands over directories and names, not open files: opening one and its attributes cost as much as the
 * walker's own part, and would make it what all wait for.
 */
#include "store/verify_pool.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/system.h"

/* Enough in a batch that a thread is woken seldom, and not so much that one thread has work left when all others are
 * done.  Each holds at most as many directories open as it has files: all together stay far under 1024. */
enum { BATCH = 16, BATCH_BYTES = 1 << 20, MAX_THREADS = 32, SPARE = 16 };

struct job {
	int dir; /* the batch's */
	bool is_extra;
	uint64_t inode;
	struct seal_entry expected;
	struct str path;
};

struct batch {
	struct batch *next;
	size_t n, ndirs;
	uint64_t bytes;
	dev_t dev; /* of the last directory */
	ino_t ino;
	int dirs[BATCH];
	struct job v[BATCH];
};

/* What each thread that reads has of its own. */
struct reader {
	struct verify_pool *p;
	char *buf;
	struct seal_xattrs xattrs;
	pthread_t thread;
};

struct verify_pool {
	pthread_mutex_t lock;
	pthread_cond_t work, room;
	struct batch *free, *first, **last; /* first to last: full ones, in their order */
	struct batch *filling;              /* the walker's */
	struct batch *all;
	size_t nbatches, nfree;
	bool ending;
	struct err failed;
	verify_judge *judge;
	void *arg;
	struct reader walker, readers[MAX_THREADS];
	size_t nthreads;
};

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

static void
reader_begin(struct reader *r)
{
	r->buf = malloc(SEAL_READ_SIZE);
	if (!r->buf)
		arena_out_of_memory();
}

static void
reader_end(struct reader *r)
{
	free(r->buf);
	seal_xattrs_done(&r->xattrs);
}

/* ---- one batch ---- */

static int
job_run(struct reader *r, struct job *j, struct err *e)
{
	struct seal_entry found;
	struct seal_file file;
	const char *path = str_text(&j->path);

	if (seal_file_open(j->dir, path, j->inode, "verify", &r->xattrs, &found, &file, e) < 0)
		return -1;
	fd_auto fd = file.fd;
	if (seal_file_hash(&file, &found, "verify", r->buf, found.sha256, e) < 0)
		return -1;
	j->expected.path = path;
	r->p->judge(r->p->arg, j->is_extra ? NULL : &j->expected, &found);
	return 0;
}

static void
batch_clear(struct batch *b)
{
	for (size_t i = 0; i < b->ndirs; i++)
		fd_close(&b->dirs[i]);
	b->n = b->ndirs = 0;
	b->bytes = 0;
}

static void
batch_run(struct reader *r, struct batch *b)
{
	struct verify_pool *p = r->p;

	for (size_t i = 0; i < b->n; i++) {
		struct err e = {0};
		if (job_run(r, &b->v[i], &e) == 0)
			continue;
		verify_pool_lock(p);
		if (p->failed.kind == ERR_NONE)
			p->failed = e;
		verify_pool_unlock(p);
	}
	batch_clear(b);
}

/* ---- the threads; lists with the lock held ---- */

static void
enqueue(struct verify_pool *p, struct batch *b)
{
	b->next = NULL;
	*p->last = b;
	p->last = &b->next;
}

static struct batch *
dequeue(struct verify_pool *p)
{
	struct batch *b = p->first;

	if (b && !(p->first = b->next))
		p->last = &p->first;
	return b;
}

static void
give_back(struct verify_pool *p, struct batch *b)
{
	b->next = p->free;
	p->free = b;
	/* Not for one alone: the walker would be woken for each, fill it, and sleep again. */
	if (++p->nfree >= SPARE / 2)
		pthread_cond_signal(&p->room);
}

static void *
thread_main(void *arg)
{
	struct reader *r = arg;
	struct verify_pool *p = r->p;

	reader_begin(r);
	verify_pool_lock(p);
	for (;;) {
		struct batch *b = dequeue(p);
		if (b) {
			verify_pool_unlock(p);
			batch_run(r, b);
			verify_pool_lock(p);
			give_back(p, b);
		} else if (p->ending)
			break;
		else
			pthread_cond_wait(&p->work, &p->lock);
	}
	verify_pool_unlock(p);
	reader_end(r);
	return NULL;
}

static size_t
threads_wanted(unsigned asked)
{
	size_t n = asked != 0 ? asked : system_processors();

	if (n == 1)
		return 0;
	return n > MAX_THREADS ? MAX_THREADS : n;
}

struct verify_pool *
verify_pool_new(unsigned threads, verify_judge *judge, void *arg)
{
	struct verify_pool *p = calloc(1, sizeof(*p));
	size_t n = threads_wanted(threads);

	if (!p || !(p->all = calloc(n + SPARE, sizeof(*p->all))))
		arena_out_of_memory();
	p->nbatches = n + SPARE;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->room, NULL);
	p->judge = judge;
	p->arg = arg;
	p->last = &p->first;
	p->filling = &p->all[0];
	for (size_t i = 1; i < p->nbatches; i++)
		give_back(p, &p->all[i]);
	p->walker.p = p;
	reader_begin(&p->walker);
	for (struct reader *r = p->readers; p->nthreads < n; r++, p->nthreads++) {
		r->p = p;
		if (pthread_create(&r->thread, NULL, thread_main, r) != 0)
			break;
	}
	return p;
}

/* ---- the walker's side ---- */

/* The full one is handed over, and an empty one taken. */
static int
submit(struct verify_pool *p)
{
	int r;

	if (p->nthreads == 0) {
		batch_run(&p->walker, p->filling);
		return p->failed.kind == ERR_NONE ? 0 : -1;
	}
	verify_pool_lock(p);
	enqueue(p, p->filling);
	pthread_cond_signal(&p->work);
	while (!p->free)
		pthread_cond_wait(&p->room, &p->lock);
	p->filling = p->free;
	p->free = p->free->next;
	p->nfree--;
	r = p->failed.kind == ERR_NONE ? 0 : -1;
	verify_pool_unlock(p);
	return r;
}

/* The walk's directory, kept open for the batch; -1 with errno. */
static int
dir_keep(struct batch *b, const struct dirs *d)
{
	const struct dirs_level *l = &d->v[d->n - 1];

	if (b->ndirs > 0 && b->dev == l->dev && b->ino == l->ino)
		return b->dirs[b->ndirs - 1];
	int fd = fcntl(l->fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	b->dev = l->dev;
	b->ino = l->ino;
	return b->dirs[b->ndirs++] = fd;
}

static int
cannot_keep(struct verify_pool *p, const struct seal_walk *w)
{
	struct err e;

	(void)!dirs_err(&w->d, w->name, &e);
	verify_pool_lock(p);
	if (p->failed.kind == ERR_NONE)
		p->failed = e;
	verify_pool_unlock(p);
	return -1;
}

int
verify_pool_put(struct verify_pool *p, const struct seal_walk *w, const struct seal_entry *expected)
{
	struct batch *b = p->filling;
	struct job *j = &b->v[b->n];

	j->dir = dir_keep(b, &w->d);
	if (j->dir < 0)
		return cannot_keep(p, w);
	j->path.len = 0;
	str_addn(&j->path, w->path.s, w->path.len);
	j->inode = w->look.st.st_ino;
	j->is_extra = !expected;
	j->expected = expected ? *expected : (struct seal_entry){0};
	b->n++;
	b->bytes += (uint64_t)w->look.st.st_size;
	return b->n < BATCH && b->bytes < BATCH_BYTES ? 0 : submit(p);
}

static void
pool_free(struct verify_pool *p)
{
	reader_end(&p->walker);
	for (size_t i = 0; i < p->nbatches; i++)
		for (size_t k = 0; k < BATCH; k++)
			str_done(&p->all[i].v[k].path);
	pthread_cond_destroy(&p->room);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	free(p->all);
	free(p);
}

int
verify_pool_end(struct verify_pool *p, struct err *e)
{
	int r = 0;

	batch_run(&p->walker, p->filling);
	verify_pool_lock(p);
	p->ending = true;
	pthread_cond_broadcast(&p->work);
	verify_pool_unlock(p);
	for (size_t i = 0; i < p->nthreads; i++)
		pthread_join(p->readers[i].thread, NULL);
	if (p->failed.kind != ERR_NONE) {
		*e = p->failed;
		r = -1;
	}
	pool_free(p);
	return r;
}
