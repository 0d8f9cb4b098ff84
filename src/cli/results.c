/*
 * Owns errors and outcomes as JSON.
 */
#include "cli/results.h"

#include <string.h>

#include "cli/row.h"

static void
json_text(struct json *j, const char *key, const char *s)
{
	json_string(j, key, *s != '\0' ? s : NULL);
}

void
error_json(struct json *j, const struct err *e)
{
	str_auto reason = {0};
	if (e->kind == ERR_NONE) {
		json_null(j, "error");
		return;
	}
	err_reason(e, &reason);
	json_object(j, "error");
	json_text(j, "operation", e->op);
	json_text(j, "subject", e->subject);
	json_string(j, "reason", str_text(&reason));
	json_text(j, "file", e->file);
	if (e->file[0] != '\0') {
		json_uint(j, "line", e->line);
		json_uint(j, "column", e->col);
	} else {
		json_null(j, "line");
		json_null(j, "column");
	}
	json_text(j, "hint", err_hint_text(e));
	json_object_end(j);
}

void
results_begin(struct cli *c, const char *array)
{
	c->json = arena_alloc(&c->a, sizeof(*c->json));
	json_object(c->json, NULL);
	json_uint(c->json, "version", 1);
	json_array(c->json, array);
}

void
results_end(struct cli *c)
{
	json_array_end(c->json);
	json_object_end(c->json);
	cli_print_json(c->json);
	c->json = NULL;
}

void
result_json_end(struct json *j, int r, const struct err *e)
{
	json_int(j, "status", r == -1 ? err_exit_status(e) : r);
	if (r == -1)
		error_json(j, e);
	else
		json_null(j, "error");
	json_object_end(j);
}

/* A jail whose state cannot be read has its name and what was tried. */
static const struct row *
row_of(const struct row *rows, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

void
results_json(struct cli *c, const struct targets *t, const struct result *v)
{
	struct row *rows = arena_array(&c->a, t->n + 1, sizeof(*rows));
	struct json j = {0};
	size_t n;
	(void)rows_read(c, t, rows, &n);
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_array(&j, "jails");
	for (size_t i = 0; i < t->n; i++) {
		const struct row *row = row_of(rows, n, t->v[i].name);
		json_object(&j, NULL);
		if (row != NULL)
			row_json_fields(&j, row, &c->a);
		else
			json_string(&j, "name", t->v[i].name);
		json_int(&j, "status", v[i].status);
		error_json(&j, &v[i].e);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	cli_print_json(&j);
}
