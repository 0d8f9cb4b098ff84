/*
 * The way of a process into a jail, FreeBSD: the only one there is in warder.
 */
#ifndef WARDER_INIT_WAY_FREEBSD_H
#define WARDER_INIT_WAY_FREEBSD_H

#include "init/check.h"
#include "init/report.h"

/* Which jail this process and its children enter, and where its view lies on the host; kept by address. */
void way_set(int jid, const char *view);

/*
 * Puts this process into it, for good: not traceable from within until another program is executed, no descriptor but 0
 * to 2 and those from first to last, into the view, jail_attach(2), the root.  None of the descriptors may be a
 * directory: with one it could leave again, and the kernel refuses it.
 */
int way_enter(int first, int last, struct report *r) must_check;
/* A child that has done so, with 0 to 2 alone, and not yet anything else: 0 in the child, else as fork(2). */
pid_t way_fork(void) must_check;

/* The jail that way_set named: all of its processes are killed. */
void way_kill(void);

/* lo0 of the jail that this process is in: up, with 127.0.0.1; the kernel adds ::1. */
int way_loopback(struct report *r) must_check;

#endif
