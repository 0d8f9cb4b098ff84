/*
 * What a verb has done goes to the journal, while the lock of what it changed is still held: entries of one jail or
 * base are in the order of the changes.
 */
#include "cli/cli.h"
#include "store/journal.h"

int
cli_journal(const struct cli *c, const struct journal_entry *entry, struct err *e)
{
	if (store_journal_append(&c->store, entry, e) == 0)
		return 0;
	return err_hint(e, "the %s was done; only its entry in the journal is missing", entry->action);
}
