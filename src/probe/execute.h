/*
 * Whether what was written can be executed: files of the places that can be written, and memory.
 */
#ifndef WARDER_PROBE_EXECUTE_H
#define WARDER_PROBE_EXECUTE_H

#include "probe/walk.h"

void execute_files(const struct places *p);
void execute_memory(void);

#endif
