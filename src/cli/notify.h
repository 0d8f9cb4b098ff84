/*
 * What a manager of services that started warder is told: sd_notify(3)'s protocol, of which two words are needed.
 */
#ifndef WARDER_CLI_NOTIFY_H
#define WARDER_CLI_NOTIFY_H

#include "base/err.h"

/*
 * Tells the socket that NOTIFY_SOCKET names (a path, or "@" and an abstract name) that the start is done and that pid
 * is the service's main process from now on.  Without the variable nothing is done.  Never blocks for long: one
 * datagram.
 */
int notify_ready(int pid, struct err *e) must_check;

#endif
