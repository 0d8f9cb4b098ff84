/*
 * Which jails a verb works on, and in which order.  Choosing and ordering are pure.
 */
#ifndef WARDER_CLI_TARGETS_H
#define WARDER_CLI_TARGETS_H

#include "cli/cli.h"

struct target {
	const char *name;
	const struct jail *jail; /* NULL: not, or no longer, declared */
	bool named;              /* by its own name; false: by a pattern, --all or as a dependency */
};
struct targets {
	struct target *v;
	size_t n;
	struct err *faults; /* of words that mean no jail, one each */
	size_t nfaults;
};
enum order { ORDER_AS_GIVEN, ORDER_START, ORDER_STOP };

/*
 * The names among known that words mean: names, or patterns of glob(7) with * ? [ ].  Each name once.  The others
 * become faults: ERR_USAGE for what can be neither, the unknown kind, with the nearest name as hint, for an unknown
 * name, ERR_FAILED for a pattern that matches nothing.
 */
void targets_match(const char *op, const struct strv *known, const struct strv *words, enum err_kind unknown,
	struct arena *a, struct targets *ret);
/* Adds what the targets depend on, and so on, as jail.conf(5) has it. */
void targets_add_dependencies(const struct config *c, struct arena *a, struct targets *t);
/* ORDER_START: a jail after those that it depends on; ORDER_STOP: before them.  Else as it was. */
void targets_order(struct targets *t, enum order order, struct arena *a);
/* True if target a has to wait for b in that order. */
bool target_waits_for(const struct target *a, const struct target *b, enum order order);

/*
 * The verb's operands, or --all, as targets.  declared: only declared jails are known, else created ones too.  An error
 * as targets_check has it if a word means no jail: the verb does nothing then.
 */
int targets_choose(const struct cli *c, bool declared, struct arena *a, struct targets *ret, struct err *e) must_check;
/* The same for a verb that only shows: such words stay in ret->faults. */
int targets_find(const struct cli *c, bool declared, struct arena *a, struct targets *ret, struct err *e) must_check;
/* Tells the faults; the exit status that the first stands for, 0 if there is none. */
int targets_tell(const struct targets *t);
/* Fails if there are faults: tells all but the last, which is the error that is returned, with the first one's kind. */
int targets_check(struct targets *t, struct err *e) must_check;
/* The one jail that word names, no pattern; what fails from then on is told as its error (c->who). */
int target_named(
	struct cli *c, const char *word, bool declared, struct arena *a, struct target *ret, struct err *e) must_check;
/* The one that the first operand names. */
int target_single(struct cli *c, bool declared, struct arena *a, struct target *ret, struct err *e) must_check;
/* All jails that are declared or created: declared ones first, as written. */
int targets_known(const struct cli *c, bool declared, struct arena *a, struct strv *ret, struct err *e) must_check;

/*
 * Works on each target, -j of them at a time, and prints each one's error.  A target whose dependency failed is not
 * tried with ORDER_START.  work returns an exit status or -1 with the error.  Returns the status of the first in order
 * that is not 0.  With --json, prints what came of each (cli/results.h), unless work writes it itself (c->json):
 * then one after another.
 */
int targets_each(struct cli *c, const struct targets *t, enum order order,
	int (*work)(struct cli *c, const struct target *t, struct err *e));

#endif
