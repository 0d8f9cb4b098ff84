/*
 * Reading the journal line by line, and checking its chain.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "store/internal.h"
#include "store/journal_line.h"

/* Where reading stands. */
struct reading {
	FILE *f;
	char *line; /* its newline included */
	size_t len, cap;
	uint64_t number; /* of the line, from 1 */
	bool torn;       /* the last one is no whole line */
};
#define reading_auto __attribute__((cleanup(reading_done))) struct reading

static void
reading_done(struct reading *r)
{
	free(r->line);
	if (r->f)
		fclose(r->f);
}

static int
reading_begin(struct reading *r, int dir, struct err *e)
{
	fd_auto fd = journal_open(dir, O_RDONLY, e);

	if (fd < 0)
		return e->err_no == ENOENT ? 0 : -1;
	r->f = fdopen(fd, "r");
	if (!r->f)
		return err_sys(e, "open", "journal");
	fd_take(&fd);
	return 0;
}

static bool
at_end(FILE *f)
{
	int c = getc(f);

	if (c != EOF)
		ungetc(c, f);
	return c == EOF;
}

/* 1 with a line; 0 at the end, of which a torn line is a part. */
static int
reading_next(struct reading *r, struct err *e)
{
	ssize_t n = r->f ? getline(&r->line, &r->cap, r->f) : -1;

	if (n <= 0)
		return !r->f || feof(r->f) ? 0 : err_sys(e, "read", "journal");
	r->number++;
	r->len = (size_t)n;
	r->torn = r->line[n - 1] != '\n' || (memchr(r->line, '\0', r->len) && at_end(r->f));
	return r->torn ? 0 : 1;
}

static bool
is_of(const struct journal_entry *entry, const char *name)
{
	return !name || (entry->jail && strcmp(entry->jail, name) == 0) ||
	       (entry->base && strcmp(entry->base, name) == 0);
}

/* Lines of others take no memory. */
static void
entry_take(const struct reading *r, const char *name, struct arena *a, struct journal *ret)
{
	struct arena tmp = {0};
	struct journal_entry entry;
	bool good = journal_line_parse(r->line, r->len, &tmp, &entry) == 0, wanted = good && is_of(&entry, name);

	if (!good && ret->bad_line == 0)
		ret->bad_line = r->number;
	if (wanted && journal_line_parse(r->line, r->len, a, &entry) == 0) {
		ret->v = arena_grow(a, ret->v, ret->n, sizeof(*ret->v));
		ret->v[ret->n++] = entry;
	}
	arena_done(&tmp);
}

int
store_journal_read(const struct store *s, const char *name, struct arena *a, struct journal *ret, struct err *e)
{
	struct journal j = {0};
	reading_auto r = {0};
	int more;
	fd_auto dir = store_dir_open(s->dotfd, "journal", e);

	if (dir < 0 || reading_begin(&r, dir, e) < 0)
		return -1;
	while ((more = reading_next(&r, e)) > 0)
		entry_take(&r, name, a, &j);
	if (more < 0)
		return -1;
	*ret = j;
	return 0;
}

/* ---- the chain ---- */

#define fault(c, ...) err_set(&(c)->fault, ERR_FAILED, "check", "journal", __VA_ARGS__)

/* True if the line is the entry that comes next. */
static bool
line_check(struct journal_check *c, const struct journal_head *at, const struct reading *r)
{
	struct arena a = {0};
	struct journal_entry entry;
	bool is_entry = journal_line_parse(r->line, r->len, &a, &entry) == 0;

	arena_done(&a);
	if (!is_entry)
		fault(c, "line %" PRIu64 " is no entry", r->number);
	else if (entry.number != at->number + 1)
		fault(c, "line %" PRIu64 " is entry %" PRIu64 ", not %" PRIu64 ": taken out, put in or moved",
			r->number, entry.number, at->number + 1);
	else if (strcmp(entry.previous, at->hash) != 0)
		fault(c, "entry %" PRIu64 " does not carry the hash of the line before it, or that was changed",
			entry.number);
	return c->fault.kind == ERR_NONE;
}

/* at: the last entry of the file, before: the one before that. */
static int
head_check(struct journal_check *c, const struct journal_head *at, const struct journal_head *before, int dir,
	struct err *e)
{
	struct journal_head head;
	enum head_state state;

	if (journal_head_read(dir, &head, &state, e) < 0)
		return -1;
	if (state == HEAD_MALFORMED)
		fault(c, "its head is malformed");
	else if (head.number == at->number && strcmp(head.hash, at->hash) == 0)
		return 0;
	else if (at->number > 0 && head.number == before->number && strcmp(head.hash, before->hash) == 0)
		return journal_head_write(dir, at, e); /* a crash between line and head */
	else if (state == HEAD_ABSENT)
		fault(c, "its head is missing");
	else if (head.number > at->number)
		fault(c, "it ends with entry %" PRIu64 ", but %" PRIu64 " were written", at->number, head.number);
	else
		fault(c, "entry %" PRIu64 " at its end is not the one that was written last", at->number);
	return 0;
}

int
store_journal_check(const struct store *s, struct journal_check *ret, struct err *e)
{
	struct journal_check c = {0};
	struct journal_head at = {0}, before = {0};
	reading_auto r = {0};
	int more;
	fd_auto lock = -1;
	fd_auto dir = store_dir_open(s->dotfd, "journal", e);

	if (dir < 0 || store_lock(s, "journal", "check", STORE_WAIT_MS, &lock, e) < 0 || reading_begin(&r, dir, e) < 0)
		return -1;
	memcpy(at.hash, journal_zeros, SHA256_HEX);
	before = at;
	while ((more = reading_next(&r, e)) > 0 && line_check(&c, &at, &r)) {
		before = at;
		at = journal_head_after(&at, r.line, r.len);
	}
	if (more < 0 || (more == 0 && head_check(&c, &at, &before, dir, e) < 0))
		return -1;
	c.entries = at.number;
	memcpy(c.last, at.hash, SHA256_HEX);
	c.torn = r.torn;
	*ret = c;
	return 0;
}
