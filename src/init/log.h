/*
 * The log: what the service and the commands write, line by line, with the time.
 */
#ifndef WARDER_INIT_LOG_H
#define WARDER_INIT_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "init/report.h"

enum { LOG_LINE_MAX = 8192 };

struct log {
	int rd, wr;  /* the pipe; wr is standard output and error of every child */
	bool torn;   /* the last write was cut: the next begins a new line */
	size_t nbuf; /* of the unfinished line */
	char buf[LOG_LINE_MAX];
};

/* Makes the pipe. */
int log_open(struct log *l, struct report *r) must_check;
/* Takes what is in the pipe, at most a few buffers of it, and writes the lines that are whole.  False if it was empty.
 */
bool log_drain(struct log *l);
/* Writes an unfinished line as if it had ended. */
void log_flush(struct log *l);
/* A line of pid 1's own: "TIME* warder: TEXT".  The jail's have no '*', whatever they say. */
void log_say(struct log *l, const char *text);
/* The same of an errno: "warder: WHAT: Resource temporarily unavailable". */
void log_say_error(struct log *l, const char *what, int err_no);

#endif
