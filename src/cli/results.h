/*
 * What came of working on several jails, for --json.
 */
#ifndef WARDER_CLI_RESULTS_H
#define WARDER_CLI_RESULTS_H

#include "cli/targets.h"

struct result {
	int status;   /* exit status of this target */
	struct err e; /* kind ERR_NONE if there was none */
};

/* "error": null, or {"operation","subject","reason","file","line","column","hint"}. */
void error_json(struct json *j, const struct err *e);
/* One object: the jails as list has them, each with its exit status and error, too. */
void results_json(struct cli *c, const struct targets *t, const struct result *v);

#endif
