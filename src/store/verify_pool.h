/*
 * Hashing files with all processors while one thread walks; for verify.c alone.
 *
 * Files are handed over in batches, a bounded number of them: where all are full, the walker takes one itself.  So
 * neither memory nor descriptors grow with the tree, and one processor does with no thread at all.
 */
#ifndef WARDER_STORE_VERIFY_POOL_H
#define WARDER_STORE_VERIFY_POOL_H

#include "store/seal.h"

struct verify_pool;
/* What is called for each file whose digest is in *found; one at a time, by any thread.  expected NULL: it is extra. */
typedef void verify_judge(void *arg, const struct seal_entry *expected, const struct seal_entry *found);

/* Also where no thread can be had. */
struct verify_pool *verify_pool_new(verify_judge *judge, void *arg);
/* Takes fd over.  expected is a file's, too, or NULL.  -1 if hashing has failed already; verify_pool_end says why. */
int verify_pool_put(
	struct verify_pool *p, int fd, const struct seal_entry *expected, const struct seal_entry *found) must_check;
/* For what judge shares with the walker. */
void verify_pool_lock(struct verify_pool *p);
void verify_pool_unlock(struct verify_pool *p);
/* Waits for all, and frees it. */
int verify_pool_end(struct verify_pool *p, struct err *e) must_check;

#endif
