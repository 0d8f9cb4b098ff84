/*
 * What the relay does in a way of its own on each system: linux/relay_system.c, freebsd/relay_system.c.
 */
#ifndef WARDER_RUN_RELAY_SYSTEM_H
#define WARDER_RUN_RELAY_SYSTEM_H

#include <signal.h>

/* A descriptor that can be read from while one of these signals, all of which are blocked, has come; -1 with errno. */
int relay_signals_open(const sigset_t *set);
/* One that has come, which is not pending any more then; or 0. */
int relay_signal_take(int fd);
/*
 * A description of our own of what fd names, that does not wait: O_NONBLOCK on fd itself would hold for everybody who
 * has it from the same caller.  Where that cannot be, fd: a file never waits, and for a socket writing does.
 */
int relay_open_output(int fd);

#endif
