/*
 * Tokens of jail.conf(5)'s syntax, with their places.
 *
 * A word is what the manual page calls a string: tokens and quoted strings that stand together without a blank.  It is
 * kept as pieces, since variables are known only once all files have been read.
 */
#ifndef WARDER_CONFIG_LEX_H
#define WARDER_CONFIG_LEX_H

#include "base/arena.h"
#include "base/str.h"

/* Adds the place; -1, as err_at says, where a reader of one file sees it. */
static inline int
fail_place(struct err *e, const struct srcloc *at)
{
	err_at(e, at);
	return -1;
}
/* Records an error of the configuration with its place; -1. */
#define fail_at(e, at, ...) (err_set((e), ERR_CONFIG, __VA_ARGS__), fail_place((e), (at)))

struct piece {
	const char *text; /* NUL-terminated, without NUL inside; of a variable its name */
	size_t len;
	bool is_var;
	bool braced;
	size_t var_symbol, key_symbol; /* of a variable; by config/resolve.c */
};

struct word {
	struct piece *v; /* two literal pieces never stand side by side; none: the empty string */
	size_t n;
	struct srcloc at;
	bool quoted; /* any part of it */
};

enum token { TOKEN_END, TOKEN_WORD, TOKEN_SEMICOLON, TOKEN_COMMA, TOKEN_EQUALS, TOKEN_APPEND, TOKEN_OPEN, TOKEN_CLOSE };

struct lexer {
	struct arena *a;
	const char *file;
	const char *p, *end;
	struct str text; /* the literal piece being read */
	/* the last token */
	enum token token;
	struct srcloc at;
	struct word word; /* of TOKEN_WORD */
	/* line and col belong to mark, which follows p */
	const char *mark;
	unsigned line, col;
};

/* file and text must outlive everything that is read; lex_done frees what the lexer itself holds. */
void lex_init(struct lexer *l, struct arena *a, const char *file, const char *text, size_t len);
void lex_done(struct lexer *l);
/* Reads the next token into l. */
int lex_next(struct lexer *l, struct err *e) must_check;
/* "';'", "end of file", for messages. */
const char *token_name(enum token t);

#endif
