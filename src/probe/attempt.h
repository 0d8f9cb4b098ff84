/*
 * What walking a view asks of one system: attempt_*.c, chosen by name.
 */
#ifndef WARDER_PROBE_ATTEMPT_H
#define WARDER_PROBE_ATTEMPT_H

#include <sys/stat.h>

#include "probe/mounts.h"

/* Opens what path leads to without a link at its end, to look at it and to go on from there; -1 with errno. */
int attempt_look(const char *path);
/* Whether a file can be made in the directory: 0, or why not.  Nothing stays of it. */
int attempt_making(int dir);

/* A node whose opening does nothing.  path: its own, in m. */
bool node_is_tame(const struct mount_row *m, const char *path, const struct stat *st);
/* One that comes and goes with the terminals of whoever is logged in. */
bool node_is_passing(const struct mount_row *m, const char *path, const struct stat *st);
/* What it is: "c 1:3", or nothing where its numbers say nothing. */
void node_text(const struct stat *st, char *text, size_t size);

/* The number of the mount that the link leads to, and the type of what is there; false: it leads nowhere. */
bool link_mount(int dir, const char *name, uint64_t *ret_mount, mode_t *ret_mode);
/* Where that is, from the root; path: of the link.  False: nowhere, by now. */
bool link_target(int dir, const char *name, const char *path, char *to, size_t size);

#endif
