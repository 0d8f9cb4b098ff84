/*
 * The bytes of one open file to another.
 */
#ifndef WARDER_BASE_DATA_H
#define WARDER_BASE_DATA_H

#include "base/err.h"

/* Which short cuts did not work between these two file systems; zeroed before the first file. */
struct data_ways {
	bool no_clone, no_copy_range;
};
/*
 * Copies the content of the regular file from to the new, empty file to: shared blocks (FICLONE), else
 * copy_file_range(2), else read and write; holes stay holes.  Both are at offset 0.
 */
int data_copy(int from, int to, struct data_ways *ways, const char *subject, struct err *e) must_check;

#endif
