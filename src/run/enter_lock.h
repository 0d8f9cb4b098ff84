/*
 * The lock "enter.NAME" (store.h), shared by those on their way in, or alone.
 */
#ifndef WARDER_RUN_ENTER_LOCK_H
#define WARDER_RUN_ENTER_LOCK_H

#include "store/store.h"

int run_enter_lock(const struct store *s, const char *name, bool alone, int *ret_fd, struct err *e) must_check;

#endif
