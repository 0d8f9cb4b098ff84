/*
 * What the store knows of a jail and its base: read once, handed to the planner as data.
 */
#ifndef WARDER_MODEL_FACTS_H
#define WARDER_MODEL_FACTS_H

#include <stdint.h>

#include "base/arena.h"

enum { ID_COUNT = 65536 }; /* ids of a jail */

struct id_pair {
	uint32_t uid, gid;
};

/* Where a pinned path comes from. */
enum pin_source { PIN_FROM_BASE, PIN_FROM_SKEL };

struct pin {
	const char *path; /* under /var, clean, absolute: "/var/lib/dpkg" */
	enum pin_source source;
	const char *from; /* relative to the generation's directory (pins/) or to the skeleton: "pins/var/lib/dpkg",
			     "spool/cron" */
};

/* meta.json of one generation of a base. */
struct base_meta {
	const char *name, *flavour, *source;
	unsigned generation;
	int64_t created;  /* unix seconds */
	struct pin *pins; /* a parent before what lies in it */
	size_t npins;
	struct strv exec_dirs;    /* top-level directories of root/ in which programs may be executed: "/usr", ... */
	struct strv library_dirs; /* where the loader and libraries lie, for exec.allow: "/usr/lib/x86_64-linux-gnu" */
	struct strv loaders;      /* the ELF interpreters themselves, real paths */
	uint64_t entries, bytes;
};

/* Where the trees of a view lie, relative to the store's root; no link is on the way. */
struct tree_paths {
	const char *generation; /* of the base: ".warder/base/B/N", above root and pins */
	const char *skel;       /* ".warder/skel/J/N" */
	const char *state;      /* "t/J": the directory that holds var and tmp */
	const char *view;       /* an empty directory to mount the view on: "j/J" */
};

struct jail_facts {
	const char *root; /* the store, host path */
	unsigned base_generation, skel_generation;
	uint32_t id_base; /* first host id of the jail, a multiple of 65536, at least 65536 */
	const struct base_meta *base;
	struct tree_paths trees;
	struct pin *skel_pins; /* of the declaration's `pins`, from the skeleton; nothing else */
	size_t nskel_pins;
	uint32_t service_uid, service_gid; /* of exec.jail_user; 0 0 */
	uint32_t *service_groups;
	size_t nservice_groups;
	struct id_pair *run_dir_ids; /* one for each of the jail's run_dirs */
	uint32_t tty_gid;            /* of the group tty in the skeleton; 5 if there is none */
};

#endif
