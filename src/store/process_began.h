/*
 * When a process began, on FreeBSD: in a file of its own, since the header of the system that says it and base/passwd.h
 * both have a struct user.
 */
#ifndef WARDER_STORE_PROCESS_BEGAN_H
#define WARDER_STORE_PROCESS_BEGAN_H

#include <stdint.h>

/* Microseconds since the boot; -1 if there is none, or it has ended. */
int process_began(int pid, uint64_t *ret);

#endif
