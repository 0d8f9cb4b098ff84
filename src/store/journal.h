/*
 * The journal: one entry for every change that went through warder (who, when, what, from which generation to which,
 * with the hashes of the manifests), in .warder/journal/journal.
 *
 * Each entry is one line of JSON and carries the hash of the line before, so that one that was removed, edited, moved
 * or put in is found by store_journal_check; and the file .warder/journal/head holds number and hash of the last one,
 * so that one cut off at the end is found too.  There is no secret in it: who may write there can make all of it anew.
 * An administrator who wants to notice that too keeps the last hash elsewhere; a hash is that of the line with its
 * newline, as sha256sum(1) gives it for the end of the file.
 *
 * A line is written and synced before the head.  A crash between the two leaves one line after the head that chains to
 * it: the next append or check takes it as the last one.  A crash of the machine within the line leaves a torn one,
 * without its newline or with NUL bytes in it: the next append completes it if only the newline is missing, else moves
 * it to .warder/journal/torn.HASH.  Every other deviation is evidence and stays: the next entry is chained to the
 * head, wherever the file ends, and no check succeeds from then on.
 */
#ifndef WARDER_STORE_JOURNAL_H
#define WARDER_STORE_JOURNAL_H

#include "base/sha256.h"
#include "store/store.h"

/* Bytes of a command, all its words together; a longer one is cut, and its last word then says so. */
enum { JOURNAL_COMMAND_MAX = 64 << 10 };

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

/* The action of an entry that says which generation of its base a jail stays on: from and to are the base's, 0 the one
 * in use, before and after the hashes of their manifests.  Each other entry that names a jail is of its skeleton. */
extern const char journal_choice[];
/* Hashes and counts of a change from one manifest to the other; NULL: there was nothing, or is nothing now. */
struct seal;
void journal_entry_change(struct journal_entry *j, const struct seal *before, const struct seal *after);

/*
 * A change that has a moment in which it is made is announced before, and entered after (journal_begin.c): a crash in
 * between leaves the announcement, by which it can be told whether the change was made.  Whoever announces, or
 * verifies, the same jail or base next settles what is left: it is entered as it was announced, or, where it was not
 * made, forgotten.  Which it is, is told by what is there: the generation in use and its manifest's hash (`to` and
 * `after`), that the generation `from` is gone ("gc"), that all is ("destroy", "base remove"), the choice, the recorded
 * surface.  Both need the lock that the change needs.  end: ERR_FAILED where it was not made.
 */
int store_journal_begin(const struct store *s, const struct journal_entry *j, struct err *e) must_check;
int store_journal_end(const struct store *s, const struct journal_entry *j, struct err *e) must_check;
/* Settles what a crash left of the jail, or of the base where jail is NULL, unless somebody is at work on it.  -1 where
 * that cannot be done, saying of when the change is. */
int store_journal_recover(const struct store *s, const char *jail, const char *base, struct err *e) must_check;

struct journal {
	struct journal_entry *v; /* oldest first */
	size_t n;
	uint64_t bad_line; /* the first line that is no entry, and is left out; 0: none */
};
/* Needs no lock.  name: only those of this jail or base (NULL: all).  A torn last line is no entry yet. */
int store_journal_read(
	const struct store *s, const char *name, struct arena *a, struct journal *ret, struct err *e) must_check;

struct journal_check {
	uint64_t entries;      /* that fit, from the first on */
	char last[SHA256_HEX]; /* hash of the last of them; 64 zeros: there is none */
	bool torn;             /* after them lies a line that a crash tore; no fault, and the next append clears it */
	struct err fault;      /* the first thing that does not fit; kind ERR_NONE: the chain holds */
};
/* The whole chain, from the first entry to the head.  Takes the lock "journal"; -1 only if it could not be read. */
int store_journal_check(const struct store *s, struct journal_check *ret, struct err *e) must_check;

struct json;
/* One entry as an object of JSON (base/json.h), as it is in the file; key is NULL inside an array. */
void journal_entry_json(struct json *j, const char *key, const struct journal_entry *entry);

#endif
