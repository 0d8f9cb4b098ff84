/*
 * What pid 1 does in a way of its own on each system: system_linux.c, system_freebsd.c.
 *
 * On Linux pid 1 is inside, alone with its jail in a pid namespace.  On FreeBSD it is a process of the host's (the
 * supervisor), and only its children enter the jail: what is meant for all of the jail is done from within it there, by
 * a child that may signal nothing else.
 */
#ifndef WARDER_INIT_SYSTEM_H
#define WARDER_INIT_SYSTEM_H

#include <stddef.h>
#include <sys/types.h>

/* A descriptor that can be read from while one of these signals, all of which are blocked, has come; -1 with errno. */
int system_signals_open(const int *signals, size_t n);
/* One that has come, or 0.  What the system has beside SIGTERM to ask for an end (SIGPWR) comes as that. */
int system_signal_take(int fd);

/* Sends it to every process of the jail but this one. */
void system_signal_jail(int signo);
/* Ends what is left of the process group of a child that has been waited for. */
void system_end_group(pid_t group);
/* Kills every process of the jail but this one. */
void system_end_jail(void);
/* After that: waits for a child, whichever; its pid, or -1 with errno. */
pid_t system_wait_end(int *ret_status);

/* Becomes the program of warder's own (BRIEF_FD_PROGRAM).  Returns with errno if that fails. */
void system_exec_program(const char *const *argv, const char *const *env);

#endif
