/*
 * Completion for three shells, written from the tables of verbs and options.  Names of jails come from "warder list -q"
 * and those of bases from "warder base list -q", which print names only.
 */
#include <string.h>

#include "cli/cli.h"

static const char *const operand_words[] = {
	[OPERAND_NONE] = "",
	[OPERAND_JAIL] = "$(warder list -q 2>/dev/null)",
	[OPERAND_BASE] = "$(warder base list -q 2>/dev/null)",
	[OPERAND_VERB] = NULL, /* the verbs themselves */
	[OPERAND_SHELL] = "bash zsh fish",
};

static void
add_verb_names(struct str *out, const struct verb *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		str_addf(out, "%s%s", i > 0 ? " " : "", list[i]->name);
}

static void
add_option_words(struct str *out, const struct verb *v)
{
	for (size_t i = 0; v != NULL && i < v->noptions; i++)
		str_addf(out, " --%s", v->options[i].name);
	for (size_t i = 0; i < ncommon_options; i++)
		if (option_fits(&common_options[i], v))
			str_addf(out, " --%s", common_options[i].name);
}

static void
add_operand_words(struct str *out, const struct verb *v)
{
	if (v->nsubs > 0)
		add_verb_names(out, v->subs, v->nsubs);
	else if (v->kind == OPERAND_VERB)
		add_verb_names(out, verbs, nverbs);
	else
		str_add(out, operand_words[v->kind]);
}

static void
bash_case(struct str *out, const struct verb *parent, const struct verb *v)
{
	str_addf(out, "\t'%s%s%s') options='", parent != NULL ? parent->name : "", parent != NULL ? " " : "", v->name);
	add_option_words(out, v);
	str_add(out, "'; words=\"");
	add_operand_words(out, v);
	str_add(out, "\" ;;\n");
	for (size_t i = 0; i < v->nsubs; i++)
		bash_case(out, v, v->subs[i]);
}

/* Options that take a directory or file, for the two shells that want a pattern: "--root|--file". */
static void
add_path_pattern(struct str *out)
{
	bool first = true;
	for (size_t i = 0; i < ncommon_options; i++) {
		const struct option_row *o = &common_options[i];
		if (o->value == NULL || (strcmp(o->value, "DIR") != 0 && strcmp(o->value, "FILE") != 0))
			continue;
		str_addf(out, "%s--%s", first ? "" : "|", o->name);
		if (o->letter != 0)
			str_addf(out, "|-%c", o->letter);
		first = false;
	}
}

/* The test of [[ ]] in bash and zsh for a verb that has subverbs. */
static void
add_parent_test(struct str *out)
{
	bool first = true;
	for (size_t i = 0; i < nverbs; i++) {
		if (verbs[i]->nsubs == 0)
			continue;
		str_addf(out, "%s$verb == %s", first ? "" : " || ", verbs[i]->name);
		first = false;
	}
}

void
completion_bash(struct str *out)
{
	str_add(out, "# bash completion for warder; made by \"warder completion bash\"\n_warder()\n{\n"
		     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb= sub= word options "
		     "words\n\tlocal i\n\tCOMPREPLY=()\n\tcase $prev in\n\t");
	add_path_pattern(out);
	str_add(out, ") COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n\tesac\n"
		     "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n\t\tword=${COMP_WORDS[i]}\n\t\tcase $word in\n\t\t");
	add_path_pattern(out);
	str_add(out, ") ((i++)) ;;\n\t\t-*) ;;\n"
		     "\t\t*) if [[ -z $verb ]]; then verb=$word\n"
		     "\t\t   elif [[ ");
	add_parent_test(out);
	str_add(out, " ]] && [[ -z $sub ]]; then sub=$word; fi ;;\n"
		     "\t\tesac\n\tdone\n\tcase \"$verb${sub:+ $sub}\" in\n\t'') options='");
	add_option_words(out, NULL);
	str_add(out, "'; words=\"");
	add_verb_names(out, verbs, nverbs);
	str_add(out, "\" ;;\n");
	for (size_t i = 0; i < nverbs; i++)
		bash_case(out, NULL, verbs[i]);
	str_add(out, "\tesac\n\tif [[ $cur == -* ]]; then words=$options; fi\n"
		     "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\ncomplete -F _warder warder\n");
}

/* Text inside single quotes of zsh or fish. */
static void
add_quoted(struct str *out, const char *s, const char *escape_too)
{
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			str_add(out, "'\\'");
		else if (strchr(escape_too, *s) != NULL)
			str_addc(out, '\\');
		str_addc(out, *s);
	}
}

static void
zsh_option(struct str *out, const struct option_row *o)
{
	str_addf(out, " '--%s%s[", o->name, o->value != NULL ? "=" : "");
	add_quoted(out, o->text, "[]:");
	str_addc(out, ']');
	if (o->value != NULL)
		str_addf(out, ":%s:%s", o->value,
			strcmp(o->value, "DIR") == 0 || strcmp(o->value, "FILE") == 0 ? "_files" : " ");
	str_addc(out, '\'');
}

static void
zsh_options(struct str *out, const struct verb *v)
{
	for (size_t i = 0; v != NULL && i < v->noptions; i++)
		zsh_option(out, &v->options[i]);
	for (size_t i = 0; i < ncommon_options; i++)
		if (option_fits(&common_options[i], v))
			zsh_option(out, &common_options[i]);
}

static void
zsh_case(struct str *out, const struct verb *parent, const struct verb *v)
{
	str_addf(
		out, "\t('%s%s%s') _arguments", parent != NULL ? parent->name : "", parent != NULL ? " " : "", v->name);
	zsh_options(out, v);
	str_add(out, " \"*:operand:(");
	add_operand_words(out, v);
	str_add(out, ")\" ;;\n");
	for (size_t i = 0; i < v->nsubs; i++)
		zsh_case(out, v, v->subs[i]);
}

void
completion_zsh(struct str *out)
{
	str_add(out, "#compdef warder\n# zsh completion for warder; made by \"warder completion zsh\"\n_warder()\n{\n"
		     "\tlocal verb= sub= word\n"
		     "\tfor word in ${words[2,CURRENT-1]}; do\n\t\tcase $word in\n\t\t(-*) ;;\n"
		     "\t\t(*) if [[ -z $verb ]]; then verb=$word\n"
		     "\t\t   elif [[ ");
	add_parent_test(out);
	str_add(out, " ]] && [[ -z $sub ]]; then sub=$word; fi ;;\n"
		     "\t\tesac\n\tdone\n\tcase \"$verb${sub:+ $sub}\" in\n\t('') _arguments");
	zsh_options(out, NULL);
	str_add(out, " '1:verb:((");
	for (size_t i = 0; i < nverbs; i++) {
		str_addf(out, " %s\\:\"", verbs[i]->name);
		add_quoted(out, verbs[i]->summary, ":\"");
		str_addc(out, '"');
	}
	str_add(out, "))' ;;\n");
	for (size_t i = 0; i < nverbs; i++)
		zsh_case(out, NULL, verbs[i]);
	str_add(out, "\tesac\n}\n_warder \"$@\"\n");
}

static void
fish_option(struct str *out, const char *condition, const struct option_row *o)
{
	str_addf(out, "complete -c warder -n '%s' -l %s", condition, o->name);
	if (o->letter != 0)
		str_addf(out, " -s %c", o->letter);
	if (o->value != NULL)
		str_add(out, " -r");
	str_add(out, " -d '");
	add_quoted(out, o->text, "");
	str_add(out, "'\n");
}

static void
fish_verb(struct str *out, const struct verb *v)
{
	str_auto condition = {0};
	str_addf(&condition, "__fish_seen_subcommand_from %s", v->name);
	str_addf(out, "complete -c warder -n __fish_use_subcommand -a %s -d '", v->name);
	add_quoted(out, v->summary, "");
	str_addf(out, "'\ncomplete -c warder -n '%s' -a '", str_text(&condition));
	str_auto words = {0};
	add_operand_words(&words, v);
	add_quoted(out, str_text(&words) + (words.len > 0 && words.s[0] == '$'), "");
	str_add(out, "'\n");
	for (size_t i = 0; i < v->noptions; i++)
		fish_option(out, str_text(&condition), &v->options[i]);
	for (size_t i = 0; i < v->nsubs; i++)
		for (size_t k = 0; k < v->subs[i]->noptions; k++)
			fish_option(out, str_text(&condition), &v->subs[i]->options[k]);
}

void
completion_fish(struct str *out)
{
	str_add(out, "# fish completion for warder; made by \"warder completion fish\"\ncomplete -c warder -f\n");
	for (size_t i = 0; i < nverbs; i++)
		fish_verb(out, verbs[i]);
	for (size_t i = 0; i < ncommon_options; i++)
		fish_option(out, "true", &common_options[i]);
}
