/*
 * Reading a jail's log, which the jail writes and so may hold anything (SECURITY.md R21).
 */
#ifndef WARDER_CLI_LOG_H
#define WARDER_CLI_LOG_H

#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"

/* Where the last n lines of the file begin; a last line without its newline counts.  Reads backwards from the end. */
int log_tail_offset(int fd, uint64_t n, off_t *ret, struct err *e) must_check;
/*
 * Prints what lies between *pos and the file's end, escaped except for newlines, and moves *pos there.  A file that
 * shrank is read from its beginning.
 */
int log_print(int fd, off_t *pos, FILE *out, struct err *e) must_check;

#endif
