/*
 * Whether a jail's service is well, as its exec.health says.
 */
#ifndef WARDER_CLI_HEALTH_H
#define WARDER_CLI_HEALTH_H

#include "cli/row.h"

enum health_state {
	HEALTH_UNASKED = 0, /* nobody asked, or the jail does not run */
	HEALTH_UNDECLARED,
	HEALTH_GOOD,
	HEALTH_BAD,
	HEALTH_FAILED, /* the command could not be run; it was told why */
};
struct health {
	enum health_state state;
	int status; /* the command's, as a shell gives it; of GOOD and BAD */
};

/*
 * Runs exec.health of the row's jail, if that runs, as its service's user and with a command's rights (warder exec).
 * What the command prints goes to standard error, and nowhere with -q.  It has no end of its own: a command that hangs
 * hangs this.
 */
void health_ask(struct cli *c, const struct row *r, struct health *ret);

#endif
