/*
 * How a backend's doctor goes through its table.
 */
#ifndef WARDER_RUN_DOCTOR_H
#define WARDER_RUN_DOCTOR_H

#include "run/backend.h"

struct probe {
	const char *root;
	struct arena *a;
	const char *detail; /* set by the probe */
};

struct doctor_row {
	const char *name;
	enum offer (*probe)(struct probe *);
	bool required;
	const char *follows;
};

enum offer probe_root(struct probe *p);
/* A finding for each row, in a. */
struct finding *doctor_run(const struct doctor_row *rows, size_t n, const char *root, struct arena *a);

#endif
