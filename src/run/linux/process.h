/*
 * Processes by identity: a pid is only a name; (boot, pid, start time) is who it is (SECURITY.md R12).
 */
#ifndef WARDER_RUN_LINUX_PROCESS_H
#define WARDER_RUN_LINUX_PROCESS_H

#include <sys/types.h>

#include "store/store.h"

/* Field 22 of /proc/PID/stat, after the last ')'; 0 if there is no such process. */
uint64_t process_start_ticks(int pid);
/* /proc/sys/kernel/random/boot_id, without its newline. */
int process_boot_id(char ret[40], struct err *e) must_check;
/* Of whom it is a child, as /proc says; 0 if there is no such process. */
int process_parent(int pid);
/* Inode number of /proc/PID/ns/NAME; 0 if it cannot be read. */
uint64_t process_ns_inode(int pid, const char *name);
/*
 * A pidfd of the pid 1 that the record names, verified after opening: start time and pid namespace.  ERR_FAILED "is
 * not running" if it is not that process (any more).
 */
int process_open_recorded(const struct run_record *r, const char *jail, struct err *e) must_check;
/* True when the process of the pidfd has ended within ms milliseconds (-1: no bound). */
bool process_wait_end(int pidfd, int ms);
void process_kill(int pidfd, int sig);
/*
 * Takes from this process what its caller's priority was: nice value, scheduling policy, I/O priority and the kernel's
 * choice when memory runs out.  A jail's share is a matter of its control group, whoever starts it.
 */
int process_plain_priority(struct err *e) must_check;

#endif
