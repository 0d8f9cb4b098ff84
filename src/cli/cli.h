/*
 * What a verb works with: the parsed command line and what dispatch opened for it.
 */
#ifndef WARDER_CLI_CLI_H
#define WARDER_CLI_CLI_H

#include <sys/types.h>

#include "base/json.h"
#include "base/path.h"
#include "base/progress.h"
#include "base/str.h"
#include "cli/verb.h"
#include "config/config.h"
#include "store/store.h"

enum { EXIT_WARDER = 125, EXIT_NOT_FOUND = 127 };

struct cli {
	const struct verb *verb;
	const struct verb *parent; /* of a subverb, else NULL */
	const char *op;            /* "base create": the operation in the verb's own errors */
	const char *who;           /* the one jail that the verb works on, once it is known; NULL: none, or several */
	struct options o;
	struct strv args;
	struct arena a;
	struct config config; /* empty, with the root, where there is none */
	struct store store;   /* descriptors -1 unless VERB_STORE */
	const char *root;     /* --root, else the configuration's */
	bool color;           /* of standard output */
	mode_t umask;         /* the caller's; ours is 077 */
	struct json *json;    /* what --json prints, of a verb that writes it while it works; else NULL */
};

/* Does all of it, for a caller with that umask: parse, check, open, run, print the error.  The exit status. */
int cli_main(int argc, char *const *argv, mode_t umask);

/* One line on standard output unless -q or --json; control characters are escaped. */
void cli_say(const struct cli *c, const char *fmt, ...) printf_like(2, 3);
/* One line on standard error with -v only. */
void cli_step(const struct cli *c, const char *fmt, ...) printf_like(2, 3);
/* Prints an error as err_print does, with the line of the configuration; who: the jail or base, or NULL. */
void cli_error(const struct err *e, const char *who);
void cli_warn(const char *who, const char *fmt, ...) printf_like(2, 3);
/* Prints the finished JSON and frees it. */
void cli_print_json(struct json *j);
/* True once that was called: an error is not put after it. */
bool cli_has_printed_json(void);
/* A progress bar on standard error: silent with -q, --json, or no terminal. */
void cli_progress(const struct cli *c, struct progress *p);
/* Asks on the terminal unless -y; ERR_USAGE with the hint -y if there is none, ERR_FAILED if the answer is no. */
int cli_confirm(const struct cli *c, const char *question, struct err *e) must_check;

struct journal_entry;
/* Writes to the journal what the verb has done.  Where that cannot be done, the error says so. */
int cli_journal(const struct cli *c, const struct journal_entry *entry, struct err *e) must_check;

/* Help of a verb (parent: of a subverb, else NULL), or of the program with verb NULL. */
void help_print(const struct verb *v, const struct verb *parent, struct str *out);
void help_json(struct json *j);

/* Runs the configuration's commands (exec.prestart, ...) on the host, in order, by /bin/sh -c with WARDER_JAIL set. */
int hooks_run(const struct cli *c, const struct jail *j, const char *key, const struct strv *commands,
	struct err *e) must_check;

#endif
