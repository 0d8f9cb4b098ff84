/*
 * The line of the configuration that an error is about, with a caret below the place.
 */
#ifndef WARDER_CLI_EXCERPT_H
#define WARDER_CLI_EXCERPT_H

#include "base/str.h"

/*
 * Adds both, each "\t...\n": control characters are escaped, and the caret stands below character col (from 1) of the
 * line of n bytes.  Nothing for a line that is too long for a terminal.  Pure.
 */
void excerpt_of_line(const char *line, size_t n, unsigned col, struct str *out);
/* The same for the error's place.  Adds nothing if it has none, or the file cannot be read any more. */
void excerpt_of_error(const struct err *e, struct str *out);

#endif
