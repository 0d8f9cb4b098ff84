/*
 * A map of inode numbers to numbers, for walks that must know a file again that has several names.  A walk never leaves
 * its file system, so the inode number alone is the key.
 */
#ifndef WARDER_BASE_INODES_H
#define WARDER_BASE_INODES_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed is empty and ready. */
struct inodes {
	struct inodes_slot *slots;
	size_t n, nslots;
};
#define inodes_auto __attribute__((cleanup(inodes_done))) struct inodes

void inodes_done(struct inodes *s);
/* The value that ino was put in with; value itself if it was not there, and is now. */
uint64_t inodes_put(struct inodes *s, uint64_t ino, uint64_t value);

#endif
