/*
 * Walking a tree into a manifest.  A file with several names is hashed at the first that is met.
 */
#include <stdlib.h>

#include "base/fd.h"
#include "base/inodes.h"
#include "store/seal_walk.h"

struct making {
	struct seal_walk w;
	struct inodes seen;
	struct arena *a;
	char *buf;
	struct seal s;
};

static int
file_hash(struct making *m, const struct seal_file *f, struct seal_entry *v, struct err *e)
{
	uint64_t first = v->nlink > 1 ? inodes_put(&m->seen, m->w.look.st.st_ino, m->s.n) : m->s.n;

	if (first == m->s.n)
		return seal_file_hash(f, v, m->w.d.op, m->buf, v->sha256, e);
	const char *path = v->path;
	*v = m->s.v[first];
	v->path = path;
	return 0;
}

static int
entry_add(struct making *m, struct err *e)
{
	struct seal_entry v;
	struct seal_file file;

	if (seal_walk_entry(&m->w, m->a, &v, &file, e) < 0)
		return -1;
	fd_auto fd = file.fd;
	if (fd >= 0 && file_hash(m, &file, &v, e) < 0)
		return -1;
	v.path = arena_strndup(m->a, m->w.path.s, m->w.path.len);
	m->s.v = arena_grow(m->a, m->s.v, m->s.n, sizeof(v));
	m->s.v[m->s.n++] = v;
	return 0;
}

int
seal_make(int dirfd, const char *const *skip, struct progress *bar, struct arena *a, struct seal *ret, struct err *e)
{
	struct making m = {.a = a, .buf = malloc(SEAL_READ_SIZE)};
	int r;

	if (!m.buf)
		arena_out_of_memory();
	r = seal_walk_open(&m.w, dirfd, "seal", skip, e);
	while (r == 0 && (r = seal_walk_next(&m.w, e)) > 0) {
		progress_add(bar, 1);
		r = entry_add(&m, e);
	}
	seal_walk_done(&m.w);
	inodes_done(&m.seen);
	free(m.buf);
	if (r == 0)
		*ret = m.s;
	return r;
}
