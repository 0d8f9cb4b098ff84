/*
 * A skeleton that was put to use by a commit or a rollback, and the jail that runs on the one before.
 */
#include "base/fd.h"
#include "cli/life.h"
#include "cli/session.h"

enum { WAIT_MS = 10000 };

const char *
live_word(enum renewal r)
{
	static const char *const words[] = {
		[RENEWAL_STOPPED] = "not running",
		[RENEWAL_LIVE] = "live",
		[RENEWAL_LATER] = "at its next start",
	};

	return words[r];
}

void
live_state(const struct cli *c, enum renewal r)
{
	if (c->o.live && !c->o.json)
		puts(live_word(r));
}

int
live_renew(struct cli *c, const struct jail *j, enum renewal *ret, struct err *e)
{
	struct plan plan;
	struct err busy = {0};
	fd_auto lock = -1;

	*ret = RENEWAL_LATER;
	/* A jail that starts or stops for that long took its skeleton before, and has this one at its next start. */
	if (life_lock(c, j->name, WAIT_MS, &lock, &busy) == -1 && busy.kind == ERR_BUSY)
		return 0;
	if (lock == -1)
		*e = busy;
	if (lock == -1 || life_make_plan(c, j, &plan, e) == -1)
		return -1;
	enum renewal how;
	if (backend_native.renew(&c->store, &plan, &how, e) == -1)
		return -1;
	*ret = how;
	return 0;
}
