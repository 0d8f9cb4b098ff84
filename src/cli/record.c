/*
 * What a verb has done goes to the journal, while the lock of what it changed is still held: entries of one jail or
 * base are in the order of the changes.
 */
#include "cli/record.h"

int
cli_journal(const struct cli *c, const struct journal_entry *entry, struct err *e)
{
	if (store_journal_append(&c->store, entry, e) == 0)
		return 0;
	return err_hint(e, "the %s was done; only its entry in the journal is missing", entry->action);
}

int
record_end(const struct cli *c, const struct journal_entry *entry, struct err *e)
{
	if (store_journal_end(&c->store, entry, e) == 0)
		return 0;
	return err_hint(e, "the %s was done; only its entry in the journal is missing", entry->action);
}

static const struct seal *
seal_of(int (*read)(const struct store *, const char *, unsigned, struct arena *, struct seal *, struct err *),
	struct cli *c, const char *name, unsigned generation)
{
	struct err ignored;
	struct seal *seal = arena_alloc(&c->a, sizeof(*seal));
	return generation != 0 && read(&c->store, name, generation, &c->a, seal, &ignored) == 0 ? seal : NULL;
}

const struct seal *
record_skel_seal(struct cli *c, const char *jail, unsigned generation)
{
	return seal_of(store_skel_seal, c, jail, generation);
}

const struct seal *
record_base_seal(struct cli *c, const char *base, unsigned generation)
{
	return seal_of(store_base_seal, c, base, generation);
}
