/*
 * What a process gives up before anything of the jail's own runs in it (DESIGN.md section 3.5, SECURITY.md R8-R13).
 */
#ifndef WARDER_INIT_LOCKDOWN_H
#define WARDER_INIT_LOCKDOWN_H

#include "init/check.h"
#include "init/report.h"

/* Default signal dispositions and, where blocked is false, an empty mask (else a full one). */
void lockdown_signals(bool blocked);

/*
 * The three sequences.  Each does every step or returns -1 with the step's name; the process must then end.
 *  - init: pid 1 itself.  It keeps uid 0 with caps_init effective; what only its children need stays permitted,
 *    since without new privileges a child cannot get more than its parent had.  The ruleset is closed.
 *  - child: a child of pid 1 before exec: what it does not inherit.  Every descriptor from 3 up is closed but
 *    BRIEF_FD_REPORT, which is closed by exec.
 *  - exec: a command that was moved into the jail: all of it.  Only BRIEF_FD_REPORT stays open, until exec.
 */
int lockdown_init(const struct brief *b, struct report *r) must_check;
int lockdown_child(const struct brief *b, struct report *r) must_check;
int lockdown_exec(const struct brief *b, struct report *r) must_check;

#endif
