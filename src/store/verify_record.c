/*
 * The journal's part of a verification.
 */
#include <string.h>
#include <time.h>

#include "store/base_use.h"
#include "store/internal.h"
#include "store/journal.h"
#include "store/verify.h"

enum { SETTLE_TRIES = 40, SETTLE_MS = 50 };

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
		if (strcmp(j->action, journal_choice) == 0) {
			r.choice = j->to;
			continue;
		}
		if (j->to != 0)
			r.used = j->to;
		if (j->to == generation && r.hash[0] == '\0')
			memcpy(r.hash, j->after, SHA256_HEX);
	}
	arena_done(&a);
	if (result == 0)
		*ret = r;
	return result;
}

static const char *
choice_words(unsigned choice, struct arena *a)
{
	return choice == 0 ? "take the generation of its base in use"
			   : arena_printf(a, "stay on generation %u of its base", choice);
}

const char *
verify_choice_fault(const struct store *s, const char *jail, const struct verify_record *r, struct arena *a)
{
	unsigned choice;
	struct err why;

	if (store_base_choice(s, jail, &choice, &why) < 0)
		return arena_printf(a, "by the journal it is to %s, but what says so cannot be read: %s",
			choice_words(r->choice, a), why.err_no ? strerror(why.err_no) : why.reason);
	if (choice == r->choice)
		return NULL;
	return arena_printf(a, "it is to %s, but by the journal's last entry to %s", choice_words(choice, a),
		choice_words(r->choice, a));
}

static bool
is_as_recorded(
	const struct store *s, enum draft_kind kind, const char *name, unsigned used, const struct verify_record *r)
{
	struct arena a = {0};
	bool same = r->used == used && (kind == DRAFT_BASE || !verify_choice_fault(s, name, r, &a));

	arena_done(&a);
	return same;
}

int
verify_used_read(const struct store *s, enum draft_kind kind, const char *name, unsigned *ret, struct err *e)
{
	if ((kind == DRAFT_SKEL ? store_jail_generation : store_base_generation)(s, name, ret, e) < 0)
		return -1;
	return *ret != 0 ? 0 : err_set(e, ERR_FAILED, "verify", name, "there is no generation in use");
}

/* Between the switch to a new generation and its entry in the journal, its maker holds one of these. */
static int
is_being_replaced(const struct store *s, enum draft_kind kind, const char *name, const struct verify_record *r,
	bool *ret, struct err *e)
{
	static const char *const locks[][2] = {[DRAFT_SKEL] = {"manage", "jail"}, [DRAFT_BASE] = {"edit", "base"}};
	char what[STORE_PATH];
	bool second = false;

	if (store_lock_is_held(s, store_path(what, "%s.%s", locks[kind][0], name), ret, e) < 0)
		return -1;
	/* "jail" is held for a start, too, which replaces nothing: only where there is no entry at all is it a create.
	 */
	if ((kind == DRAFT_BASE || r->used == 0) &&
		store_lock_is_held(s, store_path(what, "%s.%s", locks[kind][1], name), &second, e) < 0)
		return -1;
	*ret |= second;
	return 0;
}

int
verify_record_of_used(const struct store *s, enum draft_kind kind, const char *name, unsigned *ret_generation,
	struct verify_record *ret, struct err *e)
{
	const struct timespec pause = {.tv_nsec = SETTLE_MS * 1000000L};

	for (unsigned i = 0, idle = 0; i < SETTLE_TRIES; i++) {
		bool busy = false;
		if (verify_used_read(s, kind, name, ret_generation, e) < 0 ||
			verify_record_find(s, kind, name, *ret_generation, ret, e) < 0)
			return -1;
		if (is_as_recorded(s, kind, name, *ret_generation, ret))
			return 0;
		if (is_being_replaced(s, kind, name, ret, &busy, e) < 0)
			return -1;
		/* What was written before the lock was given back is seen by the second look. */
		idle = busy ? 0 : idle + 1;
		if (idle == 2)
			return 0;
		if (busy)
			nanosleep(&pause, NULL);
	}
	return err_set(e, ERR_BUSY, "verify", name, "it is being changed");
}
