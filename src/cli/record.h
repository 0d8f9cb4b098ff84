/*
 * What a verb writes to the journal with cli_journal: the manifests' hashes and the counts of what differs.
 */
#ifndef WARDER_CLI_RECORD_H
#define WARDER_CLI_RECORD_H

#include "cli/cli.h"
#include "store/journal.h"
#include "store/seal.h"

/* The manifest of a generation; NULL for generation 0, and where it cannot be read: that stops no verb. */
const struct seal *record_skel_seal(struct cli *c, const char *jail, unsigned generation);
const struct seal *record_base_seal(struct cli *c, const char *base, unsigned generation);
/* The entry of a change that was announced (store_journal_begin); the error says that the change was made. */
int record_end(const struct cli *c, const struct journal_entry *entry, struct err *e) must_check;

#endif
