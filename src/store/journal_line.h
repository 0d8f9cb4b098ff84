/*
 * What the files of the journal share.  Nothing outside src/store and its unit tests includes this.
 */
#ifndef WARDER_STORE_JOURNAL_LINE_H
#define WARDER_STORE_JOURNAL_LINE_H

#include "base/str.h"
#include "store/internal.h"
#include "store/journal.h"

/* No line of ours is longer: each byte of a command takes six at most. */
enum { JOURNAL_LINE_MAX = 512 << 10 };

/* With its newline, the only one. */
void journal_line_print(const struct journal_entry *entry, struct str *out);
/* One line, with or without its newline; -1 if it is no entry. */
int journal_line_parse(const char *line, size_t len, struct arena *a, struct journal_entry *ret) must_check;

/* .warder/journal/head.  Number 0, hash of zeros: no entry. */
struct journal_head {
	uint64_t number;
	char hash[SHA256_HEX];
};
enum head_state { HEAD_GOOD, HEAD_ABSENT, HEAD_MALFORMED };
extern const char journal_zeros[SHA256_HEX];
/* Not HEAD_GOOD: *ret is of number 0. */
int journal_head_read(int dirfd, struct journal_head *ret, enum head_state *ret_state, struct err *e) must_check;
int journal_head_write(int dirfd, const struct journal_head *h, struct err *e) must_check;
/* True if the line, whose newline is the last of its len bytes, is the entry that comes next after the head. */
bool journal_follows(const struct journal_head *h, const char *line, size_t len);
/* The head that the line makes. */
struct journal_head journal_head_after(const struct journal_head *h, const char *line, size_t len);

/* The journal in its open directory; -1 with e->err_no ENOENT where there is none and flags do not make it. */
int journal_open(int dirfd, int flags, struct err *e) must_check;

/* Of what the caller gave, with who and when; number and hash of the line before are left. */
void journal_entry_fill(const struct journal_entry *j, struct arena *a, struct journal_entry *ret);
/* The open directory of the journal, cleared of what killed writes left, with its lock. */
int journal_dir_lock(const struct store *s, const char *doing, int *ret_lock, struct err *e) must_check;
/* Appends it as it is, but for its number and the hash of the line before.  Needs the lock. */
int journal_add(int dirfd, const struct journal_entry *j, struct err *e) must_check;
/* Where the manifest of a generation lies, of the jail or, without one, of the base. */
const char *journal_manifest(char path[STORE_PATH], const char *jail, const char *base, unsigned generation);
/* Of a regular file; -1 where it cannot be read. */
int journal_file_hash(int dirfd, const char *path, char ret[SHA256_HEX]) must_check;

#endif
