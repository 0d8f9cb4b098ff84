/*
 * Words for people: times, counts.  Pure.
 */
#ifndef WARDER_CLI_TEXT_H
#define WARDER_CLI_TEXT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* "12 s", "3 min", "5 h", "8 d": rounded down to the largest unit of which there is one. */
void text_duration(int64_t seconds, struct str *out);
/* "9,412". */
void text_count(uint64_t n, struct str *out);
/* A command's words, each as a shell would take it; what is over max bytes is cut, and "..." says so. */
void text_command(const struct strv *words, size_t max, struct str *out);

#endif
