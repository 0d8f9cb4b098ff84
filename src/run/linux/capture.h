/*
 * What the probe writes, taken with a bound on its length and on its time: it runs among processes that may stop or end
 * it, so nothing here waits for it any longer than that.
 */
#ifndef WARDER_RUN_LINUX_CAPTURE_H
#define WARDER_RUN_LINUX_CAPTURE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"

struct capture {
	int ours;      /* where it comes out */
	int theirs[3]; /* 0-2 of the probe: nothing to read, and one pipe that it alone can write to */
	int64_t until; /* milliseconds of the monotonic clock */
};
#define CAPTURE_NONE ((struct capture){-1, {-1, -1, -1}, 0})

int capture_open(struct capture *c, int timeout_ms, struct err *e) must_check;
/* Closes the probe's ends: the pipe then ends with the last process that has it. */
void capture_started(struct capture *c);
/* Milliseconds left, at least 0. */
int capture_left(const struct capture *c);
/* Everything up to the end of the pipe.  ERR_FAILED if that is more than max bytes, or takes too long. */
int capture_read(const struct capture *c, size_t max, struct str *out, struct err *e) must_check;
/* Waits for a child of ours within the time that is left; ERR_FAILED if it does not end. */
int capture_wait(const struct capture *c, pid_t child, int *ret_wait, struct err *e) must_check;
void capture_done(struct capture *c);

#endif
