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

int row_read(struct cli *c, const struct target *t, struct row *ret, struct err *e) must_check;
bool row_is_running(const struct row *r);
/* For people: running, starting, failed, stopped, "not created". */
const char *row_state(const struct row *r);
void row_addresses(const struct row *r, struct arena *a, struct strv *ret);
void row_json_fields(struct json *j, const struct row *r, struct arena *a);

#endif
