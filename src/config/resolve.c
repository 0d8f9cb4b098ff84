/*
 * Keys found, bare booleans written out, duplicates refused: everything about a parameter that does not depend on the
 * jail that it is for.
 */
#include "config/resolve.h"

#include <string.h>

#include "config/keys.h"

static const char *const where_hints[] = {
	[WHERE_GLOBAL] = "it belongs before the first block",
	[WHERE_BASE] = "it belongs into a block: base NAME { ... }",
	[WHERE_JAIL] = "it belongs into a jail's block, or outside of all blocks for every jail",
};

/* The row for a name that stands in such a block; keys of jails stand outside of blocks, too. */
static const struct key_row *
find_row(const char *name, enum block_kind kind)
{
	const struct key_row *row = NULL;

	if (kind == BLOCK_BASE)
		return key_find(name, WHERE_BASE);
	if (kind == BLOCK_TOP)
		row = key_find(name, WHERE_GLOBAL);
	return row ? row : key_find(name, WHERE_JAIL);
}

static int
fail_unknown(const struct param *p, enum block_kind kind, struct err *e)
{
	const enum key_where where = kind == BLOCK_BASE ? WHERE_BASE : WHERE_JAIL;
	const struct key_row *elsewhere = key_find_elsewhere(p->name, where);
	const char *nearest = key_nearest(p->name, where);

	if (elsewhere) {
		fail_at(e, &p->at, "key", p->name, "does not belong here");
		return err_hint(e, "%s", where_hints[elsewhere->where]);
	}
	fail_at(e, &p->at, "key", p->name, "unknown");
	if (!nearest && kind == BLOCK_TOP)
		nearest = key_nearest(p->name, WHERE_GLOBAL);
	return nearest ? err_hint(e, "did you mean %s?", nearest) : err_hint(e, "warder config keys lists all");
}

static bool
is_false(const struct param *p)
{
	const struct word *w = &p->values[0];

	return p->nvalues == 1 && w->n == 1 && !w->v[0].is_var && !strcmp(w->v[0].text, "false");
}

static int
resolve_foreign(struct param *p, const struct foreign_key *k, struct err *e)
{
	p->ignored = k->false_is_so && is_false(p);
	if (p->ignored)
		return 0;
	fail_at(e, &p->at, "key", p->name, "%s", k->reason);
	return err_hint(e, "%s", k->hint);
}

static void
set_bool(struct tree *t, struct param *p, const char *text)
{
	struct piece *piece = arena_alloc(t->a, sizeof(*piece));
	struct word *word = arena_alloc(t->a, sizeof(*word));

	*piece = (struct piece){.text = text, .len = strlen(text)};
	*word = (struct word){.v = piece, .n = 1, .at = p->at};
	p->values = word;
	p->nvalues = 1;
}

static bool
is_bool(const struct key_row *row)
{
	return row && row->type->shape == SHAPE_BOOL;
}

/* "allow.nomount" -> "allow.mount": the name without the "no" before its last component, or NULL. */
static const char *
without_no(struct tree *t, const char *name)
{
	const char *dot = strrchr(name, '.');
	const char *last = dot ? dot + 1 : name;

	if (!str_has_prefix(last, "no") || !last[2])
		return NULL;
	return arena_printf(t->a, "%.*s%s", (int)(last - name), name, last + 2);
}

static bool
takes_bool(const char *name, enum block_kind kind)
{
	const struct foreign_key *foreign = kind == BLOCK_BASE ? NULL : foreign_find(name);
	const struct key_row *row = find_row(name, kind);

	return row ? is_bool(row) : foreign && foreign->false_is_so;
}

/* A bare name means true, a bare name with "no" false. */
static int
resolve_bare(struct tree *t, struct param *p, enum block_kind kind, struct err *e)
{
	const struct key_row *row = find_row(p->name, kind);
	const char *positive = row ? NULL : without_no(t, p->name);

	if (p->is_var)
		return fail_at(e, &p->at, "variable", p->name, "has no value");
	if (positive && takes_bool(positive, kind)) {
		p->name = positive;
		set_bool(t, p, "false");
		return 0;
	}
	if (row && !is_bool(row) && row->type != &type_refused) {
		fail_at(e, &p->at, "key", p->name, "needs a value");
		return err_hint(e, "write %s = VALUE;", p->name);
	}
	set_bool(t, p, "true");
	return 0;
}

static int
resolve_row(struct param *p, enum block_kind kind, struct err *e)
{
	const struct foreign_key *foreign = kind == BLOCK_BASE ? NULL : foreign_find(p->name);

	p->row = find_row(p->name, kind);
	if ((!p->row || p->row->type == &type_refused) && foreign)
		return resolve_foreign(p, foreign, e);
	if (!p->row || p->row->type == &type_refused)
		return fail_unknown(p, kind, e);
	if (p->append && !p->row->type->many)
		return fail_at(e, &p->at, "key", p->name, "takes one value: '+=' is for lists");
	return 0;
}

/* Only the first of a block's parameters with one name may be `=`; those after it append. */
static int
refuse_twice(struct seen *seen, const struct param *p, size_t block, struct err *e)
{
	if (seen->block == block && !p->append) {
		fail_at(e, &p->at, p->is_var ? "variable" : "key", p->name,
			"stands there twice: first on line %u of %s", seen->at.line, seen->at.file);
		return p->row && p->row->type->many ? err_hint(e, "append to it with +=") : -1;
	}
	if (seen->block != block)
		*seen = (struct seen){block, p->at};
	return 0;
}

static void
number_variables(struct param *p, struct symbols *s)
{
	for (size_t i = 0; i < p->nvalues; i++)
		for (size_t k = 0; k < p->values[i].n; k++) {
			struct piece *piece = &p->values[i].v[k];

			if (!piece->is_var)
				continue;
			piece->var_symbol = symbol_intern(s, '$', piece->text);
			piece->key_symbol = symbol_intern(s, '\0', piece->text);
		}
}

static int
resolve_param(struct tree *t, struct symbols *s, struct param *p, enum block_kind kind, size_t block, struct err *e)
{
	struct symbol *symbol;

	if (p->nvalues == 0 && resolve_bare(t, p, kind, e) < 0)
		return -1;
	if (!p->is_var && resolve_row(p, kind, e) < 0)
		return -1;
	p->symbol = symbol_intern(s, p->is_var ? '$' : '\0', p->name);
	number_variables(p, s);
	symbol = &s->v[p->symbol];
	return refuse_twice(kind == BLOCK_TOP ? &symbol->outside : &symbol->in_block, p, block, e);
}

int
tree_resolve(struct tree *t, struct symbols *s, struct err *e)
{
	for (size_t i = 0; i < t->nblocks; i++) {
		struct block *b = &t->blocks[i];
		for (size_t k = 0; k < b->nparams; k++)
			if (resolve_param(t, s, &b->params[k], b->kind, b->kind == BLOCK_TOP ? 1 : i + 1, e) < 0)
				return -1;
	}
	return 0;
}
