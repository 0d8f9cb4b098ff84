/*
 * warder completion: the script for a shell, and what that script asks for.
 */
#include <limits.h>
#include <string.h>

#include "cli/completion.h"
#include "cli/targets.h"

static void
print_word(const char *prefix, const char *word, const char *what)
{
	printf("%s%s\t%s\n", prefix, word, what);
}

static void
print_verbs(const struct verb *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		print_word("", list[i]->name, list[i]->summary);
}

static void
print_options(const struct verb *v)
{
	for (size_t i = 0; v != NULL && i < v->noptions; i++)
		print_word("--", v->options[i].name, v->options[i].text);
	for (size_t i = 0; i < ncommon_options; i++)
		if (v == NULL || option_fits(&common_options[i], v))
			print_word("--", common_options[i].name, common_options[i].text);
}

/* The configuration and the store that the line names, as far as they can be read. */
static void
open_what_there_is(struct cli *c, const struct completion *at)
{
	struct err ignored;
	if (config_load(at->file != NULL ? at->file : config_default_path, &c->a, &c->config, &ignored) == -1)
		c->config = (struct config){0};
	c->root = at->root != NULL ? at->root : c->config.root;
	if (c->root != NULL && path_is_clean_absolute(c->root))
		(void)!store_open(c->root, &c->store, &ignored);
}

/* suffix: after each name, where a path follows it. */
static void
print_jails(struct cli *c, const char *suffix)
{
	struct strv names;
	struct err ignored;
	if (targets_known(c, c->store.dotfd == -1, &c->a, &names, &ignored) == -1)
		return;
	for (size_t i = 0; i < names.n; i++)
		printf("%s%s\n", names.v[i], suffix);
}

static void
print_bases(struct cli *c)
{
	struct base_row *rows = NULL;
	struct err ignored;
	size_t n = 0;
	for (size_t i = 0; i < c->config.nbases; i++)
		puts(c->config.bases[i].name);
	if (c->store.dotfd == -1 || store_bases(&c->store, &c->a, &rows, &n, &ignored) == -1)
		return;
	for (size_t i = 0; i < n; i++)
		if (config_base(&c->config, rows[i].name) == NULL)
			puts(rows[i].name);
}

static void
print_topics(const struct completion *at)
{
	const struct verb *about = at->first != NULL ? verb_find(verbs, nverbs, at->first) : NULL;
	if (at->first == NULL)
		print_verbs(verbs, nverbs);
	else if (about != NULL)
		print_verbs(about->subs, about->nsubs);
}

static void
print_operands(struct cli *c, const struct completion *at)
{
	switch (at->verb->kind) {
	case OPERAND_NONE:
		return;
	case OPERAND_JAIL:
		open_what_there_is(c, at);
		print_jails(c, "");
		return;
	case OPERAND_COPY:
		open_what_there_is(c, at);
		print_jails(c, ":/");
		puts(":files");
		return;
	case OPERAND_BASE:
		open_what_there_is(c, at);
		print_bases(c);
		return;
	case OPERAND_FILE:
		puts(":files");
		return;
	case OPERAND_DIRECTORY:
		puts(":directories");
		return;
	case OPERAND_VERB:
		print_topics(at);
		return;
	case OPERAND_SHELL:
		if (at->first == NULL)
			puts("bash\nzsh\nfish");
		return;
	}
}

static int
words_main(struct cli *c)
{
	struct strv words = {.v = c->args.v + 1, .n = c->args.n - 1};
	struct completion at = completion_at(&words);
	switch (at.what) {
	case COMPLETE_NOTHING:
		break;
	case COMPLETE_VERBS:
		print_verbs(verbs, nverbs);
		break;
	case COMPLETE_SUBVERBS:
		print_verbs(at.verb->subs, at.verb->nsubs);
		break;
	case COMPLETE_OPTIONS:
		print_options(at.verb);
		break;
	case COMPLETE_OPERAND:
		print_operands(c, &at);
		break;
	case COMPLETE_FILES:
		puts(":files");
		break;
	case COMPLETE_DIRECTORIES:
		puts(":directories");
		break;
	}
	return 0;
}

static const struct shell {
	const char *name;
	void (*print)(struct str *out);
} shells[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};

static int
completion_main(struct cli *c, struct err *e)
{
	if (strcmp(c->args.v[0], "words") == 0)
		return words_main(c);
	if (c->args.n > 1)
		return err_set(e, ERR_USAGE, "completion", c->args.v[1], "too many operands");
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(shells[i].name, c->args.v[0]) != 0)
			continue;
		str_auto out = {0};
		shells[i].print(&out);
		fputs(str_text(&out), stdout);
		return 0;
	}
	err_set(e, ERR_USAGE, "completion", c->args.v[0], "there is no completion for this shell");
	return err_hint(e, "bash, zsh or fish");
}

const struct verb verb_completion = {
	.name = "completion",
	.operands = "bash|zsh|fish|words [-- WORD...]",
	.summary = "print a completion script for a shell, or what completes words",
	.text = "\"words\" prints what may stand in place of the last WORD, one a line; the scripts ask for that.",
	.min = 1,
	.max = UINT_MAX,
	.kind = OPERAND_SHELL,
	.run = completion_main,
};
