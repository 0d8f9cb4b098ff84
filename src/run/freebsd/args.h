/*
 * What FreeBSD's kernel is asked for, as data: made by translate*.c, handed over by call*.c.
 *
 * No name of the model's is needed here: the flags of model/plan.h and those of FreeBSD's <sys/mount.h> are called the
 * same, and a file of the latter kind includes this one instead.
 */
#ifndef WARDER_RUN_FREEBSD_ARGS_H
#define WARDER_RUN_FREEBSD_ARGS_H

#include "base/arena.h"

/* One name and value of nmount(2) or jail_set(2). */
enum fbsd_value {
	FBSD_FLAG,   /* the name alone: no value, length 0 */
	FBSD_TEXT,   /* with its NUL */
	FBSD_NUMBER, /* an int */
	FBSD_BYTES,  /* an array of addresses in network order */
};
struct fbsd_arg {
	const char *name;
	enum fbsd_value kind;
	const char *text;
	int number;
	const uint8_t *bytes;
	size_t nbytes;
};
struct fbsd_args {
	struct fbsd_arg *v;
	size_t n;
};

/* The steps in the order in which they occur; undone from the last one backwards. */
enum fbsd_kind {
	FBSD_HOOK,      /* op: a command on the host */
	FBSD_LIMIT,     /* rule; undone by removing filter */
	FBSD_INTERFACE, /* command, if there is no interface called path; stays */
	FBSD_ADDRESS,   /* command; undone by undo, if that is not empty */
	FBSD_POINTS,    /* root/path and the empty directories var and tmp in it; stays */
	FBSD_ANCHOR,    /* root/path, a directory of the state, can be neither renamed nor removed: SF_NOUNLINK */
	FBSD_MOUNT,     /* args of nmount(2) on root/path; undone by unmount(2) */
	FBSD_JAIL,      /* args of jail_set(2), JAIL_CREATE; undone by jail_remove(2) */
	/* in a process of its own that closed what it inherited, changed into the view and attached itself: */
	FBSD_LOOPBACK,  /* lo0 up, 127.0.0.1 and ::1 */
	FBSD_RLIMIT,    /* op */
	FBSD_DIRECTORY, /* op: a directory under /run */
	FBSD_START,     /* op: exec.start */
	FBSD_SERVICE,   /* op */
	FBSD_NKINDS
};

struct op;
struct fbsd_step {
	enum fbsd_kind kind;
	const struct op *op; /* the plan's step that it comes from; NULL: of all of them */
	struct fbsd_args args;
	/* No jail can write root and what leads to it.  What is below it is walked without following a link. */
	const char *root, *path;
	bool optional; /* FBSD_MOUNT: nothing to do if what "target" names is not there */
	struct strv command, undo;
	const char *rule, *filter;
};

/* What FreeBSD does otherwise than the plan says, without harm to what was declared. */
struct fbsd_note {
	const char *subject; /* "ids" */
	const struct op *op;
	const char *text;
};

struct fbsd_plan {
	struct fbsd_step *steps;
	size_t nsteps;
	struct fbsd_note *notes;
	size_t nnotes;
};

/* What the running kernel says of itself. */
struct fbsd_kernel {
	struct strv params;     /* of security.jail.param: "allow.mount", "vnet", ... */
	unsigned devfs_ruleset; /* warder's own, not 0 */
};

#endif
