/*
 * Manifests that other programs wrote: mtree(8) of NetBSD and FreeBSD, bsdtar --format=mtree; for a comparison with a
 * generation, never for what is stored.
 *
 * Read are /set and /unset, names below the directory that was named last with "..", paths (what has a '/'), lines that
 * a backslash continues, comments, keywords in any order with their synonyms, and the escapes of vis(3).  A name is no
 * pattern.  Compared is what is said: type, mode (octal; not of links), uid, gid, nlink and size of files, sha256,
 * link, device, and tags where they are warder's; "optional" and "ignore" as in mtree(5), "nochange": only that it is
 * there. What else mtree(5) knows is passed over and counted; what it does not know is refused with its line.
 *
 * Where a name comes twice, the later entry takes the place of the earlier, as in NetBSD's mtree; two that say
 * different types are refused.  A directory of which the manifest names something must be in it, too; only the top may
 * be missing.
 */
#ifndef WARDER_STORE_MTREE_H
#define WARDER_STORE_MTREE_H

#include "store/seal.h"

/* The longest line, with all that continue it; the most entries; the most bytes of all their paths, of which a short
 * line has a long one where its directory is deep. */
enum { MTREE_LINE_MAX = 64 << 10, MTREE_ENTRIES_MAX = 4 << 20, MTREE_PATHS_MAX = 256 << 20 };

struct mtree_entry {
	struct seal_entry v;    /* link is NULL where it is unsaid */
	bool optional, ignored; /* it may be missing; what is beneath it is not looked at */
	bool nochange;          /* only that it is there */
	unsigned line;
};
struct mtree_count {
	const char *word;
	uint64_t n;
};
struct mtree {
	struct mtree_entry *v; /* in the order of a walk, each path once; first the top */
	size_t n;
	struct mtree_count *passed; /* keywords that were passed over, how often each */
	size_t npassed;
	uint64_t undigested; /* files, or what may be one, without a sha256 */
};

/* The manifest is untrusted: memory is bounded, no path leads out of the tree.  ERR_FAILED with the line.  fd
 * may be a pipe.  What *ret points at lies in a. */
int mtree_read(int fd, const char *subject, struct arena *a, struct mtree *ret, struct err *e) must_check;
/* Pure: the same from its text. */
int mtree_parse(const char *text, size_t len, const char *subject, struct arena *a, struct mtree *ret,
	struct err *e) must_check;

/* For the reader alone. */
/* 1: text was a keyword of the entry; 0: one that is passed over, counted in passed; -1: *ret_why says why not. */
int mtree_word_parse(char *text, struct arena *a, struct mtree_entry *v, uint64_t *passed, const char **ret_why);
/* Takes back what /set said; "all" for all. */
int mtree_word_unset(const char *text, struct mtree_entry *v, const char **ret_why);
/* Those of passed that are not 0, passed of MTREE_PASSED numbers. */
enum { MTREE_PASSED = 24 };
void mtree_passed_list(const uint64_t *passed, struct arena *a, struct mtree *ret);
/* The raw bytes of a name, or NULL. */
char *mtree_name_parse(const char *text, struct arena *a);
/* What is said before any /set. */
extern const struct mtree_entry mtree_nothing;

#endif
