/*
 * Seals: what a generation holds, as an mtree(5) manifest with sha256 digests, and the difference of two of them.
 *
 * A manifest has an entry for every file of the tree, the top itself as ".", in the order of a walk through sorted
 * directories ("a", "a/b", "a-b": '/' sorts before every other byte), with type, mode, uid, gid, and by type: nlink,
 * size and sha256digest, link, device.  Extended attributes that give rights or change what is seen
 * (security.capability, system.posix_acl_*, trusted.overlay.*) are one sha256 in the keyword "tags", the only one that
 * NetBSD's, FreeBSD's and libarchive's readers all take and none compares.  No times: the same content is the same
 * manifest.  Names are escaped as \ooo, so any bytes are possible.  libarchive warns of type=socket, which it does not
 * know; NetBSD's mtree(8) takes a name like "[a]" for a pattern, escaped or not, and may report a file "a" beside it.
 */
#ifndef WARDER_STORE_SEAL_H
#define WARDER_STORE_SEAL_H

#include "base/progress.h"
#include "base/sha256.h"
#include "store/store.h"

/* The longest path of an entry: what is deeper cannot be named to any program, and a tree of a hundred thousand levels
 * would have a manifest of gigabytes. */
enum { SEAL_PATH_MAX = 4095 };

enum seal_type { SEAL_DIR, SEAL_FILE, SEAL_LINK, SEAL_FIFO, SEAL_SOCKET, SEAL_CHAR, SEAL_BLOCK, SEAL_NTYPES };

/* The facts of an entry; of those that a manifest of another program leaves unsaid a set has the bits 1U << WORD_*. */
enum seal_fact {
	WORD_TYPE,
	WORD_MODE,
	WORD_UID,
	WORD_GID,
	WORD_NLINK,
	WORD_SIZE,
	WORD_SHA256,
	WORD_LINK,
	WORD_DEVICE,
	WORD_TAGS,
	WORD_COUNT
};

struct seal_entry {
	const char *path; /* raw bytes, relative: ".", "etc/passwd" */
	enum seal_type type;
	uint32_t mode; /* permission bits, 07777 */
	uint32_t uid, gid;
	uint32_t nlink;              /* SEAL_FILE */
	uint64_t size;               /* SEAL_FILE */
	uint64_t device;             /* SEAL_CHAR, SEAL_BLOCK: makedev(3) */
	uint8_t sha256[SHA256_SIZE]; /* SEAL_FILE: of its content */
	const char *link;            /* SEAL_LINK: its text, raw */
	bool has_xattrs;
	uint8_t xattrs[SHA256_SIZE]; /* with has_xattrs */
	uint16_t unsaid;             /* what is not known and not compared; 0 but in store/mtree.h */
};
struct seal {
	struct seal_entry *v;
	size_t n;
};

enum change_kind {
	CHANGE_ADDED,
	CHANGE_REMOVED,
	CHANGE_CONTENT, /* type, size, digest, link text or device; rights may differ too */
	CHANGE_RIGHTS,  /* only mode, owner, attributes or number of links */
	CHANGE_NKINDS
};
struct change {
	enum change_kind kind;
	const struct seal_entry *before, *after; /* NULL where there is none */
};
struct delta {
	struct change *v; /* in the order of paths */
	size_t n;
	size_t count[CHANGE_NKINDS];
};

/*
 * Walks the tree that the open directory dirfd is (R1-R3: hostile trees are ordinary input; no link is followed, no
 * FIFO or device opened, no mount crossed) and hashes every file, one with several names once.  skip: first-level names
 * to leave out, NULL-ended or NULL.  ERR_FAILED for a path over SEAL_PATH_MAX, ERR_BUSY for a file that is written to
 * meanwhile.  All of *ret lives in a.
 */
int seal_make(int dirfd, const char *const *skip, struct progress *bar, struct arena *a, struct seal *ret,
	struct err *e) must_check;
/* Pure: the manifest's text, and back.  A text that seal_print did not write is refused with its line, except that
 * keywords of mtree(5) that we do not know, and that change no other's meaning, are passed over. */
void seal_print(const struct seal *s, struct str *out);
int seal_parse(
	const char *text, size_t len, const char *subject, struct arena *a, struct seal *ret, struct err *e) must_check;
/* Pure: the sha256 of the printed text. */
void seal_hash(const struct seal *s, char ret[SHA256_HEX]);
/* Pure: what turns before into after; entries point into the two. */
void seal_diff(const struct seal *before, const struct seal *after, struct arena *a, struct delta *ret);
/* Pure: whether what has one path in both differs, and how; what before leaves unsaid does not. */
bool seal_entry_differs(const struct seal_entry *before, const struct seal_entry *after, enum change_kind *ret);
/* Pure: gives v the values of from where it says nothing; what it does not say stays unsaid. */
void seal_entry_fill(struct seal_entry *v, const struct seal_entry *from);
/* Pure: whether the entry says that, and it applies to its type. */
bool seal_says(const struct seal_entry *v, enum seal_fact fact);
/* Pure: the order of entries, as strcmp(3). */
int seal_order(const char *a, const char *b);

/*
 * The manifests of generations: .warder/skel/JAIL/N.mtree, and .warder/base/BASE/N/seal, which covers root, skel and
 * pins.  Written 0600 when a generation is published.  read makes it from the tree, and writes nothing, where a store
 * of an earlier version has none, and always for GENERATION_DRAFT (store/generations.h).  ERR_FAILED if there is no
 * such generation.
 */
int store_skel_seal(const struct store *s, const char *jail, unsigned generation, struct arena *a, struct seal *ret,
	struct err *e) must_check;
int store_base_seal(const struct store *s, const char *base, unsigned generation, struct arena *a, struct seal *ret,
	struct err *e) must_check;
/* What lies in the directory of a base's generation, or of its draft, and is not covered: for seal_make, NULL-ended. */
extern const char *const seal_base_skip[];
/* Writes one beside the tree that it describes: dirfd/name, synced, and its signature for that place
 * (store/seal_key.h). */
int seal_write(const struct store *s, const struct seal *seal, int dirfd, const char *name, const char *place,
	struct err *e) must_check;

#endif
