/*
 * Reads a command line that is not finished, by the tables that command_parse reads it by.  What is wrong in it is
 * passed over: there is nobody to tell.
 */
#include "cli/completion.h"

#include <limits.h>
#include <string.h>

/* A walk over the words before the one in question. */
struct walk {
	struct completion at;
	const struct option_row *pending; /* its value is the next word */
	bool ended;                       /* options are */
	bool lost;                        /* a verb that there is not */
};

static void
take_value(struct walk *w, const struct option_row *o, const char *value)
{
	if (o->offset == offsetof(struct options, root))
		w->at.root = value;
	else if (o->offset == offsetof(struct options, file))
		w->at.file = value;
}

static void
take_long(struct walk *w, const char *name)
{
	size_t len = strcspn(name, "=");
	const struct option_row *o = option_by_name(w->at.verb, name, len);
	if (o == NULL || o->type == OPT_FLAG)
		return;
	if (name[len] == '=')
		take_value(w, o, name + len + 1);
	else
		w->pending = o;
}

static void
take_letters(struct walk *w, const char *letters)
{
	for (const char *s = letters; *s != '\0'; s++) {
		const struct option_row *o = option_by_letter(w->at.verb, *s);
		if (o == NULL || o->type == OPT_FLAG)
			continue;
		if (s[1] != '\0')
			take_value(w, o, s + 1);
		else
			w->pending = o;
		return;
	}
}

static void
take_operand(struct walk *w, const char *word)
{
	struct completion *c = &w->at;
	if (c->verb == NULL || c->verb->nsubs > 0) {
		c->verb = c->verb == NULL ? verb_find(verbs, nverbs, word)
					  : verb_find(c->verb->subs, c->verb->nsubs, word);
		w->lost = c->verb == NULL;
		return;
	}
	if (c->noperands++ == 0)
		c->first = word;
	if ((c->verb->flags & VERB_WORDS) && c->noperands == 2)
		w->ended = true;
}

/* bash makes three words of --file=w.conf: the second one is no value. */
static void
take_word(struct walk *w, const char *word)
{
	if (w->pending != NULL && strcmp(word, "=") == 0)
		return;
	if (w->pending != NULL) {
		take_value(w, w->pending, word);
		w->pending = NULL;
	} else if (w->ended || word[0] != '-' || word[1] == '\0') {
		take_operand(w, word);
	} else if (strcmp(word, "--") == 0) {
		w->ended = true;
	} else if (word[1] == '-') {
		take_long(w, word + 2);
	} else {
		take_letters(w, word + 1);
	}
}

static enum complete
value_of(const struct option_row *o)
{
	if (strcmp(o->value, "DIR") == 0)
		return COMPLETE_DIRECTORIES;
	return strcmp(o->value, "FILE") == 0 ? COMPLETE_FILES : COMPLETE_NOTHING;
}

/* Most operands after the first are no names: a program in the jail, a generation, a package. */
static bool
has_operand(const struct verb *v, unsigned n)
{
	if (n == 0 || n >= v->max || v->kind == OPERAND_VERB || v->kind == OPERAND_COPY)
		return n < v->max;
	return v->kind == OPERAND_JAIL && v->max == UINT_MAX && !(v->flags & VERB_WORDS);
}

static enum complete
operand_of(const struct completion *c)
{
	if (c->verb == NULL)
		return COMPLETE_VERBS;
	if (c->verb->nsubs > 0)
		return COMPLETE_SUBVERBS;
	return has_operand(c->verb, c->noperands) ? COMPLETE_OPERAND : COMPLETE_NOTHING;
}

struct completion
completion_at(const struct strv *words)
{
	struct walk w = {0};
	const char *last = words->n > 0 ? words->v[words->n - 1] : "";
	for (size_t i = 0; i + 1 < words->n && !w.lost; i++)
		take_word(&w, words->v[i]);
	if (w.lost)
		w.at.what = COMPLETE_NOTHING;
	else if (w.pending != NULL)
		w.at.what = value_of(w.pending);
	else if (!w.ended && last[0] == '-')
		w.at.what = COMPLETE_OPTIONS;
	else
		w.at.what = operand_of(&w.at);
	return w.at;
}
