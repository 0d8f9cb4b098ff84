/*
 * Types of one value each: text, word, boolean, number, size, percentage, signal; and lists of texts.
 *
 * A type is a pair: parse puts text into the field, show says how the field would be written.  What parse accepts,
 * show gives back so that it is accepted again with the same result.
 */
#include "config/values.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/signals.h"
#include "config/faults.h"
#include "config/keys.h"
#include "config/types.h"

int
value_fail(const struct key_use *u, const struct text *t, const char *reason, struct err *e)
{
	return fail_at(e, &t->at, u->row->name, t->s, "%s", reason);
}

const struct text *
value_single(const struct key_use *u, struct err *e)
{
	if (u->v->n == 1)
		return &u->v->v[0];
	value_fail(u, &u->v->v[1], "takes one value, not a list", e);
	return NULL;
}

bool
value_is_empty(const struct value *v)
{
	return v->n == 1 && !*v->v[0].s;
}

int
value_check(const struct key_use *u, const struct text *t, struct err *e)
{
	struct value_note note = {0};
	const char *fault = u->row->fault ? u->row->fault(t->s, &note) : NULL;

	if (!fault)
		return 0;
	value_fail(u, t, fault, e);
	return note.hint ? err_hint(e, "%s", note.hint) : -1;
}

/* ---- text ---- */

static int
text_parse(const struct key_use *u, struct err *e)
{
	const struct text *t = value_single(u, e);

	if (!t)
		return -1;
	if (!*t->s && *u->row->fallback)
		return value_fail(u, t, "is empty", e);
	if (*t->s && value_check(u, t, e) < 0)
		return -1;
	*(const char **)u->field = *t->s ? t->s : NULL;
	return 0;
}

static void
text_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	const char *s = *(const char *const *)field_of(row, object);

	if (s)
		strv_add(a, &ret->list, s);
}

const struct key_type type_text = {"text", SHAPE_TEXT, false, text_parse, text_show};

/* ---- list of texts ---- */

static size_t
name_length(const struct text *t, enum repeats repeats)
{
	return repeats == REPEATS_NO_NAME ? strcspn(t->s, "=") : strlen(t->s);
}

static int
compare_names(const struct text *a, const struct text *b, enum repeats repeats)
{
	const size_t na = name_length(a, repeats), nb = name_length(b, repeats);
	const int r = memcmp(a->s, b->s, na < nb ? na : nb);

	return r ? r : (na > nb) - (na < nb);
}

static int
compare_texts(const void *a, const void *b)
{
	return compare_names(a, b, REPEATS_NO);
}

static int
compare_before_equals(const void *a, const void *b)
{
	return compare_names(a, b, REPEATS_NO_NAME);
}

int
value_refuse_repeats(const struct key_use *u, enum repeats repeats, struct err *e)
{
	const size_t n = u->v->n;
	struct text *sorted = arena_array(u->a, n, sizeof(*sorted));

	if (repeats == REPEATS_OK || n < 2)
		return 0;
	memcpy(sorted, u->v->v, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), repeats == REPEATS_NO ? compare_texts : compare_before_equals);
	for (size_t i = 1; i < n; i++)
		if (compare_names(&sorted[i - 1], &sorted[i], repeats) == 0)
			return value_fail(u, &sorted[i], "stands there twice", e);
	return 0;
}

static int
strings_parse(const struct key_use *u, struct err *e)
{
	const size_t max = u->row->max ? u->row->max : LIST_MAX;
	struct strv list = {0};

	if (u->v->n > max)
		return fail_at(e, &u->v->v[max].at, u->row->name, NULL, "more than %zu values", max);
	for (size_t i = 0; i < u->v->n && !value_is_empty(u->v); i++) {
		const struct text *t = &u->v->v[i];

		if (!*t->s)
			return value_fail(u, t, "empty value in a list", e);
		if (value_check(u, t, e) < 0)
			return -1;
		strv_add(u->a, &list, t->s);
	}
	if (value_refuse_repeats(u, u->row->repeats, e) < 0)
		return -1;
	*(struct strv *)u->field = list;
	return 0;
}

static void
strings_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	ret->list = ret->json = *(const struct strv *)field_of(row, object);
}

const struct key_type type_strings = {"list", SHAPE_LIST, true, strings_parse, strings_show};

/* ---- one of some words ---- */

static int
words_parse(const struct key_use *u, struct err *e)
{
	const struct text *t = value_single(u, e);
	str_auto all = {0};

	if (!t)
		return -1;
	for (uint32_t i = 0; u->row->words[i]; i++) {
		if (!strcmp(t->s, u->row->words[i])) {
			memcpy(u->field, &i, sizeof(i));
			return 0;
		}
		str_addf(&all, "%s%s", i ? ", " : "", u->row->words[i]);
	}
	value_fail(u, t, "is none of its words", e);
	return err_hint(e, "one of: %s", str_text(&all));
}

static void
words_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	uint32_t i;

	memcpy(&i, field_of(row, object), sizeof(i));
	strv_add(a, &ret->list, row->words[i]);
}

const struct key_type type_words = {"word", SHAPE_TEXT, false, words_parse, words_show};

/* ---- booleans ---- */

static const struct text *
bool_read(const struct key_use *u, bool *ret, struct err *e)
{
	const struct text *t = value_single(u, e);

	if (!t)
		return NULL;
	*ret = strcmp(t->s, "true") == 0;
	if (*ret || strcmp(t->s, "false") == 0)
		return t;
	value_fail(u, t, "is neither true nor false", e);
	return NULL;
}

static int
bool_parse(const struct key_use *u, struct err *e)
{
	return bool_read(u, u->field, e) ? 0 : -1;
}

static void
bool_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	ret->number = *(const bool *)field_of(row, object);
	strv_add(a, &ret->list, ret->number ? "true" : "false");
}

const struct key_type type_bool = {"boolean", SHAPE_BOOL, false, bool_parse, bool_show};

/* exec.clean: what jail.conf(5) lets one choose and we do not. */
static int
always_parse(const struct key_use *u, struct err *e)
{
	bool b = false;
	const struct text *t = bool_read(u, &b, e);

	if (!t)
		return -1;
	if (b)
		return 0;
	value_fail(u, t, "cannot be switched off", e);
	return err_hint(e, "the environment is always built from nothing; add to it with exec.environment");
}

static void
always_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	ret->number = 1;
	strv_add(a, &ret->list, "true");
}

const struct key_type type_always = {"boolean", SHAPE_BOOL, false, always_parse, always_show};

/* ---- numbers ---- */

static void
store_number(const struct key_use *u, uint64_t n)
{
	if (u->row->width == sizeof(uint64_t))
		*(uint64_t *)u->field = n;
	else
		*(uint32_t *)u->field = (uint32_t)n;
}

/* A number whose least value is above 0 can be taken back: 0 stands for none. */
static bool
is_none(const struct key_row *row, const char *s)
{
	return row->min > 0 && !strcmp(s, "none");
}

static int
number_fail(const struct key_use *u, const struct text *t, const char *what, struct err *e)
{
	return fail_at(e, &t->at, u->row->name, t->s, "is no %s from %llu to %llu", what,
		(unsigned long long)u->row->min, (unsigned long long)u->row->max);
}

static int
number_set(const struct key_use *u, const struct text *t, const char *digits, const char *what, struct err *e)
{
	uint64_t n = 0;

	if (!is_none(u->row, t->s) && (str_to_u64(digits, u->row->max, &n) < 0 || n < u->row->min))
		return number_fail(u, t, what, e);
	store_number(u, n);
	return 0;
}

static int
number_parse(const struct key_use *u, struct err *e)
{
	const struct text *t = value_single(u, e);

	return !t ? -1 : number_set(u, t, t->s, "number", e);
}

static uint64_t
load_number(const struct key_row *row, const void *object)
{
	const void *field = field_of(row, object);

	return row->width == sizeof(uint64_t) ? *(const uint64_t *)field : *(const uint32_t *)field;
}

static void
number_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	ret->number = load_number(row, object);
	if (ret->number >= row->min)
		strv_add(a, &ret->list, arena_printf(a, "%llu", (unsigned long long)ret->number));
}

const struct key_type type_number = {"number", SHAPE_NUMBER, false, number_parse, number_show};

static int
percent_parse(const struct key_use *u, struct err *e)
{
	const struct text *t = value_single(u, e);
	size_t n;

	if (!t)
		return -1;
	n = strlen(t->s);
	n -= n > 1 && t->s[n - 1] == '%';
	return number_set(u, t, arena_strndup(u->a, t->s, n), "percentage", e);
}

static void
percent_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	ret->number = load_number(row, object);
	if (ret->number)
		strv_add(a, &ret->list, arena_printf(a, "%llu%%", (unsigned long long)ret->number));
}

const struct key_type type_percent = {"percentage", SHAPE_NUMBER, false, percent_parse, percent_show};

static int
size_parse(const struct key_use *u, struct err *e)
{
	const struct text *t = value_single(u, e);
	uint64_t n = 0;

	if (!t)
		return -1;
	if (!is_none(u->row, t->s) && (str_to_size(t->s, &n) < 0 || n < u->row->min || n > u->row->max)) {
		value_fail(u, t, "is no size, or too small or too large", e);
		return err_hint(e, "digits and K, M, G or T, at least %llu", (unsigned long long)u->row->min);
	}
	store_number(u, n);
	return 0;
}

static void
size_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	static const char *const units[] = {"", "K", "M", "G", "T"};
	uint64_t n = load_number(row, object);
	size_t unit = 0;

	ret->number = n;
	if (n == 0)
		return;
	for (; unit < 4 && n % 1024 == 0; unit++)
		n /= 1024;
	strv_add(a, &ret->list, arena_printf(a, "%llu%s", (unsigned long long)n, units[unit]));
}

const struct key_type type_size = {"size", SHAPE_NUMBER, false, size_parse, size_show};

/* ---- signals ---- */

static const struct signal_name signals[] = {
	{"SIGHUP", SIGHUP},
	{"SIGINT", SIGINT},
	{"SIGQUIT", SIGQUIT},
	{"SIGABRT", SIGABRT},
	{"SIGKILL", SIGKILL},
	{"SIGUSR1", SIGUSR1},
	{"SIGUSR2", SIGUSR2},
	{"SIGALRM", SIGALRM},
	{"SIGTERM", SIGTERM},
	{"SIGCONT", SIGCONT},
	{"SIGWINCH", SIGWINCH},
};

/* Those above, then the system's own; NULL behind the last. */
static const struct signal_name *
signal_at(size_t i)
{
	size_t n = sizeof(signals) / sizeof(*signals);

	if (i < n)
		return &signals[i];
	return i - n < nsignals_own ? &signals_own[i - n] : NULL;
}

static uint32_t
signal_number(const char *name)
{
	const char *bare = str_has_prefix(name, "SIG") ? name + 3 : name;
	const struct signal_name *s;
	uint64_t n;

	for (size_t i = 0; (s = signal_at(i)) != NULL; i++)
		if (!strcmp(bare, s->name + 3))
			return (uint32_t)s->number;
	return str_to_u64(name, 64, &n) < 0 ? 0 : (uint32_t)n;
}

static int
signal_parse(const struct key_use *u, struct err *e)
{
	const struct text *t = value_single(u, e);
	uint32_t n;

	if (!t)
		return -1;
	n = signal_number(t->s);
	if (n == 0) {
		value_fail(u, t, "is no signal", e);
		return err_hint(e, "SIGTERM, SIGINT, SIGQUIT, ... or a number from 1 to 64");
	}
	*(uint32_t *)u->field = n;
	return 0;
}

static void
signal_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
	const struct signal_name *s;

	ret->number = *(const uint32_t *)field_of(row, object);
	for (size_t i = 0; (s = signal_at(i)) != NULL; i++)
		if ((uint32_t)s->number == ret->number) {
			strv_add(a, &ret->list, s->name);
			return;
		}
	strv_add(a, &ret->list, arena_printf(a, "%llu", (unsigned long long)ret->number));
}

const struct key_type type_signal = {"signal", SHAPE_TEXT, false, signal_parse, signal_show};

/* ---- keys that are recognised to be refused; config/resolve.c does it before a value is looked at ---- */

static int
refused_parse(const struct key_use *u, struct err *e)
{
	return value_fail(u, &u->v->v[0], "is not for this system", e);
}

static void
refused_show(const struct key_row *row, const void *object, struct arena *a, struct shown *ret)
{
}

const struct key_type type_refused = {"refused", SHAPE_TEXT, false, refused_parse, refused_show};
