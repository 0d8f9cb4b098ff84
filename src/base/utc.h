/*
 * Times as ISO 8601 in UTC, to the second: "2026-11-24T14:03:00Z".  Pure: gmtime_r(3) and timegm(3) would read the
 * host's time zone file.
 */
#ifndef WARDER_BASE_UTC_H
#define WARDER_BASE_UTC_H

#include "base/err.h"

enum { UTC_SIZE = 40 }; /* room for any time, with its NUL */

void utc_print(int64_t unix_seconds, char ret[UTC_SIZE]);
/* Reads what utc_print writes for the years 1970 to 9999, and nothing else; -1 if it is not that. */
int utc_parse(const char *text, int64_t *ret) must_check;

#endif
