/*
 * What an entry of the journal says of a change: hashes and counts.
 */
#include <string.h>

#include "store/journal_line.h"
#include "store/seal.h"

const char journal_choice[] = "base choice";

void
journal_entry_change(struct journal_entry *j, const struct seal *before, const struct seal *after)
{
	static const struct seal nothing;
	struct arena a = {0};
	struct delta d;

	seal_diff(before ? before : &nothing, after ? after : &nothing, &a, &d);
	j->added = d.count[CHANGE_ADDED];
	j->removed = d.count[CHANGE_REMOVED];
	j->changed = d.count[CHANGE_CONTENT];
	j->rights = d.count[CHANGE_RIGHTS];
	if (before)
		seal_hash(before, j->before);
	if (after)
		seal_hash(after, j->after);
	arena_done(&a);
}

const char *
journal_manifest(char path[STORE_PATH], const char *jail, const char *base, unsigned generation)
{
	return jail ? store_path(path, "skel/%s/%u.mtree", jail, generation)
		    : store_path(path, "base/%s/%u/seal", base, generation);
}
