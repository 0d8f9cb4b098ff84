/*
 * Help from the tables of verbs and options; the same as JSON, which the manual's check reads.
 */
#include <string.h>

#include "cli/cli.h"

enum { OPTION_COLUMN = 26, VERB_COLUMN = 14 };

static void
pad(struct str *out, size_t from, size_t column)
{
	size_t used = str_columns(str_text(out) + from);
	do
		str_addc(out, ' ');
	while (++used < column);
}

static void
print_option(const struct option_row *o, struct str *out)
{
	size_t from = out->len;
	if (o->letter != 0)
		str_addf(out, "  -%c, --%s", o->letter, o->name);
	else
		str_addf(out, "      --%s", o->name);
	if (o->value != NULL)
		str_addf(out, " %s", o->value);
	pad(out, from, OPTION_COLUMN);
	str_addf(out, "%s\n", o->text);
}

static void
print_verbs(const struct verb *const *list, size_t n, struct str *out)
{
	for (size_t i = 0; i < n; i++) {
		size_t from = out->len;
		str_addf(out, "  %s", list[i]->name);
		pad(out, from, VERB_COLUMN);
		str_addf(out, "%s\n", list[i]->summary);
	}
}

static bool
letter_is_taken(const struct verb *v, char letter)
{
	for (size_t i = 0; v != NULL && letter != 0 && i < v->noptions; i++)
		if (v->options[i].letter == letter)
			return true;
	return false;
}

static void
print_common(const struct verb *v, struct str *out)
{
	str_add(out, v == NULL ? "\noptions of all verbs:\n" : "\ncommon options:\n");
	for (size_t i = 0; i < ncommon_options; i++) {
		struct option_row o = common_options[i];
		if (v != NULL && !option_fits(&o, v))
			continue;
		if (letter_is_taken(v, o.letter))
			o.letter = 0;
		print_option(&o, out);
	}
}

static void
print_program(struct str *out)
{
	str_add(out, "usage: warder VERB [OPTION...] [JAIL...]\n\n"
		     "Jails in which nothing but /var and /tmp can be written, and nothing that can be written can be "
		     "executed.\n\nverbs:\n");
	print_verbs(verbs, nverbs, out);
	print_common(NULL, out);
	str_add(out, "\n\"warder help VERB\" says more; the manual is warder(8), the tutorial warder(7).\n");
}

void
help_print(const struct verb *v, const struct verb *parent, struct str *out)
{
	if (v == NULL) {
		print_program(out);
		return;
	}
	str_addf(out, "usage: warder %s%s%s [OPTION...]%s%s\n\n%s.\n", parent != NULL ? parent->name : "",
		parent != NULL ? " " : "", v->name, *v->operands != '\0' ? " " : "", v->operands, v->summary);
	if (v->text != NULL)
		str_addf(out, "%s\n", v->text);
	if (v->nsubs > 0) {
		str_add(out, "\nsubverbs:\n");
		print_verbs(v->subs, v->nsubs, out);
	}
	if (v->noptions > 0)
		str_add(out, "\noptions:\n");
	for (size_t i = 0; i < v->noptions; i++)
		print_option(&v->options[i], out);
	print_common(v, out);
}

static void
json_option(struct json *j, const struct option_row *o)
{
	char letter[2] = {o->letter, '\0'};
	json_object(j, NULL);
	json_string(j, "letter", o->letter != 0 ? letter : NULL);
	json_string(j, "name", o->name);
	json_string(j, "value", o->value);
	json_string(j, "text", o->text);
	json_object_end(j);
}

static void
json_verb(struct json *j, const struct verb *v)
{
	json_object(j, NULL);
	json_string(j, "name", v->name);
	json_string(j, "operands", v->operands);
	json_string(j, "summary", v->summary);
	json_array(j, "options");
	for (size_t i = 0; i < v->noptions; i++)
		json_option(j, &v->options[i]);
	json_array_end(j);
	json_array(j, "subverbs");
	for (size_t i = 0; i < v->nsubs; i++)
		json_verb(j, v->subs[i]);
	json_array_end(j);
	json_object_end(j);
}

void
help_json(struct json *j)
{
	json_object(j, NULL);
	json_uint(j, "version", 1);
	json_array(j, "verbs");
	for (size_t i = 0; i < nverbs; i++)
		json_verb(j, verbs[i]);
	json_array_end(j);
	json_array(j, "options");
	for (size_t i = 0; i < ncommon_options; i++)
		json_option(j, &common_options[i]);
	json_array_end(j);
	json_object_end(j);
}
