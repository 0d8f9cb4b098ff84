/*
 * What of a jail's state could bring code back after a restart or a rollback: the state is neither, so what an attacker
 * left there is still there.
 *
 * Each file of the state is looked at: its name, its type and mode, its capability, and its first bytes.  Nothing of it
 * is parsed.  Pinned paths are left out, which the jail can neither write nor see, and /var/run, which is emptied at
 * each start.
 */
#ifndef WARDER_STORE_PERSISTENCE_H
#define WARDER_STORE_PERSISTENCE_H

#include <sys/stat.h>

#include "store/store.h"

/* Bits; a file may be several. */
enum persist_kind {
	PERSIST_CRON = 1 << 0,       /* cron or at would run what stands in it */
	PERSIST_LOGIN = 1 << 1,      /* a shell, sshd or a mail program looks for a file of that name in a home */
	PERSIST_INCLUDED = 1 << 2,   /* a file of the skeleton's etc, or a declared command, names it */
	PERSIST_SCRIPT = 1 << 3,     /* begins with "#!" */
	PERSIST_ELF = 1 << 4,        /* begins with the magic of ELF */
	PERSIST_SETID = 1 << 5,      /* set-uid or set-gid */
	PERSIST_CAPABILITY = 1 << 6, /* has the attribute security.capability */
	PERSIST_SOCKET = 1 << 7,
	PERSIST_DEVICE = 1 << 8,
	PERSIST_UNREAD = 1 << 9, /* its first bytes cannot be read (now): what it is cannot be told */
	PERSIST_NKINDS = 10
};
/* By bit: "cron"; and what it means, for people. */
extern const char *const persist_names[PERSIST_NKINDS], *const persist_texts[PERSIST_NKINDS];

/* What is known of one file; path as the jail sees it, "" if it is too deep for one. */
enum { PERSIST_HEAD = 64 }; /* bytes that are read */
struct persist_entry {
	const char *path;
	mode_t mode;
	bool in_cron;     /* it lies in a directory of cron or at */
	bool is_included; /* persistence_is_included */
	bool has_capability, is_unread;
	char head[PERSIST_HEAD];
	size_t nhead;
};
/* enum persist_kind bits; 0: nothing of it could run by itself.  Pure. */
unsigned persistence_classify(const struct persist_entry *p);
/* True for a directory in which cron or at look for what to run: "/var/spool/cron".  Pure. */
bool persistence_is_cron(const char *path);

/*
 * Paths of the state that a text names in a line that has to do with including, loading or executing: configuration of
 * any service, which is not understood but searched.  A directory or a pattern counts as all that is in it.
 */
enum { PERSIST_NAMES_MAX = 4 << 20 }; /* bytes of names that are kept */
struct persist_names {
	struct arena *a;
	struct strv paths; /* sorted after persistence_names_sort, each once */
	size_t bytes;
	bool is_full; /* there were more */
};
void persistence_names_add(struct persist_names *n, const char *text, size_t len);
/* A command's word, whatever is around the path in it. */
void persistence_names_add_word(struct persist_names *n, const char *word);
void persistence_names_sort(struct persist_names *n);
bool persistence_is_included(const struct persist_names *n, const char *path);
/* Of all files beneath etc of the skeleton that lies at skel (struct tree_paths). */
int persistence_names_read(const struct store *s, const char *skel, struct persist_names *n, struct err *e) must_check;

struct persist_finding {
	unsigned kinds;
	const char *path; /* as the jail sees it, not escaped; its end, after ".../", if it is longer than 4095 bytes */
	const char *detail;      /* of a script: its first line, cut; else NULL */
	uint32_t mode, uid, gid; /* in the jail's ids, if they are the jail's */
	uint64_t size;
	int64_t modified;
};
enum { PERSIST_LISTED = 10000, PERSIST_BYTES = 8 << 20 };
struct persistence {
	struct persist_finding *v; /* by path; at most PERSIST_LISTED of them, and PERSIST_BYTES of paths */
	size_t n;
	uint64_t found;                  /* all, listed or not */
	uint64_t counts[PERSIST_NKINDS]; /* by bit */
	uint64_t entries;                /* that were looked at */
	struct strv left_out;            /* pinned paths, and /var/run */
	bool names_are_full;             /* the skeleton names more than was kept */
	struct err stopped;              /* why not all was looked at; kind ERR_NONE: it was */
};
/*
 * The state of j, running or not.  Its root in the jail may change it meanwhile: what cannot be gone through for that,
 * after some attempts, is in ret->stopped, beside what was found until then.  -1 if nothing could be told.
 */
int store_persistence(const struct store *s, const struct jail *j, const struct jail_facts *f, struct arena *a,
	struct persistence *ret, struct err *e) must_check;

#endif
