/*
 * Which generation of its base a jail takes, and what its skeleton lacks of that (docs/management.md).
 */
#ifndef WARDER_STORE_BASE_USE_H
#define WARDER_STORE_BASE_USE_H

#include "store/seal.h"

/* The generation that the jail was told to stay on; 0: it takes the one in use. */
int store_base_choice(const struct store *s, const char *jail, unsigned *ret, struct err *e) must_check;
/* generation 0: takes the one in use again.  *ret_changed: that is another than before, or another than the journal
 * says; it was announced there, and the end is the caller's (journal_choice).  Needs the lock "manage.JAIL". */
int store_base_choose(const struct store *s, const char *jail, const char *base, unsigned generation, bool *ret_changed,
	struct err *e) must_check;

struct completion {
	struct strv added;     /* paths that the new generation of the skeleton has and the one before lacks */
	struct strv differing; /* paths that the base changed, and that are left to the administrator */
	unsigned from, to;     /* of the skeleton; to 0: nothing was missing */
	struct seal before, after;
};
/*
 * The base's pristine skeletons are compared: the one that the jail's skeleton descends from with that of generation.
 * Files that are new there, and that the jail lacks, are added to a new generation of the jail's skeleton, which is put
 * to use; files that changed there are only told.  What the administrator removed does not come back.  What is
 * put to use was announced in the journal; its end is the caller's.  ERR_FAILED where the jail has a draft.  Needs the
 * lock "manage.JAIL".
 */
int store_skel_complete(const struct store *s, const char *jail, const char *base, unsigned generation, struct arena *a,
	struct completion *ret, struct err *e) must_check;

#endif
