/*
 * Owns the words for a start that did not come to a running service.
 */
#include "run/outcome.h"

#include <string.h>

static bool
is(const struct jail_status *s, const char *word)
{
	return strcmp(s->word, word) == 0;
}

static bool
was_stopped(const struct jail_status *s)
{
	return is(s, "stopping") || (is(s, "stopped") && s->service_exit < 0);
}

static bool
was_killed(const struct jail_status *s)
{
	return s->word[0] == '\0' || (is(s, "starting") && s->service_exit < 0);
}

bool
run_outcome_is_ended(const struct jail_status *s)
{
	return was_stopped(s) || was_killed(s);
}

int
run_outcome(const struct store *s, const struct jail *j, const struct jail_status *st, struct err *e)
{
	char words[sizeof(e->reason)] = "it ended at once";

	if (is(st, "failed")) {
		(void)!store_log_last_words(s, j, words, sizeof(words));
		err_set(e, ERR_FAILED, "start", j->name, "%s", words);
		return err_hint(e, "warder logs %s", j->name);
	}
	if (was_stopped(st))
		return err_set(e, ERR_FAILED, "start", j->name, "it was stopped while it started");
	return was_killed(st) ? err_set(e, ERR_FAILED, "start", j->name, "its pid 1 was killed") : 0;
}
