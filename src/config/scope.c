/*
 * Substitution, once for each jail.
 *
 * `$x` is the variable $x of the jail, else the key x; a list goes where it is the whole word.  A configuration can say
 * a great deal with few bytes ($b = "$a$a"), so every product is capped: one value, one list, depth, and the sum over
 * all jails.  Each slot is expanded once for each jail, so time is bounded by what comes out.
 */
#include "config/scope.h"

#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

enum { DEPTH_MAX = 32 };
static const size_t set_max = 8u << 20, bytes_max = 512u << 20;

void
scope_init(struct scope *s, struct arena *a, const struct symbols *symbols)
{
	*s = (struct scope){.a = a, .symbols = symbols};
	s->slots = arena_array(a, symbols->n + 1, sizeof(*s->slots));
	s->set = arena_array(a, symbols->n + 1, sizeof(*s->set));
}

void
scope_begin(struct scope *s, const char *name)
{
	s->round++;
	s->name = name;
	s->nset = 0;
}

int
scope_set(struct scope *s, const struct param *p, struct err *e)
{
	struct slot *slot = &s->slots[p->symbol];

	if (p->ignored)
		return 0;
	if (++s->nset_total > set_max)
		return fail_at(e, &p->at, "key", p->name, "too many parameters over all jails");
	if (slot->round != s->round) {
		*slot = (struct slot){.round = s->round};
		s->set[s->nset++] = p->symbol;
	}
	if (!p->append) {
		slot->params = NULL;
		slot->nparams = 0;
	}
	slot->params = arena_grow(s->a, slot->params, slot->nparams, sizeof(*slot->params));
	slot->params[slot->nparams++] = p;
	return 0;
}

const struct param *
slot_first(const struct slot *slot)
{
	return slot->params[0];
}

static int
fail_unset(const struct piece *p, const struct piece *next, const struct srcloc *at, struct err *e)
{
	fail_at(e, at, "variable", p->text, "is not set");
	if (!p->braced && next && !next->is_var && next->text[0] == '.')
		return err_hint(e, "write ${%.30s%.*s} for the value of that key", p->text,
			(int)strcspn(next->text, " /:@"), next->text);
	return -1;
}

/* What has a value without being written down: $name, and the defaults of keys. */
static const char *
implied_text(const struct scope *s, const struct piece *p)
{
	const struct key_row *row = key_find(p->text, WHERE_JAIL);

	if (!strcmp(p->text, "name") || (row && row->key == KEY_HOSTNAME))
		return s->name;
	if (!row)
		row = key_find(p->text, WHERE_GLOBAL);
	if (!row || row->type->many || !*row->fallback || *row->fallback == '(')
		return NULL;
	return row->fallback;
}

static int
lookup(struct scope *s, const struct word *w, size_t i, struct value *ret, struct err *e)
{
	const struct piece *p = &w->v[i];
	struct slot *slot = &s->slots[p->var_symbol];
	const struct value *value;

	if (slot->round != s->round)
		slot = &s->slots[p->key_symbol];
	if (slot->round != s->round) {
		const char *text = s->name ? implied_text(s, p) : NULL;

		if (!text)
			return fail_unset(p, i + 1 < w->n ? &w->v[i + 1] : NULL, &w->at, e);
		ret->v = arena_alloc(s->a, sizeof(*ret->v));
		*ret->v = (struct text){text, w->at};
		ret->n = 1;
		return 0;
	}
	if (slot->expanding) {
		fail_at(e, &w->at, "variable", p->text, "needs its own value");
		return err_hint(e, "it was set on line %u", slot_first(slot)->at.line);
	}
	value = scope_value(s, slot, e);
	if (!value)
		return -1;
	*ret = *value;
	return 0;
}

/* What is put together is counted, also where it comes to nothing ("$empty$empty..."). */
static int
charge(struct scope *s, size_t n, const struct srcloc *at, struct err *e)
{
	s->nbytes_total += n;
	return s->nbytes_total > bytes_max ? fail_at(e, at, "value", NULL, "too much text over all jails") : 0;
}

static int
append_text(struct scope *s, struct value *to, const char *text, const struct srcloc *at, struct err *e)
{
	if (to->n == LIST_MAX)
		return fail_at(e, at, "value", NULL, "more than %d values", LIST_MAX);
	if (charge(s, strlen(text) + sizeof(*to->v), at, e) < 0)
		return -1;
	to->v = arena_grow(s->a, to->v, to->n, sizeof(*to->v));
	to->v[to->n++] = (struct text){text, *at};
	return 0;
}

static int
append_piece(struct scope *s, const struct word *w, size_t i, struct str *to, struct err *e)
{
	struct value value = {0};
	const char *text = w->v[i].text;

	if (charge(s, sizeof(*w->v), &w->at, e) < 0)
		return -1;
	if (w->v[i].is_var) {
		if (lookup(s, w, i, &value, e) < 0)
			return -1;
		if (value.n != 1)
			return fail_at(e, &w->at, "variable", w->v[i].text, "is a list in the middle of a word");
		text = value.v[0].s;
	}
	str_add(to, text);
	if (to->len > VALUE_MAX)
		return fail_at(e, &w->at, "value", NULL, "longer than %d bytes", VALUE_MAX);
	return 0;
}

/* True if n bytes are UTF-8 without control characters. */
static bool
is_clean_text(const char *s, size_t n)
{
	for (size_t i = 0, len; i < n; i += len) {
		uint32_t c;

		len = utf8_decode(s + i, n - i, &c);
		if (len == 0 || utf8_is_unsafe(c))
			return false;
	}
	return true;
}

static int
append_word(struct scope *s, const struct word *w, struct value *to, struct err *e)
{
	str_auto text = {0};

	for (size_t i = 0; i < w->n; i++)
		if (append_piece(s, w, i, &text, e) < 0)
			return -1;
	if (!is_clean_text(str_text(&text), text.len))
		return fail_at(e, &w->at, "value", str_text(&text), "has a control character or is not UTF-8");
	return append_text(s, to, arena_strndup(s->a, str_text(&text), text.len), &w->at, e);
}

/* A word that is one variable and nothing else gives all of its values. */
static int
append_list(struct scope *s, const struct word *w, struct value *to, struct err *e)
{
	struct value value = {0};

	if (lookup(s, w, 0, &value, e) < 0)
		return -1;
	for (size_t i = 0; i < value.n; i++)
		if (append_text(s, to, value.v[i].s, &w->at, e) < 0)
			return -1;
	return 0;
}

static int
expand_param(struct scope *s, const struct param *p, struct value *to, struct err *e)
{
	for (size_t i = 0; i < p->nvalues; i++) {
		const struct word *w = &p->values[i];
		const bool is_list = w->n == 1 && w->v[0].is_var;

		if ((is_list ? append_list : append_word)(s, w, to, e) < 0)
			return -1;
	}
	return 0;
}

static int
expand_slot(struct scope *s, struct slot *slot, struct err *e)
{
	for (size_t i = 0; i < slot->nparams; i++)
		if (expand_param(s, slot->params[i], &slot->value, e) < 0)
			return -1;
	slot->value.appends = slot_first(slot)->append;
	return 0;
}

static int
expand_once(struct scope *s, struct slot *slot, struct err *e)
{
	int r;

	if (s->depth == DEPTH_MAX)
		return fail_at(e, &slot_first(slot)->at, "variable", slot_first(slot)->name,
			"variables in variables, more than %d deep", DEPTH_MAX);
	s->depth++;
	slot->expanding = true;
	r = expand_slot(s, slot, e);
	slot->expanding = false;
	slot->expanded = true;
	s->depth--;
	return r;
}

const struct value *
scope_value(struct scope *s, struct slot *slot, struct err *e)
{
	if (!slot->expanded && expand_once(s, slot, e) < 0)
		return NULL;
	return &slot->value;
}
