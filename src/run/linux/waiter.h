/*
 * The parent of a command in a jail: a process of its own, so that what the administrator's does (be stopped, wait for
 * a terminal, be killed) never keeps the jail from ending.
 */
#ifndef WARDER_RUN_LINUX_WAITER_H
#define WARDER_RUN_LINUX_WAITER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * Forks it.  In a child of it enter is called, which begins the command as the waiter's own child (CLONE_PARENT),
 * writes its pid (an int) to told, and exits; or it exits alone.  group: the control group of version 2, or -1, that
 * the child begins in, which is quick where a move into it is not; is_inside says whether that could be done.  The
 * waiter has no descriptor, is the leader of a session, passes signals on to the command's process group, and ends as
 * the command did, or with enter's status if there was none.  Its pid; it is the caller's to wait for.
 */
pid_t waiter_begin(void (*enter)(void *arg, int told, bool is_inside), void *arg, int group, struct err *e) must_check;

#endif
