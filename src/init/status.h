/*
 * The status page: what the host reads of a jail without asking the jail.
 */
#ifndef WARDER_INIT_STATUS_H
#define WARDER_INIT_STATUS_H

#include <sys/types.h>

#include "init/brief.h"

struct status {
	const char *state; /* one of the words in brief.h */
	uint32_t restarts;
	int last_exit; /* -1 before the first end */
	pid_t pid;
};

/* Pure: the page's STATUS_SIZE bytes. */
void status_format(const struct status *s, char page[STATUS_SIZE]);
/* Rewrites the page.  A page that cannot be written never stops the jail. */
void status_write(const struct status *s);

#endif
