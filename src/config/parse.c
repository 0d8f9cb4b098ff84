/*
 * The parser: tokens -> syntax tree.
 *
 * Knows jail.conf(5)'s statements, our `base NAME { }` and `.include`, and no key.  Blocks do not nest, so there is
 * nothing to recurse into but includes, whose depth config/load.c bounds.
 */
#include <string.h>

#include "config/tree.h"

struct parser {
	struct lexer l;
	struct tree *t;
};

static int
fail_token(struct parser *p, const char *expected, struct err *e)
{
	const char *found = token_name(p->l.token);

	if (p->l.token == TOKEN_WORD && p->l.word.n)
		found = p->l.word.v[0].text;
	return fail_at(e, &p->l.at, "syntax", found, "expected %s", expected);
}

/* The text of a word without variables, or NULL. */
static const char *
literal_text(const struct word *w)
{
	if (w->n == 0)
		return "";
	return w->n == 1 && !w->v[0].is_var ? w->v[0].text : NULL;
}

static bool
is_keyword(const struct word *w, const char *keyword)
{
	const char *text = literal_text(w);

	return !w->quoted && text && !strcmp(text, keyword);
}

static struct block *
add_block(struct tree *t, enum block_kind kind, const char *name, struct srcloc at)
{
	t->blocks = arena_grow(t->a, t->blocks, t->nblocks, sizeof(*t->blocks));
	t->blocks[t->nblocks] = (struct block){.kind = kind, .name = name, .at = at};
	return &t->blocks[t->nblocks++];
}

/* The block that a parameter outside of all blocks goes to: statements that follow each other share one. */
static struct block *
top_block(struct tree *t, struct srcloc at)
{
	struct block *last = t->nblocks ? &t->blocks[t->nblocks - 1] : NULL;

	return last && last->kind == BLOCK_TOP ? last : add_block(t, BLOCK_TOP, NULL, at);
}

static int
param_name(struct parser *p, const struct word *w, struct param *ret, struct err *e)
{
	*ret = (struct param){.at = w->at};
	ret->is_var = w->n == 1 && w->v[0].is_var;
	ret->name = ret->is_var ? w->v[0].text : literal_text(w);
	if (!ret->name)
		return fail_at(e, &w->at, "syntax", w->v[0].text, "a key's name cannot have variables in it");
	if (!*ret->name)
		return fail_at(e, &w->at, "syntax", "\"\"", "a key's name cannot be empty");
	return 0;
}

static int
read_values(struct parser *p, struct param *param, struct err *e)
{
	do {
		if (lex_next(&p->l, e) < 0)
			return -1;
		if (p->l.token != TOKEN_WORD)
			return fail_token(p, "a value", e);
		if (param->nvalues == LIST_MAX)
			return fail_at(e, &p->l.at, param->name, NULL, "more than %d values", LIST_MAX);
		param->values = arena_grow(p->t->a, param->values, param->nvalues, sizeof(*param->values));
		param->values[param->nvalues++] = p->l.word;
		if (lex_next(&p->l, e) < 0)
			return -1;
	} while (p->l.token == TOKEN_COMMA);
	return 0;
}

/* A parameter, its name read already and the token after it current. */
static int
read_param(struct parser *p, const struct word *name, struct param *ret, struct err *e)
{
	if (param_name(p, name, ret, e) < 0)
		return -1;
	if (p->l.token == TOKEN_EQUALS || p->l.token == TOKEN_APPEND) {
		ret->append = p->l.token == TOKEN_APPEND;
		if (read_values(p, ret, e) < 0)
			return -1;
		return p->l.token == TOKEN_SEMICOLON ? 0 : fail_token(p, "',' or ';' after the value", e);
	}
	return p->l.token == TOKEN_SEMICOLON ? 0 : fail_token(p, "'=', '+=' or ';' after the key", e);
}

static void
add_param(struct tree *t, struct block *b, const struct param *param)
{
	b->params = arena_grow(t->a, b->params, b->nparams, sizeof(*b->params));
	b->params[b->nparams++] = *param;
}

/* The parameters of a block, from after its '{' to its '}'. */
static int
read_block(struct parser *p, struct block *b, struct err *e)
{
	for (;;) {
		struct param param;
		struct word name;

		if (lex_next(&p->l, e) < 0)
			return -1;
		if (p->l.token == TOKEN_SEMICOLON)
			continue;
		if (p->l.token == TOKEN_CLOSE)
			return 0;
		if (p->l.token != TOKEN_WORD) {
			fail_token(p, "a key or '}'", e);
			return err_hint(e, "the block %.40s begins on line %u", b->name, b->at.line);
		}
		name = p->l.word;
		if (lex_next(&p->l, e) < 0 || read_param(p, &name, &param, e) < 0)
			return -1;
		add_param(p->t, b, &param);
	}
}

static int
begin_block(struct parser *p, enum block_kind kind, const struct word *w, struct err *e)
{
	const char *name = literal_text(w);

	if (!name)
		return fail_at(e, &w->at, "syntax", w->v[0].text, "a block's name cannot have variables in it");
	if (kind == BLOCK_JAIL && is_keyword(w, "*"))
		kind = BLOCK_WILDCARD;
	if (kind == BLOCK_JAIL && ++p->t->njails > JAILS_MAX)
		return fail_at(e, &w->at, "jail", name, "more than %d jails", JAILS_MAX);
	return read_block(p, add_block(p->t, kind, name, w->at), e);
}

/* base NAME { }, the name current. */
static int
read_base(struct parser *p, struct err *e)
{
	const struct word name = p->l.word;

	if (lex_next(&p->l, e) < 0)
		return -1;
	if (p->l.token != TOKEN_OPEN)
		return fail_token(p, "'{' after \"base NAME\"", e);
	return begin_block(p, BLOCK_BASE, &name, e);
}

/* .include "pattern"; with the pattern current. */
static int
read_include(struct parser *p, struct err *e)
{
	const struct word pattern = p->l.word;
	const char *text = literal_text(&pattern);

	if (!text || !*text)
		return fail_at(e, &pattern.at, ".include", NULL, "needs a file's name, without variables");
	if (lex_next(&p->l, e) < 0)
		return -1;
	if (p->l.token != TOKEN_SEMICOLON)
		return fail_token(p, "';' after the file's name", e);
	if (!p->t->include)
		return fail_at(e, &pattern.at, ".include", text, "nothing can be included here");
	return p->t->include(p->t, text, &pattern.at, e);
}

/* One statement outside of blocks, its first word current. */
static int
read_statement(struct parser *p, struct err *e)
{
	const struct word first = p->l.word;
	struct param param;

	if (lex_next(&p->l, e) < 0)
		return -1;
	if (p->l.token == TOKEN_WORD && is_keyword(&first, "base"))
		return read_base(p, e);
	if (p->l.token == TOKEN_WORD && is_keyword(&first, ".include"))
		return read_include(p, e);
	if (p->l.token == TOKEN_OPEN)
		return begin_block(p, BLOCK_JAIL, &first, e);
	if (read_param(p, &first, &param, e) < 0)
		return -1;
	add_param(p->t, top_block(p->t, first.at), &param);
	return 0;
}

static int
read_file(struct parser *p, struct err *e)
{
	for (;;) {
		if (lex_next(&p->l, e) < 0)
			return -1;
		if (p->l.token == TOKEN_END)
			return 0;
		if (p->l.token == TOKEN_SEMICOLON)
			continue;
		if (p->l.token != TOKEN_WORD)
			return fail_token(p, "a key, a jail or \"base\"", e);
		if (read_statement(p, e) < 0)
			return -1;
	}
}

int
tree_read(struct tree *t, const char *file, const char *text, size_t len, struct err *e)
{
	struct parser p = {.t = t};
	int r;

	lex_init(&p.l, t->a, file, text, len);
	r = read_file(&p, e);
	lex_done(&p.l);
	return r;
}
