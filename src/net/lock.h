/*
 * One warder-net at a time.
 */
#ifndef WARDER_NET_LOCK_H
#define WARDER_NET_LOCK_H

#include "base/err.h"

/* Waits up to ten seconds, then ERR_BUSY.  Returns a descriptor. */
int lock_take(struct err *e) must_check;
/* Removes the file and closes the descriptor: nothing is left. */
void lock_release(int *fd);
#define lock_auto __attribute__((cleanup(lock_release))) int

#endif
