/*
 * What the portable half of execute and that of one system share.
 */
#ifndef WARDER_PROBE_EXECUTE_WAYS_H
#define WARDER_PROBE_EXECUTE_WAYS_H

#include <stddef.h>

#include "probe/record.h"

enum { EXECUTE_PAGE = 4096 };
extern const char execute_no_program[20];

/* try: 0 if what fd has open, for reading only, can be executed so; else an errno. */
struct execute_way {
	const char *name;
	int (*try)(int fd);
};
/* Those of one system: execute_*.c. */
extern const struct execute_way execute_system_ways[];
extern const size_t nexecute_system_ways;

/* fd: open for reading only, for what is open for writing is not executed. */
void execute_try_ways(enum probe_word word, const char *what, int fd);
/* A file of the place with execute_no_program in it, that everybody's root may execute, open for reading only and
 * without a name; what the place lets be done with its modes is told.  Gives up. */
int execute_write(const char *place);
/* Memory that the system has and no other. */
void execute_system_memory(void);

#endif
