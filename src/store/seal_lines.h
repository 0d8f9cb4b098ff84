/*
 * Reading a manifest line by line; for src/store alone.
 */
#ifndef WARDER_STORE_SEAL_LINES_H
#define WARDER_STORE_SEAL_LINES_H

#include "store/seal.h"

/* Zeroed but for the subject is ready. */
struct seal_lines {
	const char *subject; /* for errors */
	unsigned line;       /* the last one, from 1 */
	bool any;            /* there was an entry: last */
	struct seal_entry last;
	/* the texts of one line at a time: cut to pieces, without what is passed over, printed again */
	struct str pieces, kept, again;
};
void seal_lines_done(struct seal_lines *l);
/* One line without its newline: 1 with an entry, 0 for the first, which holds none.  What *ret points at lies in a, and
 * has to stay until the line after it was parsed. */
int seal_lines_parse(struct seal_lines *l, const char *line, size_t len, struct arena *a, struct seal_entry *ret,
	struct err *e) must_check;
/* After the last line. */
int seal_lines_end(const struct seal_lines *l, struct err *e) must_check;
/* A last line that has no newline. */
int seal_lines_cut(const struct seal_lines *l, struct err *e);

/*
 * The same from an open file, in bounded memory: first its hash, for the journal, and how many entries it has; then the
 * entries, one at a time.
 */
struct seal_reader {
	struct seal_lines lines;
	int fd;    /* the caller's */
	char *buf; /* read, from at to end not yet returned */
	size_t at, end, cap;
	struct arena a[2]; /* of the entries before and of those since */
	unsigned turn;
};
#define seal_reader_auto __attribute__((cleanup(seal_reader_done))) struct seal_reader
int seal_reader_open(struct seal_reader *r, int fd, const char *subject, char ret_hash[SHA256_HEX],
	uint64_t *ret_entries, struct err *e) must_check;
void seal_reader_done(struct seal_reader *r);
/* 1 with the next entry, which stays until the call after the next; 0 at the end. */
int seal_reader_next(struct seal_reader *r, struct seal_entry *ret, struct err *e) must_check;

#endif
