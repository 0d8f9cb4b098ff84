/*
 * Throw-away children: whatever is tried in one, nothing of it stays.
 */
#ifndef WARDER_PROBE_CHILD_H
#define WARDER_PROBE_CHILD_H

#include <sys/types.h>

/* This process, and its children: none of the jail's may trace it or read its memory.  Gives up where it cannot. */
void child_protect(void);
/* This process is killed when its parent ends, whoever ended that; -1 with errno. */
int child_ends_with_parent(void);

/* In a child: what try returns, 0 or an errno, is what the child ends with. */
typedef int child_try(const void *arg);

enum { CHILD_BLOCKED = 300, CHILD_FAULTED }; /* further results: it did not come back; it ended by a fault of its own */
/*
 * Forks, tries, waits: 0, an errno, or one of the above.  A call that does not come back is ended after a moment by a
 * timer of its own.  Anything else that ends the child was somebody else: the probe gives up.
 */
int child_run(child_try *try, const void *arg);

/*
 * Linux alone, for what is asked of /proc.
 *
 * A child that does nothing, and that others may look into as into any process of the jail, which the probe itself is
 * not: without the probe's descriptors.
 */
pid_t twin_begin(void);
/* Ends it; gives up if it had ended already. */
void twin_end(pid_t twin);

#endif
