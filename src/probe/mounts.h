/*
 * The mounts of the view, as the kernel has them, each with whether a path leads to it.
 */
#ifndef WARDER_PROBE_MOUNTS_H
#define WARDER_PROBE_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MOUNTS_MAX = 1024 };

struct mount_row {
	uint64_t id;
	char *target, *type;
	bool read_only, nosuid, nodev, noexec;
	bool covered; /* by another one on the same place, or by one above it */
};
struct mounts {
	struct mount_row v[MOUNTS_MAX];
	size_t n;
};

/* Reads them, and writes a record for each.  Gives up where that cannot be done. */
void mounts_read(struct mounts *m);
/* Fills it but for covered: mounts_*.c. */
void mounts_list(struct mounts *m);
/* By the number that mount_id_of gives; NULL: none of the view's. */
const struct mount_row *mounts_find(const struct mounts *m, uint64_t id);
/* The number of the mount that the open file lies in. */
uint64_t mount_id_of(int fd);

#endif
