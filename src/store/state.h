/*
 * A jail's state from outside: made pristine again, or completed by what the software wants to find in it.
 */
#ifndef WARDER_STORE_STATE_H
#define WARDER_STORE_STATE_H

#include "store/store.h"

struct reset_loss {
	uint64_t entries, bytes;           /* of var and tmp, without what is kept */
	uint64_t kept_entries, kept_bytes; /* in the paths to keep */
};
/*
 * What a reset would remove.  keep: paths of the state, clean and absolute, under /var or /tmp or one of the two; a
 * link is kept as one.  ERR_USAGE for any other and for one that is pinned, ERR_FAILED for one that is not there.
 */
int store_reset_loss(const struct store *s, const struct jail *j, const struct strv *keep, struct reset_loss *ret,
	struct err *e) must_check;
/*
 * Gives a stopped jail the state that create would make, with what is in keep as it is.  The new one is made beside,
 * the files to keep linked into it, then the two change places by one rename and the old one is removed: at no time is
 * there a state with less in it than either.  A killed reset leaves ROOT/t/NAME.tmp, which the next reset or destroy
 * removes.  ERR_BUSY while it runs.  Needs the lock "jail.NAME"; takes "state.NAME" itself.
 */
int store_jail_reset(const struct store *s, const struct jail *j, const struct strv *keep, struct progress *bar,
	struct err *e) must_check;
/*
 * Makes in the state of a jail, which may be running, what it lacks under /var of the tree from, an open directory that
 * stands for /var (a pristine one, or one that packages were installed over), and the mount points of base's pins that
 * are missing.  Nothing that is there is changed, and nothing made in pins (of base, of declared) and in /var/run.  Ids
 * are shifted by the jail's first one; set-id bits, devices and sockets stay behind.  *ret_made: how many were missing,
 * a directory with all in it being one.  Takes the lock "state.NAME".
 */
int store_state_seed(const struct store *s, const char *jail, int from, const struct base_meta *base,
	const struct strv *declared, struct progress *bar, uint64_t *ret_made, struct err *e) must_check;

#endif
