/*
 * What list and status know of one jail.
 */
#ifndef WARDER_CLI_ROW_H
#define WARDER_CLI_ROW_H

#include "cli/targets.h"

struct row {
	const char *name;
	const struct jail *jail; /* NULL: not declared */
	bool created;
	struct jail_status st;
	const char *base;                          /* NULL: neither created nor declared */
	unsigned base_generation, skel_generation; /* 0: unknown; of a running jail those that it runs on */
	uint32_t id_base;                          /* 0: none yet */
};

/*
 * Reads the rows of all targets into rows, which has room for them.  A jail that cannot be read is told and left out.
 * The exit status that the first such error stands for, else 0.
 */
int rows_read(struct cli *c, const struct targets *t, struct row *rows, size_t *ret_n);
bool row_is_running(const struct row *r);
/* For people: running, starting, failed, stopped, "not created". */
const char *row_state(const struct row *r);
void row_addresses(const struct row *r, struct arena *a, struct strv *ret);
void row_json_fields(struct json *j, const struct row *r, struct arena *a);

#endif
