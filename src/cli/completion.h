/*
 * What may stand where the cursor is, and the scripts by which shells ask that.
 */
#ifndef WARDER_CLI_COMPLETION_H
#define WARDER_CLI_COMPLETION_H

#include "base/str.h"
#include "cli/verb.h"

enum complete {
	COMPLETE_NOTHING, /* or what only the user knows */
	COMPLETE_VERBS,
	COMPLETE_SUBVERBS, /* of verb */
	COMPLETE_OPTIONS,  /* of verb; NULL: of all */
	COMPLETE_OPERAND,  /* of the kind that verb takes */
	COMPLETE_FILES,
	COMPLETE_DIRECTORIES,
};
struct completion {
	enum complete what;
	const struct verb *verb; /* NULL: none yet */
	const char *root, *file; /* --root and --file, where names come from; NULL: as usual */
	const char *first;       /* the first operand; NULL: none yet */
	unsigned noperands;      /* before the word in question */
};
/* Reads a command line without the program's name up to its last word, which is the one in question.  Pure. */
struct completion completion_at(const struct strv *words);

/* The scripts. */
void completion_bash(struct str *out);
void completion_zsh(struct str *out);
void completion_fish(struct str *out);

#endif
