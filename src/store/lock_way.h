/*
 * Locks that go with the open file description, whoever holds it: a killed holder's lock is gone.  lock_linux.c has
 * F_OFD_SETLK, lock_freebsd.c flock(2).
 */
#ifndef WARDER_STORE_LOCK_WAY_H
#define WARDER_STORE_LOCK_WAY_H

#include <stdbool.h>

#include "base/err.h"

enum lock_kind { LOCK_NONE, LOCK_SHARED, LOCK_ALONE };

/* Without waiting; -1 with errno, EAGAIN if another has it. */
int lock_way_try(int fd, enum lock_kind kind) must_check;
/* What another holds that keeps this description, which has none, from a lock alone; nothing is taken. */
int lock_way_look(int fd, enum lock_kind *ret) must_check;

#endif
