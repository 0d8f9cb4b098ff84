/*
 * warder surface --persistence: what in a jail's state could bring code back after a restart or a rollback.
 */
#ifndef WARDER_CLI_PERSISTENCE_H
#define WARDER_CLI_PERSISTENCE_H

#include "cli/cli.h"

/* 0: nothing, 2: something; -1 with the error, also where not all could be looked at and nothing was found. */
int persistence_main(struct cli *c, struct err *e);

#endif
