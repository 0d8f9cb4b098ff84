/*
 * Reading files with several threads while one walks; for verify.c alone.
 *
 * Files are handed over in batches, a bounded number of them: where all are full, the walker waits.  What the tree is
 * read with, descriptors and memory, therefore does not grow with it.  Where there is no thread, the walker reads.
 */
#ifndef WARDER_STORE_VERIFY_POOL_H
#define WARDER_STORE_VERIFY_POOL_H

#include "store/seal_walk.h"

struct verify_pool;
/* What is called for each file that was read, by any thread, several at a time.  expected NULL: it is extra. */
typedef void verify_judge(void *arg, const struct seal_entry *expected, const struct seal_entry *found);

/* threads: how many are to read, 0: as many as there are processors; fewer where they cannot be had. */
struct verify_pool *verify_pool_new(unsigned threads, verify_judge *judge, void *arg);
/*
 * Takes the walk's current entry, a regular file, which is opened and read by then or later.  expected is a file's,
 * too, or NULL.  -1 if something has failed already; verify_pool_end says what.
 */
int verify_pool_put(struct verify_pool *p, const struct seal_walk *w, const struct seal_entry *expected) must_check;
/* For what judge shares with the walker. */
void verify_pool_lock(struct verify_pool *p);
void verify_pool_unlock(struct verify_pool *p);
/* Waits for all, and frees it. */
int verify_pool_end(struct verify_pool *p, struct err *e) must_check;

#endif
