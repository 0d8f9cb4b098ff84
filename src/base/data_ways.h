/*
 * Short cuts of copying a file's bytes, which systems have different ones of: data.c and data_SYSTEM.c only.
 */
#ifndef WARDER_BASE_DATA_WAYS_H
#define WARDER_BASE_DATA_WAYS_H

#include <sys/types.h>

#include "base/data.h"

/* All of it, without copying a byte; false: there is no such way here. */
bool data_clone(int from, int to, struct data_ways *ways);
/* As far as it goes: *ret_done bytes, 0 where there is no such way. */
int data_copy_range(int from, int to, off_t at, off_t len, struct data_ways *ways, off_t *ret_done, const char *subject,
	struct err *e) must_check;

#endif
