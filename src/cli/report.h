/*
 * What `warder report` shows: everything that is known of all jails, gathered first and then only printed.
 */
#ifndef WARDER_CLI_REPORT_H
#define WARDER_CLI_REPORT_H

#include "cli/row.h"
#include "cli/surface.h"
#include "store/generations.h"
#include "store/journal.h"
#include "store/verify.h"

/* A key of the declaration that opens something which is closed otherwise. */
struct report_exception {
	const char *key, *value, *gives;
	const struct srcloc *at;
};
struct report_check {
	enum draft_kind kind;
	const char *name;
	struct verify_result r;
	struct err untold; /* kind ERR_NONE: r says it */
};
struct report_jail {
	struct row row;
	struct plan plan; /* no steps: there is none */
	struct err unplanned;
	bool measured; /* it runs, and the surface is known */
	struct surface_view view;
	struct surface_level levels[SURFACE_NLEVELS];
	struct err unmeasured;
	const struct report_check *checks[2]; /* skeleton, base; NULL: not created */
	struct generations generations;
	struct journal journal; /* of this jail */
	struct strv drift;
	struct report_exception *exceptions;
	size_t nexceptions;
};
struct report_base {
	struct base_row row;
	struct generations generations;
	const struct report_check *check;
};
struct report {
	int64_t time;
	const char *root, *config, *host;
	struct report_jail *jails;
	size_t njails;
	struct report_base *bases;
	size_t nbases;
	struct report_check **checks; /* each once: a base is of many jails */
	size_t nchecks;
	struct journal_check journal;
};

/* -1 if the store itself cannot be read; what cannot be told of one jail is in its part. */
int report_gather(struct cli *c, struct report *ret, struct err *e) must_check;

/* What stands out: REPORT_UNKNOWN where something could not be told, REPORT_WRONG where something is not as it is
 * published, declared or recorded. */
enum report_state { REPORT_FINE, REPORT_UNKNOWN, REPORT_WRONG };
enum report_state report_state_of_check(const struct report_check *k);
enum report_state report_state_of_jail(const struct report_jail *j);
enum report_state report_state(const struct report *r);
/* One line for a check: "as published, 9,412 entries". */
void report_check_words(const struct report_check *k, struct str *out);
/* Who made a change, as the journal has it: "uid 0", "sudo anna". */
const char *report_who(const struct journal_entry *entry, struct arena *a);

/* Pure. */
void report_html(struct cli *c, const struct report *r, struct str *out);
void report_json(struct cli *c, const struct report *r, struct json *out);
extern const char report_style[];

#endif
