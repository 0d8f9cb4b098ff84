/*
 * The stamps' file.  It is only a memory: what cannot be read or written of it costs time, never an answer.
 */
#include "store/verify_quick.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/system.h"

static const char magic[] = "warder quick 1\n";
static const int64_t second_ns = 1000000000, young_ns = 2000000000;

struct record {
	struct quick_stamp stamp;
	uint32_t len; /* of the path that follows */
};

static int64_t
nanoseconds(const struct timespec *t)
{
	return t->tv_sec * second_ns + t->tv_nsec;
}

static struct quick_stamp
stamp_of(const struct seal_walk *w)
{
	const struct stat *st = &w->look.st;

	return (struct quick_stamp){
		.device = st->st_dev,
		.inode = st->st_ino,
		.size = (uint64_t)st->st_size,
		.modified = nanoseconds(&st->st_mtim),
		.changed = nanoseconds(&st->st_ctim),
	};
}

/* ---- reading ---- */

static void
next(struct quick_reader *r)
{
	struct record x = {0};

	r->have =
		fread(&x, sizeof(x), 1, r->f) == 1 && x.len <= SEAL_PATH_MAX && fread(r->path, 1, x.len, r->f) == x.len;
	if (!r->have)
		return;
	r->path[x.len] = '\0';
	r->stamp = x.stamp;
}

bool
quick_open(struct quick_reader *r, int dirfd, const char *name, const char hash[SHA256_HEX])
{
	char head[sizeof(magic) - 1 + SHA256_HEX];
	struct err ignored;
	fd_auto fd = path_open_regular(dirfd, name, &ignored);

	r->f = fd >= 0 ? fdopen(fd, "r") : NULL;
	if (!r->f)
		return false;
	fd_take(&fd);
	system_stream_is_private(r->f);
	if (fread(head, sizeof(head), 1, r->f) != 1 || memcmp(head, magic, sizeof(magic) - 1) != 0 ||
		memcmp(head + sizeof(magic) - 1, hash, SHA256_HEX) != 0) {
		quick_close(r);
		return false;
	}
	next(r);
	return true;
}

void
quick_close(struct quick_reader *r)
{
	if (r->f)
		fclose(r->f);
	r->f = NULL;
	r->have = false;
}

bool
quick_is_same(struct quick_reader *r, const struct seal_walk *w)
{
	const char *path = str_text(&w->path);
	struct quick_stamp now;
	bool same;

	while (r->have && strcmp(r->path, path) != 0 && seal_order(r->path, path) < 0)
		next(r);
	if (!r->have || strcmp(r->path, path) != 0)
		return false;
	now = stamp_of(w);
	same = now.device == r->stamp.device && now.inode == r->stamp.inode && now.size == r->stamp.size &&
	       now.modified == r->stamp.modified && now.changed == r->stamp.changed;
	next(r);
	return same;
}

bool
quick_at_end(const struct quick_reader *r)
{
	return !r->have;
}

/* ---- writing ---- */

void
quick_begin(struct quick_writer *q, int dirfd, const char hash[SHA256_HEX])
{
	struct timespec now;
	fd_auto fd = system_unnamed_file(dirfd);

	q->f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!q->f)
		return;
	fd_take(&fd);
	system_stream_is_private(q->f);
	clock_gettime(CLOCK_REALTIME, &now);
	q->young = now.tv_sec * second_ns + now.tv_nsec - young_ns;
	fwrite(magic, sizeof(magic) - 1, 1, q->f);
	fwrite(hash, SHA256_HEX, 1, q->f);
}

void
quick_add(struct quick_writer *q, const struct seal_walk *w)
{
	struct record x = {.stamp = stamp_of(w), .len = (uint32_t)w->path.len};

	if (!q->f)
		return;
	if (x.stamp.changed >= q->young)
		x.stamp = (struct quick_stamp){0};
	fwrite(&x, sizeof(x), 1, q->f);
	fwrite(w->path.s, 1, w->path.len, q->f);
}

void
quick_drop(struct quick_writer *q)
{
	if (q->f)
		fclose(q->f);
	q->f = NULL;
}

void
quick_end(struct quick_writer *q, int dirfd, const char *name, bool good)
{
	unlinkat(dirfd, name, 0);
	if (!q->f)
		return;
	if (good && fflush(q->f) == 0 && !ferror(q->f)) /* of two that end at once one stays */
		(void)!system_give_name(fileno(q->f), dirfd, name);
	quick_drop(q);
}
