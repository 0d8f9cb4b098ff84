/*
 * Whether a generation is what was published: its tree against its manifest, its manifest against the journal, and its
 * number against what the journal put to use.
 *
 * No jail can write to its base or its skeleton, and every change that goes through warder is a new generation, so what
 * differs was done from the host's side.  The journal's entry is that of the publishing, not the last of that number: a
 * rollback to a generation whose manifest was edited does not make it good.
 *
 * Tree and manifest are gone through side by side in the order of both, so that memory does not grow with them.
 */
#ifndef WARDER_STORE_VERIFY_H
#define WARDER_STORE_VERIFY_H

#include "store/draft.h"
#include "store/mtree.h"
#include "store/seal.h"

/* How many changes are listed; more are only counted. */
enum { VERIFY_LISTED = 10000 };

struct verify_result {
	unsigned generation;
	uint64_t entries;   /* of the manifest */
	uint64_t bytes;     /* that were read */
	struct delta delta; /* before: what is expected, after: what was found; count: of all, listed or not */
	uint64_t changes;   /* all */
	struct strv faults; /* what is wrong with manifest or number, a sentence each */
	struct err stopped; /* why it could not be compared to the end; kind ERR_NONE: it was */
	bool match;         /* to the end, with neither changes nor faults */
};

struct verify_request {
	enum draft_kind kind;
	const char *name;
	unsigned generation; /* 0: the one in use, which then must be the one that the journal put to use last */
	bool quick;          /* read only what is not as it was when all was read last (store/verify_quick.h) */
	unsigned threads;    /* that read, 0: as many as there are processors */
};
/*
 * All that *ret points at lies in a.  -1 if nothing could be told, with ERR_BUSY while the generation is being
 * replaced; what stops a comparison that has begun is in ret->stopped, with what was found until then.
 */
int store_verify(const struct store *s, const struct verify_request *q, struct progress *bar, struct arena *a,
	struct verify_result *ret, struct err *e) must_check;

/*
 * The same with a manifest of another program in the place of the one that was published, and without the journal:
 * there are no faults then, and q->quick is not looked at.  What lies beside what is sealed is left out on both sides.
 */
int store_verify_foreign(const struct store *s, const struct verify_request *q, const struct mtree *m,
	struct progress *bar, struct arena *a, struct verify_result *ret, struct err *e) must_check;

/* Names of bases that are in use, sorted by bytes; nothing else of them is read, which may be what was tampered with.
 */
int store_verify_bases(const struct store *s, struct arena *a, struct strv *ret, struct err *e) must_check;

/* What the journal says of a generation. */
struct verify_record {
	unsigned used;         /* put to use last; 0: there is no entry */
	char hash[SHA256_HEX]; /* of the manifest that the generation was published with; "": there is no entry */
	unsigned choice;       /* DRAFT_SKEL: of its base, that the jail was told to stay on; 0: on none */
};
int verify_record_find(const struct store *s, enum draft_kind kind, const char *name, unsigned generation,
	struct verify_record *ret, struct err *e) must_check;
/* The same of the one in use, read so that both belong together: ERR_BUSY while it is being replaced. */
int verify_record_of_used(const struct store *s, enum draft_kind kind, const char *name, unsigned *ret_generation,
	struct verify_record *ret, struct err *e) must_check;
/* Why the choice that lies on the disk is not the one of the journal; NULL: it is. */
const char *verify_choice_fault(
	const struct store *s, const char *jail, const struct verify_record *r, struct arena *a);

/* The generation in use. */
int verify_used_read(
	const struct store *s, enum draft_kind kind, const char *name, unsigned *ret, struct err *e) must_check;

#endif
