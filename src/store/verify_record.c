/*
 * The journal's part of a verification.
 */
#include <string.h>

#include "store/journal.h"
#include "store/verify.h"

/* An entry that names jail and base is of the jail's skeleton. */
static bool
is_of(const struct journal_entry *j, enum draft_kind kind, const char *name)
{
	const char *whose = kind == DRAFT_SKEL ? j->jail : j->base;

	return whose && strcmp(whose, name) == 0 && (kind == DRAFT_SKEL || !j->jail);
}

/* After it, numbers begin anew. */
static bool
is_end(const struct journal_entry *j)
{
	return strcmp(j->action, "destroy") == 0 || strcmp(j->action, "base remove") == 0;
}

int
verify_record_find(const struct store *s, enum draft_kind kind, const char *name, unsigned generation,
	struct verify_record *ret, struct err *e)
{
	struct arena a = {0};
	struct journal journal;
	struct verify_record r = {0};
	int result = store_journal_read(s, name, &a, &journal, e);

	for (size_t i = 0; result == 0 && i < journal.n; i++) {
		const struct journal_entry *j = &journal.v[i];
		if (!is_of(j, kind, name))
			continue;
		if (is_end(j))
			r = (struct verify_record){0};
		else if (j->to != 0)
			r.used = j->to;
		if (j->to == generation && r.hash[0] == '\0')
			memcpy(r.hash, j->after, SHA256_HEX);
	}
	arena_done(&a);
	if (result == 0)
		*ret = r;
	return result;
}
