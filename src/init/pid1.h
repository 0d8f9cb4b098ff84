/*
 * The jail's pid 1 after it was let go: commands, service, signals, restarts, the end.
 */
#ifndef WARDER_INIT_PID1_H
#define WARDER_INIT_PID1_H

#include "init/check.h"
#include "init/report.h"

/* Everything that can fail, and is to be reported before "ready": the log's pipe, the descriptor of signals. */
int pid1_open(const struct brief *b, struct report *r) must_check;
/* Runs the jail to its end.  Returns the exit status of pid 1: 0 stopped, 1 failed. */
int pid1_run(void);

#endif
