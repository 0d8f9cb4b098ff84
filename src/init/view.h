/*
 * pid 1 of a management view.
 */
#ifndef WARDER_INIT_VIEW_H
#define WARDER_INIT_VIEW_H

#include "init/check.h"
#include "init/report.h"

/* Runs the brief's command to its end; the exit status of the process. */
int view_main(const struct brief *b, struct report *r);

#endif
