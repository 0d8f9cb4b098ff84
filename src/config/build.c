/*
 * Objects filled by the table: for each jail, base and the whole, the parameters that hold for it, in order, are
 * expanded and handed to their keys' types.
 */
#include "config/build.h"

#include <string.h>

#include "config/scope.h"
#include "model/caps.h"

struct builder {
	const struct tree *t;
	struct scope scope;
	const struct block **defaults; /* BLOCK_TOP and BLOCK_WILDCARD, in order */
	size_t ndefaults;
};

static void
find_defaults(struct builder *b)
{
	for (size_t i = 0; i < b->t->nblocks; i++) {
		const struct block *block = &b->t->blocks[i];

		if (block->kind != BLOCK_TOP && block->kind != BLOCK_WILDCARD)
			continue;
		b->defaults = arena_grow(b->t->a, b->defaults, b->ndefaults, sizeof(*b->defaults));
		b->defaults[b->ndefaults++] = block;
	}
}

/* Whether a default means something for such an object.  Jails take all; the others what is outside of blocks, and of
 * that no key of a jail. */
static bool
is_for(enum key_where where, const struct block *block, const struct param *p)
{
	if (where == WHERE_JAIL)
		return true;
	return block->kind == BLOCK_TOP && (p->is_var || (p->row && p->row->where == WHERE_GLOBAL));
}

static int
set_block(struct builder *b, enum key_where where, const struct block *block, bool is_own, struct err *e)
{
	for (size_t i = 0; i < block->nparams; i++)
		if ((is_own || is_for(where, block, &block->params[i])) &&
			scope_set(&b->scope, &block->params[i], e) < 0)
			return -1;
	return 0;
}

/* Later ones supersede earlier ones, also a default after the block. */
static int
set_all(struct builder *b, enum key_where where, const struct block *own, struct err *e)
{
	size_t i = 0;

	for (; i < b->ndefaults && (!own || b->defaults[i] < own); i++)
		if (set_block(b, where, b->defaults[i], false, e) < 0)
			return -1;
	if (own && set_block(b, where, own, true, e) < 0)
		return -1;
	for (; i < b->ndefaults; i++)
		if (set_block(b, where, b->defaults[i], false, e) < 0)
			return -1;
	return 0;
}

/* A key of the whole is the default of an object's own key of that name. */
static const struct key_row *
row_of(struct slot *slot, enum key_where where)
{
	const struct key_row *row = slot_first(slot)->row;

	if (row && row->where == WHERE_GLOBAL && where != WHERE_GLOBAL)
		return key_find(row->name, where);
	return row && row->where == where ? row : NULL;
}

static int
fill_key(
	struct builder *b, const struct key_row *row, struct slot *slot, void *object, struct srcloc *at, struct err *e)
{
	struct key_use u = {.row = row, .object = object, .field = (char *)object + row->offset, .a = b->t->a};

	u.v = scope_value(&b->scope, slot, e);
	if (!u.v)
		return -1;
	at[row->key] = u.v->v[0].at;
	return row->type->parse(&u, e);
}

/* own NULL: the configuration itself. */
static int
fill_object(struct builder *b, enum key_where where, const struct block *own, void *object, struct srcloc *at,
	struct err *e)
{
	scope_begin(&b->scope, own ? own->name : NULL);
	if (set_all(b, where, own, e) < 0)
		return -1;
	for (size_t i = 0; i < b->scope.nset; i++) {
		struct slot *slot = &b->scope.slots[b->scope.set[i]];
		const struct key_row *row = row_of(slot, where);

		if (row && fill_key(b, row, slot, object, at, e) < 0)
			return -1;
	}
	return 0;
}

static const struct jail jail_defaults = {
	.bridge = "warder0",
	.restart_delay = 1,
	.stop_signal = 15,
	.stop_timeout = 10,
};

static int
build_jail(struct builder *b, const struct block *block, struct jail *ret, struct err *e)
{
	*ret = jail_defaults;
	ret->name = ret->hostname = block->name;
	ret->loc = block->at;
	ret->caps = cap_default_mask();
	ret->keep = keep_default;
	return fill_object(b, WHERE_JAIL, block, ret, ret->at, e);
}

static int
build_base(struct builder *b, const struct block *block, struct base_decl *ret, struct err *e)
{
	*ret = (struct base_decl){.name = block->name, .loc = block->at, .keep = keep_default};
	return fill_object(b, WHERE_BASE, block, ret, ret->at, e);
}

static int
build_block(struct builder *b, const struct block *block, struct config *c, struct err *e)
{
	if (block->kind == BLOCK_JAIL)
		return build_jail(b, block, &c->jails[c->njails++], e);
	if (block->kind != BLOCK_BASE)
		return 0;
	c->bases = arena_grow(b->t->a, c->bases, c->nbases, sizeof(*c->bases));
	return build_base(b, block, &c->bases[c->nbases++], e);
}

int
config_build(const struct tree *t, const struct symbols *symbols, struct config *ret, struct err *e)
{
	struct builder b = {.t = t};
	struct config c = {
		.root = "/jails", .keep = keep_default, .jails = arena_array(t->a, t->njails + 1, sizeof(*c.jails))};

	scope_init(&b.scope, t->a, symbols);
	find_defaults(&b);
	if (fill_object(&b, WHERE_GLOBAL, NULL, &c, c.at, e) < 0)
		return -1;
	for (size_t i = 0; i < t->nblocks; i++)
		if (build_block(&b, &t->blocks[i], &c, e) < 0)
			return -1;
	*ret = c;
	return 0;
}
