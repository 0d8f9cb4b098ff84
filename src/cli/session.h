/*
 * A management session: a view on drafts, and what becomes of them afterwards (docs/management.md).  manage, base edit
 * and install are three ways to begin one.
 */
#ifndef WARDER_CLI_SESSION_H
#define WARDER_CLI_SESSION_H

#include "cli/cli.h"
#include "plan/plan.h"
#include "run/backend.h"
#include "store/draft.h"

struct session {
	const char *action;      /* for the journal: "manage", "base edit", "install" */
	enum view_kind kind;     /* which drafts */
	const struct jail *jail; /* whose skeleton; of VIEW_BASE one that only has a name */
	const char *base;        /* whose draft, unless VIEW_SKEL; a jail's own with VIEW_SKEL */
	bool host_network;
	struct strv command;     /* empty: root's login shell */
	struct strv environment; /* further NAME=value */
};

/*
 * Locks, makes the drafts or takes up those that are there (--resume), runs the command in the view, shows what it
 * changed, and commits, keeps or discards it: by -y, --keep, --discard, or by asking.  The exit status; -1 where
 * something failed, the command among them: then its draft is kept, and the error says so.
 */
int session_run(struct cli *c, const struct session *s, struct err *e) must_check;

/* One draft of a session, and what it came to. */
struct session_part {
	struct draft draft;
	struct seal before, after;
	struct delta delta;
	unsigned to; /* the generation that it became; 0: none */
};
enum session_outcome { SESSION_UNCHANGED, SESSION_COMMITTED, SESSION_KEPT, SESSION_DISCARDED };
struct session_result {
	enum session_outcome outcome;
	enum renewal renewal; /* where a skeleton was committed: whether the running jail has it */
};
/* session_end.c: what is after the command's success.  parts: the base's before the skeleton's, which may rely on it.
 */
int session_end(struct cli *c, const struct session *s, struct session_part *parts, size_t n,
	struct session_result *ret, struct err *e) must_check;
/* session_json.c: prints what a session came to, for --json. */
void session_print_json(
	const struct session *s, const struct session_part *parts, size_t n, const struct session_result *r);
/* session_parts.c.  "warder manage", "warder base edit": the verb that takes up or throws away the session's drafts. */
const char *session_verb(const struct session *s);
const char *session_name(const struct session *s);
/* A rollback since the draft was begun would be undone without a word: ERR_FAILED unless its origin is in use. */
int session_check_origin(struct cli *c, const struct session *s, const struct draft *d, struct err *e) must_check;
/* Removes the drafts, and the manager's own state. */
int session_discard(
	struct cli *c, const struct session *s, const struct session_part *parts, size_t n, struct err *e) must_check;

/* live.c: gives a running jail the skeleton that is in use now; says how that went, RENEWAL_LATER where it fails.  The
 * session's lock is held. */
int live_renew(struct cli *c, const struct jail *j, enum renewal *ret, struct err *e) must_check;
/* "live", "at its next start", "not running" */
const char *live_word(enum renewal r);
/* With --live: that word alone on standard output, also with -q; with --json it is in the object. */
void live_state(const struct cli *c, enum renewal r);
#define OPTION_LIVE                                                                                                    \
	{                                                                                                              \
		0, "live", NULL, OPT_FLAG, offsetof(struct options, live), 0,                                          \
			"state in a line of its own, also with -q, whether the jail has it: live, at its next start, " \
			"not running"                                                                                  \
	}

/* The options that every verb with a session has. */
#define SESSION_OPTIONS                                                                                                \
	{0, "resume", NULL, OPT_FLAG, offsetof(struct options, resume), 0, "go on with the draft that was kept"},      \
		{0, "discard", NULL, OPT_FLAG, offsetof(struct options, discard), 0,                                   \
			"throw the draft away: the one that was kept, or afterwards the new one"},                     \
	{                                                                                                              \
		0, "keep", NULL, OPT_FLAG, offsetof(struct options, keep), 0, "keep the draft and change nothing"      \
	}

#endif
