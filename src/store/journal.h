/*
 * The journal: one entry for every change that went through warder (who, when, what, from which generation to which,
 * with the hashes of the manifests), in .warder/journal/journal.  Each entry is one line of JSON and carries the hash
 * of the line before, so that one that was removed, edited or put in is found by journal_check; and the file
 * .warder/journal/head holds number and hash of the last one, so that one cut off at the end is found too.
 */
#ifndef WARDER_STORE_JOURNAL_H
#define WARDER_STORE_JOURNAL_H

#include "base/sha256.h"
#include "store/store.h"

struct journal_entry {
	/* filled in by append */
	uint64_t number;           /* from 1 */
	int64_t time;              /* unix seconds */
	uint32_t uid;              /* real user id */
	uint32_t login_uid;        /* of /proc/self/loginuid; UINT32_MAX: none */
	const char *sudo_user;     /* SUDO_USER; NULL: none */
	char previous[SHA256_HEX]; /* hash of the line before; 64 zeros for the first */
	/* given by the caller */
	const char *
		action; /* "create", "manage", "base create", "base edit", "base use", "rollback", "reset", "gc", ... */
	const char *jail, *base;                    /* NULL: not of a jail, not of a base */
	struct strv command;                        /* what ran in the view; empty: none */
	unsigned from, to;                          /* generations; 0: none */
	char before[SHA256_HEX], after[SHA256_HEX]; /* manifests' hashes; "" : none */
	uint64_t added, removed, changed, rights;   /* counts of the delta */
};

/* Appends, syncs, and takes the lock "journal" itself (waits for it).  Only the given fields of *j are read. */
int store_journal_append(const struct store *s, const struct journal_entry *j, struct err *e) must_check;
/* All entries, oldest first; jail: only those of it (NULL: all).  ERR_FAILED with the line's number if one is
 * malformed. */
int store_journal_read(const struct store *s, const char *jail, struct arena *a, struct journal_entry **ret,
	size_t *ret_n, struct err *e) must_check;
/* 0 if the chain holds from the first entry to the head; else ERR_FAILED naming the first entry that does not fit. */
int store_journal_check(const struct store *s, uint64_t *ret_entries, struct err *e) must_check;

#endif
