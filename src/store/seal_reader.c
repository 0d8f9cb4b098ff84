/*
 * A manifest from its file, in bounded memory.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "store/seal_lines.h"

/* The longest line has a path and a link, each of four times 4095 bytes when all are escaped. */
enum { BUFFER = 256 << 10, PER_TURN = 128 };

static int
hash_all(struct seal_reader *r, char ret_hash[SHA256_HEX], uint64_t *ret_entries, struct err *e)
{
	struct sha256 h;
	uint8_t digest[SHA256_SIZE];
	uint64_t lines = 0;
	ssize_t n;

	sha256_init(&h);
	while ((n = fd_read_full(r->fd, r->buf, r->cap, r->lines.subject, e)) > 0) {
		sha256_add(&h, r->buf, (size_t)n);
		for (const char *at = r->buf; (at = memchr(at, '\n', (size_t)(r->buf + n - at))); at++)
			lines++;
	}
	if (n < 0)
		return -1;
	if (lseek(r->fd, 0, SEEK_SET) < 0)
		return err_sys(e, "read", r->lines.subject);
	sha256_end(&h, digest);
	sha256_hex(digest, ret_hash);
	*ret_entries = lines > 0 ? lines - 1 : 0;
	return 0;
}

int
seal_reader_open(struct seal_reader *r, int fd, const char *subject, char ret_hash[SHA256_HEX], uint64_t *ret_entries,
	struct err *e)
{
	*r = (struct seal_reader){.lines = {.subject = subject}, .fd = fd, .buf = malloc(BUFFER), .cap = BUFFER};
	if (!r->buf)
		arena_out_of_memory();
	return hash_all(r, ret_hash, ret_entries, e);
}

void
seal_reader_done(struct seal_reader *r)
{
	seal_lines_done(&r->lines);
	free(r->buf);
	r->buf = NULL;
	arena_done(&r->a[0]);
	arena_done(&r->a[1]);
}

/* The next line, without its newline; 0 at the end. */
static int
line_next(struct seal_reader *r, const char **ret, size_t *ret_len, struct err *e)
{
	char *from = r->buf + r->at, *nl = memchr(from, '\n', r->end - r->at);

	if (!nl) {
		memmove(r->buf, from, r->end - r->at);
		r->end -= r->at;
		r->at = 0;
		ssize_t n = fd_read_full(r->fd, r->buf + r->end, r->cap - r->end, r->lines.subject, e);
		if (n < 0)
			return -1;
		r->end += (size_t)n;
		from = r->buf;
		nl = memchr(from, '\n', r->end);
	}
	if (!nl)
		return r->end == 0 ? 0 : seal_lines_cut(&r->lines, e);
	*ret = from;
	*ret_len = (size_t)(nl - from);
	r->at = (size_t)(nl + 1 - r->buf);
	return 1;
}

/* An entry and the one before it are kept: the arena of those before that is given up. */
static struct arena *
arena_for_next(struct seal_reader *r)
{
	if (r->lines.line % PER_TURN == 0) {
		r->turn = 1 - r->turn;
		arena_done(&r->a[r->turn]);
	}
	return &r->a[r->turn];
}

int
seal_reader_next(struct seal_reader *r, struct seal_entry *ret, struct err *e)
{
	const char *line = NULL;
	size_t len = 0;
	int got;

	while ((got = line_next(r, &line, &len, e)) > 0) {
		got = seal_lines_parse(&r->lines, line, len, arena_for_next(r), ret, e);
		if (got != 0)
			return got;
	}
	return got < 0 ? -1 : seal_lines_end(&r->lines, e);
}
