/*
 * What a process on its way into a jail or a view sends to its starter, over one SOCK_SEQPACKET socket: a pid, the
 * master of a pty, a report; and the end of the socket.
 */
#ifndef WARDER_RUN_MESSAGES_H
#define WARDER_RUN_MESSAGES_H

#include <stdbool.h>

#include "base/err.h"
#include "init/brief.h"

/* What has come so far; -1 and false at first. */
struct news {
	int pid, master;
	bool ready; /* a report said so */
};

/* The master of a pty, with a report that is no report of readiness. */
int messages_send_master(int socket, int master, struct err *e) must_check;
/* Takes one message: 0, or 1 at the end of the socket; -1 with the error that a report told, or with one of our own. */
int messages_receive(int socket, struct news *n, struct err *e) must_check;

/* What a process on its way into a jail reported, as our error: -1. */
int messages_report_error(const struct report *r, struct err *e);

#endif
