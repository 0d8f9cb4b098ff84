/*
 * Names, patterns and --all become a list of jails.  No target never means all: the table of verbs sees to that.
 */
#include <fnmatch.h>
#include <string.h>

#include "cli/targets.h"

static bool
is_pattern(const char *word)
{
	return strpbrk(word, "*?[") != NULL;
}

/* What fnmatch(3) may be given: anything else can match no name, and is a mistake as in a name. */
static bool
is_valid_pattern(const char *word)
{
	return word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-*?[]!")] == '\0';
}

static bool
has_target(const struct targets *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->v[i].name, name) == 0)
			return true;
	return false;
}

static void
add_target(struct arena *a, struct targets *t, const char *name, bool named)
{
	if (has_target(t, name))
		return;
	t->v = arena_grow(a, t->v, t->n, sizeof(*t->v));
	t->v[t->n++] = (struct target){.name = name, .named = named};
}

static int
unknown_jail(const char *op, const struct strv *known, const char *word, enum err_kind kind, struct err *e)
{
	const char *near = str_nearest(word, known->v, known->n);
	err_set(e, kind, op, word,
		kind == ERR_CONFIG ? "the configuration declares no such jail" : "there is no such jail");
	return near != NULL ? err_hint(e, "did you mean %s?", near) : -1;
}

static int
match_pattern(
	const char *op, const struct strv *known, const char *word, struct arena *a, struct targets *ret, struct err *e)
{
	bool found = false;
	for (size_t i = 0; i < known->n; i++) {
		if (fnmatch(word, known->v[i], 0) != 0)
			continue;
		add_target(a, ret, known->v[i], false);
		found = true;
	}
	return found ? 0 : err_set(e, ERR_FAILED, op, word, "the pattern matches no jail");
}

static int
match_word(const char *op, const struct strv *known, const char *word, enum err_kind unknown, struct arena *a,
	struct targets *ret, struct err *e)
{
	if (is_pattern(word) && !is_valid_pattern(word))
		return err_set(e, ERR_USAGE, op, word, "cannot be the name of a jail, nor a pattern");
	if (is_pattern(word))
		return match_pattern(op, known, word, a, ret, e);
	if (!name_is_valid(word))
		return err_set(e, ERR_USAGE, op, *word != '\0' ? word : "''", "cannot be the name of a jail");
	if (!strv_has(known, word))
		return unknown_jail(op, known, word, unknown, e);
	add_target(a, ret, word, true);
	return 0;
}

void
targets_match(const char *op, const struct strv *known, const struct strv *words, enum err_kind unknown,
	struct arena *a, struct targets *ret)
{
	struct targets t = {.faults = arena_array(a, words->n + 1, sizeof(*t.faults))};
	for (size_t i = 0; i < words->n; i++)
		if (match_word(op, known, words->v[i], unknown, a, &t, &t.faults[t.nfaults]) == -1)
			t.nfaults++;
	*ret = t;
}

static void
add_undeclared(const struct cli *c, const struct strv *names, struct arena *a, struct strv *known)
{
	for (size_t i = 0; i < names->n; i++)
		if (config_jail(&c->config, names->v[i]) == NULL)
			strv_add(a, known, names->v[i]);
}

int
targets_known(const struct cli *c, bool declared, struct arena *a, struct strv *ret, struct err *e)
{
	struct strv known = {0}, created = {0}, unfinished = {0};
	for (size_t i = 0; i < c->config.njails; i++)
		strv_add(a, &known, c->config.jails[i].name);
	if (!declared && store_jails(&c->store, a, &created, e) == -1)
		return -1;
	if ((c->verb->flags & VERB_UNFINISHED) && store_jails_unfinished(&c->store, a, &unfinished, e) == -1)
		return -1;
	add_undeclared(c, &created, a, &known);
	add_undeclared(c, &unfinished, a, &known);
	*ret = known;
	return 0;
}

static void
find_declarations(const struct config *c, struct targets *t)
{
	for (size_t i = 0; i < t->n; i++)
		t->v[i].jail = config_jail(c, t->v[i].name);
}

int
targets_find(const struct cli *c, bool declared, struct arena *a, struct targets *ret, struct err *e)
{
	struct strv known;
	struct targets t = {0};
	if (targets_known(c, declared, a, &known, e) == -1)
		return -1;
	targets_match(c->op, &known, &c->args, declared ? ERR_CONFIG : ERR_FAILED, a, &t);
	for (size_t i = 0; c->o.all && i < known.n; i++)
		add_target(a, &t, known.v[i], false);
	find_declarations(&c->config, &t);
	*ret = t;
	return 0;
}

int
targets_tell(const struct targets *t)
{
	for (size_t i = 0; i < t->nfaults; i++)
		cli_error(&t->faults[i], NULL);
	return t->nfaults > 0 ? err_exit_status(&t->faults[0]) : 0;
}

int
targets_check(struct targets *t, struct err *e)
{
	if (t->nfaults == 0)
		return 0;
	*e = t->faults[--t->nfaults];
	e->kind = t->faults[0].kind;
	targets_tell(t);
	return -1;
}

int
targets_choose(const struct cli *c, bool declared, struct arena *a, struct targets *ret, struct err *e)
{
	struct targets t;
	if (targets_find(c, declared, a, &t, e) == -1)
		return -1;
	if (targets_check(&t, e) == -1)
		return -1;
	*ret = t;
	return 0;
}

/* One that was created, and whose block is gone: what it is to be must be said again. */
static int
explain_undeclared(struct cli *c, const char *name, struct err *e)
{
	struct err ignored;
	const char *base;
	if ((c->verb->flags & VERB_STORE) == 0 || !store_jail_exists(&c->store, name) ||
		store_jail_base(&c->store, name, &c->a, &base, &ignored) == -1)
		return -1;
	return err_hint(e, "it was created; declare it: %.40s { base = %.20s; } (or: warder destroy)", name, base);
}

int
target_named(struct cli *c, const char *word, bool declared, struct arena *a, struct target *ret, struct err *e)
{
	struct targets t;
	struct strv one = {.v = &word, .n = 1}, known;
	if (!name_is_valid(word))
		return err_set(e, ERR_USAGE, c->op, *word != '\0' ? word : "''", "cannot be the name of a jail");
	if (targets_known(c, declared, a, &known, e) == -1)
		return -1;
	targets_match(c->op, &known, &one, declared ? ERR_CONFIG : ERR_FAILED, a, &t);
	if (targets_check(&t, e) == -1)
		return declared ? explain_undeclared(c, word, e) : -1;
	find_declarations(&c->config, &t);
	*ret = t.v[0];
	c->who = ret->name;
	return 0;
}

int
target_single(struct cli *c, bool declared, struct arena *a, struct target *ret, struct err *e)
{
	return target_named(c, c->args.v[0], declared, a, ret, e);
}

void
targets_add_dependencies(const struct config *c, struct arena *a, struct targets *t)
{
	for (size_t i = 0; i < t->n; i++) { /* t grows on the way */
		const struct jail *j = t->v[i].jail;
		for (size_t k = 0; j != NULL && k < j->depend.n; k++)
			add_target(a, t, j->depend.v[k], false);
		find_declarations(c, t);
	}
}

bool
target_waits_for(const struct target *a, const struct target *b, enum order order)
{
	const struct target *later = order == ORDER_STOP ? b : a, *first = order == ORDER_STOP ? a : b;
	return order != ORDER_AS_GIVEN && later->jail != NULL && strv_has(&later->jail->depend, first->name);
}

/* The first target that is not placed yet and waits for none such; the first at all if there is a cycle. */
static size_t
next_ready(const struct targets *t, const bool *placed, enum order order)
{
	size_t fallback = t->n;
	for (size_t i = 0; i < t->n; i++) {
		if (placed[i])
			continue;
		bool waits = false;
		for (size_t k = 0; k < t->n && !waits; k++)
			waits = k != i && !placed[k] && target_waits_for(&t->v[i], &t->v[k], order);
		if (!waits)
			return i;
		if (fallback == t->n)
			fallback = i;
	}
	return fallback;
}

void
targets_order(struct targets *t, enum order order, struct arena *a)
{
	if (order == ORDER_AS_GIVEN || t->n < 2)
		return;
	bool *placed = arena_array(a, t->n, sizeof(*placed));
	struct target *v = arena_array(a, t->n, sizeof(*v));
	for (size_t n = 0; n < t->n; n++) {
		size_t i = next_ready(t, placed, order);
		placed[i] = true;
		v[n] = t->v[i];
	}
	t->v = v;
}
