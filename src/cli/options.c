/*
 * Reading the command line by the tables of options and verbs.  Our own rather than getopt_long(3): rows carry their
 * documentation, nothing is global, and an unknown word gets the nearest known one as a hint.  Pure.
 */
#include <limits.h>
#include <string.h>

#include "base/str.h"
#include "cli/verb.h"
#include "config/config.h"

#define OPTION(letter, name, value, type, field, needs, text)                                                          \
	{                                                                                                              \
		letter, name, value, type, offsetof(struct options, field), needs, text                                \
	}

enum { READS = VERB_CONFIG | VERB_WANTS | VERB_STORE };

const struct option_row common_options[] = {
	OPTION(0, "root", "DIR", OPT_TEXT, root, READS, "the store, instead of the configuration's root"),
	OPTION('f', "file", "FILE", OPT_TEXT, file, READS, config_default_help),
	OPTION('n', "dry-run", NULL, OPT_FLAG, dry_run, VERB_CHANGES, "say what would be done and change nothing"),
	OPTION('q', "quiet", NULL, OPT_FLAG, quiet, 0, "print nothing but errors; of a listing, names only"),
	OPTION('v', "verbose", NULL, OPT_FLAG, verbose, 0, "print each step"),
	OPTION('y', "yes", NULL, OPT_FLAG, yes, VERB_ASKS, "answer every question with yes"),
	OPTION('j', "jobs", "N", OPT_NUMBER, jobs, VERB_TARGETS, "how many jails to work on at the same time (1)"),
	OPTION(0, "json", NULL, OPT_FLAG, json, VERB_JSON, "print JSON"),
	OPTION(0, "no-color", NULL, OPT_FLAG, no_color, 0, "no colour; so does the variable NO_COLOR"),
	OPTION('h', "help", NULL, OPT_FLAG, help, 0, "print help and exit"),
	OPTION(0, "version", NULL, OPT_FLAG, version, 0, "print the version and exit"),
};
const size_t ncommon_options = sizeof(common_options) / sizeof(common_options[0]);

enum { MAX_JOBS = 64 };

struct parser {
	int argc, i;
	char *const *argv;
	struct arena *a;
	struct command *c;
	unsigned seen; /* bit n: common_options[n] was given */
	bool ended;    /* after "--", or a command's own words */
};

bool
option_fits(const struct option_row *o, const struct verb *v)
{
	for (size_t i = 0; v != NULL && i < v->noptions; i++)
		if (strcmp(v->options[i].name, o->name) == 0)
			return false;
	return o->needs == 0 || (v != NULL && (v->flags & o->needs) != 0);
}

static const char *
op_of(const struct parser *p)
{
	return p->c->verb != NULL ? verb_path(p->c->parent, p->c->verb, p->a) : NULL;
}

const struct option_row *
option_by_letter(const struct verb *v, char letter)
{
	for (size_t i = 0; v != NULL && i < v->noptions; i++)
		if (v->options[i].letter == letter)
			return &v->options[i];
	for (size_t i = 0; i < ncommon_options; i++)
		if (common_options[i].letter == letter)
			return &common_options[i];
	return NULL;
}

static const struct option_row *
row_in(const struct option_row *rows, size_t n, const char *name, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(rows[i].name) == len && memcmp(rows[i].name, name, len) == 0)
			return &rows[i];
	return NULL;
}

const struct option_row *
option_by_name(const struct verb *v, const char *name, size_t len)
{
	const struct option_row *row = v != NULL ? row_in(v->options, v->noptions, name, len) : NULL;
	return row != NULL ? row : row_in(common_options, ncommon_options, name, len);
}

static int
unknown_option(const struct parser *p, const char *word, struct err *e)
{
	const struct verb *v = p->c->verb;
	struct strv names = {0};
	for (size_t i = 0; v != NULL && i < v->noptions; i++)
		strv_add(p->a, &names, v->options[i].name);
	for (size_t i = 0; i < ncommon_options; i++)
		if (option_fits(&common_options[i], v))
			strv_add(p->a, &names, common_options[i].name);
	err_set(e, ERR_USAGE, op_of(p), word, "there is no such option");
	const char *plain = str_has_prefix(word, "--") ? arena_strndup(p->a, word + 2, strcspn(word + 2, "=")) : "";
	const char *near = str_nearest(plain, names.v, names.n);
	if (near != NULL)
		return err_hint(e, "did you mean --%s?", near);
	return err_hint(e, v != NULL ? "warder help %s" : "warder help", v != NULL ? op_of(p) : "");
}

static int
set_number(struct parser *p, const struct option_row *o, const char *value, struct err *e)
{
	uint64_t max = strcmp(o->name, "jobs") == 0 ? MAX_JOBS : INT_MAX;
	uint64_t n;
	if (str_to_u64(value, max, &n) == -1 || (n == 0 && max == MAX_JOBS))
		return err_set(e, ERR_USAGE, op_of(p), value, "--%s takes a number of at most %llu", o->name,
			(unsigned long long)max);
	*(uint64_t *)((char *)&p->c->o + o->offset) = n;
	return 0;
}

/* value is NULL for a flag. */
static int
set_option(struct parser *p, const struct option_row *o, const char *value, struct err *e)
{
	void *field = (char *)&p->c->o + o->offset;
	if (o >= common_options && o < common_options + ncommon_options)
		p->seen |= 1u << (o - common_options);
	switch (o->type) {
	case OPT_FLAG:
		*(bool *)field = true;
		return 0;
	case OPT_TEXT:
		*(const char **)field = value;
		return 0;
	case OPT_LIST:
		strv_add(p->a, field, value);
		return 0;
	case OPT_NUMBER:
		return set_number(p, o, value, e);
	}
	return 0;
}

/* The option's value: what is left of its own word, or the next word. */
static int
take_value(struct parser *p, const struct option_row *o, const char *attached, const char **ret, struct err *e)
{
	const char *value = attached != NULL ? attached : p->i < p->argc ? p->argv[p->i++] : NULL;
	if (value == NULL)
		return err_set(e, ERR_USAGE, op_of(p), NULL, "--%s needs a value: %s", o->name, o->value);
	if (*value == '\0')
		return err_set(e, ERR_USAGE, op_of(p), NULL, "the value of --%s is empty", o->name);
	*ret = value;
	return 0;
}

static int
parse_long(struct parser *p, const char *word, struct err *e)
{
	const char *name = word + 2, *value = NULL;
	size_t len = strcspn(name, "=");
	const char *attached = name[len] == '=' ? name + len + 1 : NULL;
	const struct option_row *o = option_by_name(p->c->verb, name, len);
	if (o == NULL)
		return unknown_option(p, word, e);
	if (o->type == OPT_FLAG && attached != NULL)
		return err_set(e, ERR_USAGE, op_of(p), word, "--%s takes no value", o->name);
	if (o->type != OPT_FLAG && take_value(p, o, attached, &value, e) == -1)
		return -1;
	return set_option(p, o, value, e);
}

/* "-qv", "-j4", "-j 4". */
static int
parse_letters(struct parser *p, const char *word, struct err *e)
{
	for (const char *s = word + 1; *s != '\0'; s++) {
		const struct option_row *o = option_by_letter(p->c->verb, *s);
		if (o == NULL)
			return unknown_option(p, word, e);
		if (o->type != OPT_FLAG) {
			const char *value;
			if (take_value(p, o, s[1] != '\0' ? s + 1 : NULL, &value, e) == -1)
				return -1;
			return set_option(p, o, value, e);
		}
		if (set_option(p, o, NULL, e) == -1)
			return -1;
	}
	return 0;
}

static int
unknown_verb(const struct parser *p, const struct verb *const *list, size_t n, const char *word, const char *what,
	struct err *e)
{
	struct strv names = verb_names(list, n, p->a);
	err_set(e, ERR_USAGE, op_of(p), word, "there is no such %s", what);
	const char *near = str_nearest(word, names.v, names.n);
	if (near != NULL)
		return err_hint(e, "did you mean %s?", near);
	return err_hint(e, op_of(p) != NULL ? "warder help %s" : "warder help", op_of(p) != NULL ? op_of(p) : "");
}

static int
parse_operand(struct parser *p, const char *word, struct err *e)
{
	struct command *c = p->c;
	if (c->verb == NULL) {
		c->verb = verb_find(verbs, nverbs, word);
		return c->verb != NULL ? 0 : unknown_verb(p, verbs, nverbs, word, "verb", e);
	}
	if (c->verb->nsubs > 0) {
		const struct verb *sub = verb_find(c->verb->subs, c->verb->nsubs, word);
		if (sub == NULL)
			return unknown_verb(p, c->verb->subs, c->verb->nsubs, word, "subverb", e);
		c->parent = c->verb;
		c->verb = sub;
		return 0;
	}
	strv_add(p->a, &c->args, word);
	if ((c->verb->flags & VERB_WORDS) && c->args.n == 2)
		p->ended = true;
	return 0;
}

static int
parse_word(struct parser *p, struct err *e)
{
	const char *word = p->argv[p->i++];
	if (p->ended || word[0] != '-' || word[1] == '\0')
		return parse_operand(p, word, e);
	if (strcmp(word, "--") == 0) {
		p->ended = true;
		return 0;
	}
	return word[1] == '-' ? parse_long(p, word, e) : parse_letters(p, word, e);
}

/* An option that the verb would silently ignore is refused. */
static int
check_fit(const struct parser *p, struct err *e)
{
	for (size_t i = 0; i < ncommon_options; i++)
		if ((p->seen & 1u << i) && !option_fits(&common_options[i], p->c->verb))
			return err_set(e, ERR_USAGE, op_of(p), NULL, "has no option --%s", common_options[i].name);
	return 0;
}

static int
check_operands(const struct parser *p, struct err *e)
{
	const struct verb *v = p->c->verb;
	bool all = p->c->o.all;
	const char *path = op_of(p);
	if (v->nsubs > 0) {
		err_set(e, ERR_USAGE, v->name, NULL, "which one? %s", v->operands);
		return err_hint(e, "warder help %s", v->name);
	}
	if (all && p->c->args.n > 0)
		return err_set(e, ERR_USAGE, v->name, NULL, "either names or --all, not both");
	if (!all && p->c->o.bases.n == 0 && p->c->args.n < v->min)
		err_set(e, ERR_USAGE, path, NULL, v->flags & VERB_TARGETS ? "no jail named" : "too few operands");
	else if (p->c->args.n > v->max)
		err_set(e, ERR_USAGE, path, p->c->args.v[v->max], "too many operands");
	else
		return 0;
	if (v->flags & VERB_TARGETS && p->c->args.n == 0)
		return err_hint(e, "warder %s JAIL..., or --all", path);
	return err_hint(e, "warder %s %s", path, v->operands);
}

int
command_parse(int argc, char *const *argv, struct arena *a, struct command *ret, struct err *e)
{
	*ret = (struct command){.o.jobs = 1};
	struct parser p = {.argc = argc, .i = 1, .argv = argv, .a = a, .c = ret};
	while (p.i < argc)
		if (parse_word(&p, e) == -1)
			return -1;
	if (ret->o.help || ret->o.version)
		return 0;
	if (ret->verb == NULL) {
		err_set(e, ERR_USAGE, NULL, NULL, "no verb given");
		return err_hint(e, "warder help");
	}
	if (check_fit(&p, e) == -1)
		return -1;
	return check_operands(&p, e);
}
