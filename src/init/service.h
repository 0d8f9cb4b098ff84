/*
 * Turning a process into the service, or into a command of the jail.
 */
#ifndef WARDER_INIT_SERVICE_H
#define WARDER_INIT_SERVICE_H

#include <sys/types.h>

#include "init/check.h"
#include "init/report.h"

/*
 * Forks a child with a session of its own, standard output and error on outfd, locked down as the brief says, which
 * becomes the service, or "/bin/sh -c COMMAND".  What goes wrong after the fork is a line on outfd and an exit status
 * (INIT_EXIT_*).  The child's pid, or -1 with errno.
 *
 * *ret_word: a pipe, not blocking, that ends when the service's program runs; before that it holds a byte if the
 * program could not be executed.
 */
pid_t service_start(const struct brief *b, int outfd, int *ret_word) must_check;
/* As above for the brief's argv, on pid 1's own 0-2, which become its terminal with BRIEF_CTTY. */
pid_t service_view(const struct brief *b) must_check;
pid_t service_command(const struct brief *b, const char *command, int outfd) must_check;

/* Changes to the brief's directory and becomes its argv.  Returns an exit status if that fails, with *r filled. */
int service_exec(const struct brief *b, const char *const *argv, struct report *r);

#endif
