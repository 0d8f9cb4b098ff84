/*
 * What a process that is root in a jail could do, as a set of facts: each is one thing that it can.  So a jail is wider
 * than it should be where it has a fact that is not expected, and what is measured, what the declaration gives, and
 * what was recorded as expected are compared as sets.  Pure.
 */
#ifndef WARDER_SURFACE_SURFACE_H
#define WARDER_SURFACE_SURFACE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "model/plan.h"

enum fact_kind {
	FACT_MOUNT,       /* "/t/var": there is a mount */
	FACT_MOUNT_RIGHT, /* "/t/var rw", and suid, dev, exec: what its flags do not forbid */
	FACT_COVERED,     /* "/s": a mount lies under another one, where no path leads */
	FACT_WRITE,       /* "/t/var": files can be made in it; or a file that can be opened for writing */
	FACT_ALIAS,       /* "/var -> /t/var": a link that leads to such a place */
	FACT_DEVICE,      /* "/dev/null c 1:3" */
	FACT_PROC,        /* a file of /proc or /sys */
	FACT_EXECUTE,     /* "/t/tmp mmap": what was written there can be executed */
	FACT_MEMORY,      /* "private memory mprotect" */
	FACT_SETID,
	FACT_MOUNTING,  /* "umount" */
	FACT_NAMESPACE, /* "user" */
	FACT_CAPABILITY,
	FACT_SYSCALL,
	FACT_SOCKET, /* "inet stream", "netlink route" */
	FACT_DESCRIPTOR,
	FACT_ROOT, /* of the process with this number: it is not the jail's */
	FACT_NKINDS
};
struct fact {
	enum fact_kind kind;
	const char *text;
};
struct facts {
	struct fact *v; /* sorted by kind, then by text; each once */
	size_t n;
};

struct fact_row {
	const char *key;   /* in JSON, and in the file of what is expected */
	const char *title; /* for people */
	bool declared;     /* the declaration says which of them there are; of others only a record does */
};
extern const struct fact_row fact_rows[FACT_NKINDS];

struct surface_mount {
	const char *target, *type;
	unsigned flags; /* MNT_RO, MNT_NOSUID, MNT_NODEV, MNT_NOEXEC */
};
struct surface_tried {
	const char *what;
	uint64_t n;
};
struct surface {
	struct facts facts;
	struct surface_mount *mounts; /* those that a path leads to, by path */
	size_t nmounts;
	struct surface_tried *tried;
	size_t ntried;
	struct fact *untried; /* FACT_SYSCALL: "sync: why" */
	size_t nuntried;
};

void facts_add(struct facts *f, enum fact_kind kind, const char *text, struct arena *a);
/* Sorts, and drops what is there twice: the last step of making a set. */
void facts_sort(struct facts *f);
bool facts_has(const struct facts *f, enum fact_kind kind, const char *text);

/*
 * The probe's records (probe/record.h), n bytes.  They come from inside the jail: anything that is not as the probe
 * writes it, that is missing or too much, or that the probe could not measure, is an error, never a smaller set.
 */
int surface_parse(const char *text, size_t n, struct arena *a, struct surface *ret, struct err *e) must_check;

/* The text of the nth covered mount of one place, from 1. */
const char *surface_covered(const char *target, unsigned n, struct arena *a);

/* What the plan of a jail gives it. */
void surface_declared(const struct plan *p, struct arena *a, struct facts *ret);

enum than { THAN_DECLARED, THAN_RECORDED };
struct excess {
	const struct fact *fact;
	bool than[2]; /* enum than */
};
struct comparison {
	struct excess *wider; /* what is measured and not expected by one of the two */
	size_t nwider;
	const struct fact **missing; /* mounts of the plan that are not there: what they would cover lies open */
	size_t nmissing;
	const struct fact **narrower; /* recorded, and not measured */
	size_t nnarrower;
};
/* declared, recorded: NULL if there is none to compare with. */
void surface_compare(const struct facts *measured, const struct facts *declared, const struct facts *recorded,
	struct arena *a, struct comparison *ret);

/* A set as the text of a file: a line for each, escaped, below a first line that says what it is. */
void facts_print(const struct facts *f, struct str *out);
/* Such a text, which subject names in the error. */
int facts_parse(const char *text, const char *subject, struct arena *a, struct facts *ret, struct err *e) must_check;

#endif
