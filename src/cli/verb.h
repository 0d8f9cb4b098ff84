/*
 * The command line as data: options and verbs are rows; parsing, help, completion and the manual's check read them.
 *
 * Adding a verb is a file of its own with a `const struct verb verb_NAME` at its end, and one row in verbs.c.
 */
#ifndef WARDER_CLI_VERB_H
#define WARDER_CLI_VERB_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

/* What all options of all verbs set; a verb reads those that its rows name. */
struct options {
	const char *root, *file;
	bool dry_run, quiet, verbose, yes, json, no_color, help, version;
	uint64_t jobs; /* 1 */
	bool all, tty, follow, kill, check, base;
	bool net, resume, keep, discard, live; /* of a management session */
	uint64_t lines;                        /* logs, journal: 0 is all */
	bool full, quick;                      /* verify */
	const char *manifest;                  /* verify: "-" is standard input */
	bool record, persistence;              /* surface */
	uint64_t threads;                      /* verify: 0 is one for each processor */
	const char *user, *cwd, *from, *owner;
	bool manage, plain, native, split; /* emit */
	bool health;                       /* status */
	bool pod, seccomp;                 /* emit kube */
	const char *image, *storage;       /* emit kube */
	const char *os, *output;           /* emit, adopt */
	const char *html;                  /* report */
	struct strv env;
	struct strv bases; /* gc, verify */
	struct strv kept;  /* reset */
};

enum option_type { OPT_FLAG, OPT_TEXT, OPT_NUMBER, OPT_LIST };
struct option_row {
	char letter;       /* 0: none */
	const char *name;  /* of the long form */
	const char *value; /* what follows it: "DIR"; NULL for a flag */
	enum option_type type;
	size_t offset;  /* in struct options */
	unsigned needs; /* verb flags of which the verb must have one; 0: any verb takes it */
	const char *text;
};
/* The row that every verb with targets has. */
#define OPTION_ALL                                                                                                     \
	{                                                                                                              \
		'a', "all", NULL, OPT_FLAG, offsetof(struct options, all), 0, "all jails"                              \
	}

enum verb_flag {
	VERB_ROOT = 1 << 0,       /* must be root */
	VERB_CONFIG = 1 << 1,     /* needs the configuration */
	VERB_WANTS = 1 << 2,      /* reads the configuration where there is one */
	VERB_STORE = 1 << 3,      /* opens the store */
	VERB_TARGETS = 1 << 4,    /* takes names, patterns, --all */
	VERB_JSON = 1 << 5,       /* has --json */
	VERB_CHANGES = 1 << 6,    /* changes something: has --dry-run */
	VERB_COMMAND = 1 << 7,    /* exec, console: warder's own failures are 125 */
	VERB_WORDS = 1 << 8,      /* what follows the second operand is another program's */
	VERB_UNFINISHED = 1 << 9, /* knows the jails, too, of which a killed create or destroy left something */
	VERB_ASKS = 1 << 10,      /* asks (cli_confirm): has --yes */
};
/* What an operand is, for completion. */
enum operand {
	OPERAND_NONE,
	OPERAND_JAIL,
	OPERAND_BASE,
	OPERAND_VERB,
	OPERAND_SHELL,
	OPERAND_COPY,
	OPERAND_FILE,
	OPERAND_DIRECTORY
};

struct cli;
struct verb {
	const char *name;
	const char *operands; /* of the synopsis: "[JAIL...]"; options are added from the rows */
	const char *summary;  /* one line */
	const char *text;     /* further lines of help, or NULL */
	const struct option_row *options;
	size_t noptions;
	const struct verb *const *subs;
	size_t nsubs;
	unsigned flags;
	unsigned min, max; /* operands; max UINT_MAX: any number */
	enum operand kind;
	/* The exit status, or -1 with the error. */
	int (*run)(struct cli *c, struct err *e);
};
/* The rows, each at the end of its own file. */
extern const struct verb verb_init, verb_base, verb_create, verb_destroy, verb_start, verb_stop, verb_restart,
	verb_list, verb_status, verb_diff, verb_exec, verb_console, verb_cp, verb_reset, verb_logs, verb_journal,
	verb_gc, verb_plan, verb_emit, verb_adopt, verb_config, verb_manage, verb_install, verb_rollback, verb_verify,
	verb_key, verb_surface, verb_report, verb_doctor, verb_completion, verb_version, verb_help;
extern const struct verb *const verbs[];
extern const size_t nverbs;
extern const struct option_row common_options[];
extern const size_t ncommon_options;

/* The verb of that name in list, or NULL. */
const struct verb *verb_find(const struct verb *const *list, size_t n, const char *name);
/* The names of a list, for hints; in the arena. */
struct strv verb_names(const struct verb *const *list, size_t n, struct arena *a);
/* The verb's name with its parent's, as it is typed: "base create". */
const char *verb_path(const struct verb *parent, const struct verb *v, struct arena *a);
/* The option of the verb, else of all verbs, by its letter or by the len bytes of its name; NULL: none.  v may be NULL.
 */
const struct option_row *option_by_letter(const struct verb *v, char letter);
const struct option_row *option_by_name(const struct verb *v, const char *name, size_t len);
/* True if the verb takes the row of common_options, and has none of that name itself. */
bool option_fits(const struct option_row *o, const struct verb *v);

/* What a command line came to. */
struct command {
	const struct verb *verb;   /* a leaf, or the parent when only its help was asked for; NULL: none named */
	const struct verb *parent; /* of a subverb */
	struct options o;
	struct strv args; /* operands after the verb */
};
/*
 * Reads argv[1..]: options of all verbs, the verb, its subverb, its options and operands, in any order, until "--"; a
 * VERB_COMMAND's own options end at its second operand.  Long options take "--name=value" or "--name value".  ERR_USAGE
 * with the nearest name as hint.  ret->verb is set as soon as it is known, so that the caller can tell a failing exec
 * from another.  Pure.
 */
int command_parse(int argc, char *const *argv, struct arena *a, struct command *ret, struct err *e) must_check;

#endif
