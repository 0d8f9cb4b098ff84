/*
 * The guard of a program that is to die with its starter, together with what it put into the background.
 */
#ifndef WARDER_BASE_GUARD_H
#define WARDER_BASE_GUARD_H

#include <sys/types.h>

/*
 * Called in a child that its starter, *parent, has just forked: it becomes the guard, leader of a process group, and
 * this returns in a child of it, in that group, with the guard in *parent.  The guard holds no descriptor; it ends as
 * that child does, and what the child left in the background stays then.  When the starter dies first, all of the group
 * is killed.
 */
void guard_enter(pid_t *parent);

#endif
