/*
 * Which generations go: the decision, as a pure function.
 */
#include "store/gc.h"

static const struct {
	enum gc_use use;
	const char *word;
} words[] = {
	{USE_CURRENT, "in use"},
	{USE_RUNNING, "a running jail has it"},
	{USE_TOLD, "a jail was told to stay on it"},
	{USE_DRAFT, "a draft descends from it"},
	{USE_ANCESTOR, "a skeleton descends from it"},
	{USE_PREVIOUS, "the one before the one in use"},
};

const char *
gc_use_word(unsigned uses)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (uses & words[i].use)
			return words[i].word;
	return NULL;
}

/* One that was made in the future, before the clock was set back, is young.  The newest stays even with a count of 0:
 * its number would be given again. */
void
gc_choose(const struct gc_rows *g, const struct keep *keep, int64_t now, bool *ret_goes)
{
	size_t count = keep->count ? keep->count : 1;

	for (size_t i = 0; i < g->n; i++) {
		const struct gc_row *x = &g->v[i];
		bool newest = g->n - i <= count;
		bool old = now >= x->created && (uint64_t)(now - x->created) >= keep->seconds;
		ret_goes[i] = !x->uses && !newest && old;
	}
}
