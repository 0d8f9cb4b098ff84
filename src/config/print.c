/*
 * The declaration written out: in its own syntax, and as JSON.
 *
 * Every value goes between double quotes, so what is printed means the same wherever it is put.
 */
#include <string.h>

#include "config/config.h"
#include "config/keys.h"

static void
print_quoted(struct str *out, const char *s)
{
	str_add_quoted(out, s, "\"\\$");
}

static void
print_key(struct str *out, const char *indent, const struct key_row *row, const struct shown *shown)
{
	const bool bare = row->type->shape == SHAPE_BOOL || row->type->shape == SHAPE_NUMBER;

	str_addf(out, "%s%s = ", indent, row->name);
	for (size_t i = 0; i < shown->list.n; i++) {
		str_add(out, i ? ", " : "");
		if (bare)
			str_add(out, shown->list.v[i]);
		else
			print_quoted(out, shown->list.v[i]);
	}
	str_add(out, ";\n");
}

static void
print_object(struct str *out, const char *indent, enum key_where where, const void *object)
{
	struct arena a = {0};

	for (size_t i = 0; i < nkey_table; i++) {
		const struct key_row *row = &key_table[i];
		struct shown shown = {0};

		if (row->where != where)
			continue;
		row->type->show(row, object, &a, &shown);
		if (shown.list.n)
			print_key(out, indent, row, &shown);
	}
	arena_done(&a);
}

void
config_print(const struct config *c, struct str *out)
{
	print_object(out, "", WHERE_GLOBAL, c);
	for (size_t i = 0; i < c->nbases; i++) {
		str_addf(out, "\nbase %s {\n", c->bases[i].name);
		print_object(out, "\t", WHERE_BASE, &c->bases[i]);
		str_add(out, "}\n");
	}
	for (size_t i = 0; i < c->njails; i++) {
		str_addf(out, "\n%s {\n", c->jails[i].name);
		print_object(out, "\t", WHERE_JAIL, &c->jails[i]);
		str_add(out, "}\n");
	}
}

static void
json_key(struct json *out, const struct key_row *row, const struct shown *shown)
{
	const enum shape shape = row->type->shape;

	if (shape == SHAPE_LIST)
		json_strings(out, row->name, &shown->json);
	else if (shown->list.n == 0)
		json_null(out, row->name);
	else if (shape == SHAPE_NUMBER)
		json_uint(out, row->name, shown->number);
	else if (shape == SHAPE_BOOL)
		json_bool(out, row->name, shown->number);
	else
		json_string(out, row->name, shown->list.v[0]);
}

static void
json_keys(struct json *out, enum key_where where, const void *object)
{
	struct arena a = {0};

	for (size_t i = 0; i < nkey_table; i++) {
		const struct key_row *row = &key_table[i];
		struct shown shown = {0};

		if (row->where != where || row->type == &type_refused)
			continue;
		row->type->show(row, object, &a, &shown);
		json_key(out, row, &shown);
	}
	arena_done(&a);
}

static void
json_named(struct json *out, const char *name, enum key_where where, const void *object)
{
	json_object(out, NULL);
	json_string(out, "name", name);
	json_keys(out, where, object);
	json_object_end(out);
}

void
config_json(const struct config *c, struct json *out)
{
	json_object(out, NULL);
	json_uint(out, "version", 1);
	json_keys(out, WHERE_GLOBAL, c);
	json_array(out, "bases");
	for (size_t i = 0; i < c->nbases; i++)
		json_named(out, c->bases[i].name, WHERE_BASE, &c->bases[i]);
	json_array_end(out);
	json_array(out, "jails");
	for (size_t i = 0; i < c->njails; i++)
		json_named(out, c->jails[i].name, WHERE_JAIL, &c->jails[i]);
	json_array_end(out);
	json_object_end(out);
}
