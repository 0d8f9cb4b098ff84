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
/* c->json, for a verb that writes it while it works, up to its first array; and from the end of its last one, printed.
 */
void results_begin(struct cli *c, const char *array);
void results_end(struct cli *c);
/* "status" and "error" of one of several, of which r is 0, an exit status, or -1 with e; ends its object. */
void result_json_end(struct json *j, int r, const struct err *e);
/* One object: the jails as list has them, each with its exit status and error, too. */
void results_json(struct cli *c, const struct targets *t, const struct result *v);

#endif
