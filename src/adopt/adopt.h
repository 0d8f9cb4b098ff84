/*
 * Other tools' files as our configuration.  Pure: a text in, a text out.
 *
 * Nothing is guessed.  What cannot be read at all is an error with its place.  What can be read and means nothing here
 * is a fault with its place, and the rest is written; a jail of which something essential is missing is not.
 */
#ifndef WARDER_ADOPT_ADOPT_H
#define WARDER_ADOPT_ADOPT_H

#include "base/arena.h"
#include "base/str.h"

struct adopted {
	const char *text;   /* the configuration, in the arena */
	struct err *faults; /* in the order of the lines */
	size_t nfaults;
};

/* A file of another tool, for places; text is NULL if it is not there. */
struct adopt_text {
	const char *file, *text;
	size_t len;
};
/* What another tool keeps of one jail. */
struct adopt_jail {
	const char *name;
	struct adopt_text conf, fstab;
};

/* Texts and names of files must outlive ret.  ERR_CONFIG for what is malformed or contradicts itself, and where there
 * is no jail at all. */
struct adopter {
	const char *name;
	/* One of them: of one file, or of the files of each jail. */
	int (*adopt)(
		const char *file, const char *text, size_t len, struct arena *a, struct adopted *ret, struct err *e);
	int (*adopt_jails)(const struct adopt_jail *v, size_t n, struct arena *a, struct adopted *ret, struct err *e);
};
/* The rows, each at the end of its own file. */
extern const struct adopter adopt_fstab, adopt_jail_conf, adopt_ezjail, adopt_bastille;
extern const struct adopter *const adopters[];
extern const size_t nadopters;

const struct adopter *adopter_find(const char *name); /* NULL: there is none */

/* ---- what adopters share (parts.c) ---- */

/* Adds a fault: what stands there, and why it is not taken over. */
void adopt_fault(struct arena *a, struct adopted *r, const struct srcloc *at, const char *what, const char *fmt, ...)
	printf_like(5, 6);
/* Sorts the faults from that one on, all of one file, by line. */
void adopt_sort(struct adopted *r, size_t from);
/* A value between double quotes, as the configuration's syntax has it. */
void adopt_quote(struct str *out, const char *value);

#endif
