/*
 * Between the administrator's terminal and a command in a jail: the jail never holds a descriptor of a host terminal.
 */
#ifndef WARDER_RUN_RELAY_H
#define WARDER_RUN_RELAY_H

#include <signal.h>

#include "base/err.h"

enum { RELAY_IN, RELAY_OUT, RELAY_ERR, RELAY_NFDS };

struct relay {
	int theirs[RELAY_NFDS]; /* what the command gets as 0-2; closed by relay_started */
	int own[RELAY_NFDS];    /* our ends; -1: the command has our own descriptor, which is harmless */
	int master;             /* of the jail's pty; -1: pipes */
	int signals;            /* where the signals come that are passed on; from relay_open on none of them ends us */
	bool raw;               /* our terminal was made raw */
	bool interrupted;       /* one of them came: a stalled terminal is not waited for much longer */
	sigset_t mask;          /* before */
	void (*pipe_action)(int);
};
/* Before relay_open. */
#define RELAY_NONE ((struct relay){{-1, -1, -1}, {-1, -1, -1}, -1, -1, false, false, {{0}}, SIG_DFL})

/* Unless there will be a pty: pipes in place of each of 0-2 that is a terminal, a device or a directory. */
int relay_open(struct relay *r, bool pty, struct err *e) must_check;
/* After the command has been begun: closes its ends.  master (taken over) or -1. */
void relay_started(struct relay *r, int master);
/*
 * Copies until process pid (a child of ours, leader of its session) has ended and its output is through.  Signals that
 * end us are passed on to its process group, as a terminal would, unless they were ignored when we were started; the
 * size of the window too.  No direction waits for the other.  Returns wait status in *ret_wait.
 */
int relay_run(struct relay *r, int pid, int *ret_wait, struct err *e) must_check;
/* Everything as it was before relay_open. */
void relay_done(struct relay *r);

/* In the jail: a new pty of its devpts, the slave owned by uid.  *ret_slave is opened without a path. */
int relay_make_pty(unsigned uid, int *ret_master, int *ret_slave, struct err *e) must_check;

#endif
