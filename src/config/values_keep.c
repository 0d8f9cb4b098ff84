/*
 * generations.keep: how many of the newest, and how long; either may be left out.
 */
#include <string.h>

#include "base/str.h"
#include "config/types.h"

enum { HOUR = 3600, DAY = 24 * HOUR, COUNT_MAX = 1000000, DAYS_MAX = 36500 };

static int
keep_fail(const struct key_use *u, const struct text *t, const char *reason, struct err *e)
{
	value_fail(u, t, reason, e);
	return err_hint(e, "a number, a time in d or h, or both: 5, 30d");
}

/* "30d", "12h". */
static int
duration_read(const char *text, struct arena *a, uint64_t *ret)
{
	const size_t n = strlen(text);
	const uint64_t unit = n > 1 && text[n - 1] == 'd' ? DAY : n > 1 && text[n - 1] == 'h' ? HOUR : 0;
	uint64_t number;

	if (unit == 0 || str_to_u64(arena_strndup(a, text, n - 1), (uint64_t)DAYS_MAX * DAY / unit, &number) < 0)
		return -1;
	*ret = number * unit;
	return 0;
}

/* One of the two; seen: bit of what was there already. */
static int
keep_read(const struct key_use *u, const struct text *t, unsigned *seen, struct keep *ret, struct err *e)
{
	enum { COUNT = 1, TIME = 2 };
	unsigned kind = TIME;
	uint64_t n;

	if (duration_read(t->s, u->a, &n) < 0) {
		kind = COUNT;
		if (str_to_u64(t->s, COUNT_MAX, &n) < 0 || n == 0)
			return keep_fail(u, t, "is neither a number from 1 on nor a time", e);
	}
	if (*seen & kind)
		return keep_fail(u, t, kind == TIME ? "is a second time" : "is a second number", e);
	*seen |= kind;
	if (kind == TIME)
		ret->seconds = n;
	else
		ret->count = (uint32_t)n;
	return 0;
}

static int
keep_parse(const struct key_use *u, struct err *e)
{
	struct keep keep = {.count = 1};
	unsigned seen = 0;

	if (u->v->appends)
		return keep_fail(u, &u->v->v[0], "cannot be added to the default", e);
	for (size_t i = 0; i < u->v->n; i++)
		if (keep_read(u, &u->v->v[i], &seen, &keep, e) < 0)
			return -1;
	*(struct keep *)u->field = keep;
	return 0;
}

static void
keep_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	const struct keep *keep = field_of(row, object);
	const bool days = keep->seconds % DAY == 0;

	strv_add(a, &ret->list, arena_printf(a, "%u", (unsigned)keep->count));
	if (keep->seconds)
		strv_add(a, &ret->list,
			arena_printf(a, "%llu%c", (unsigned long long)(keep->seconds / (days ? DAY : HOUR)),
				days ? 'd' : 'h'));
	ret->json = ret->list;
}

const struct key_type type_keep = {"list", SHAPE_LIST, true, keep_parse, keep_show};
