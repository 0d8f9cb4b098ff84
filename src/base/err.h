/*
 * Errors as values.
 *
 * One error is one fixed-size record owned by the caller: no allocation, small enough (<= 512 bytes, less than
 * PIPE_BUF) that a cloned child can send it to its parent in one atomic write(2).  The leaf says what failed, the
 * middle may add where, only the command line prints.
 *
 * `struct err *e` is always the last parameter and is untouched on success.  Functions that take one return 0, or a
 * file descriptor, on success and -1 on failure.
 */
#ifndef WARDER_BASE_ERR_H
#define WARDER_BASE_ERR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define must_check __attribute__((warn_unused_result))
#define printf_like(f, a) __attribute__((format(printf, f, a), nonnull(f)))

/* A place in a configuration file; file is NULL where nothing was written down (a default).  Lines, columns from 1. */
struct srcloc {
	const char *file;
	unsigned line, col;
};

/* What kind of failure: decides the exit status (err_exit_status, one table in err.c). */
enum err_kind {
	ERR_NONE,
	ERR_FAILED,      /* 1: it was tried and did not work */
	ERR_USAGE,       /* 64: EX_USAGE */
	ERR_UNAVAILABLE, /* 69: the system lacks something needed; subject names it */
	ERR_CANTCREATE,  /* 73: exists already, no space, read-only */
	ERR_BUSY,        /* 75: locked or busy, try again */
	ERR_NOPERM,      /* 77: not permitted */
	ERR_CONFIG,      /* 78: the configuration is wrong */
	ERR_NKINDS
};

struct err {
	uint8_t kind;   /* enum err_kind */
	int32_t err_no; /* errno, or 0 */
	uint32_t line, col;
	char op[40];       /* what was being done: "move_mount", "create" */
	char subject[160]; /* to what, unescaped; printing escapes it */
	char reason[136];  /* why not, where errno alone does not say it; may be empty */
	char hint[96];     /* the way out; may be empty: printing then looks in the table of hints */
	char file[64];     /* configuration file; a longer name keeps its end */
};
_Static_assert(sizeof(struct err) <= 512, "an error is sent in one atomic pipe write");

/*
 * Records an error and returns -1.  Each text is cut to its field.  op and subject may be NULL.  These never fail and
 * may be called between vfork and exec.
 */
int err_set(struct err *e, enum err_kind kind, const char *op, const char *subject, const char *fmt, ...)
	printf_like(5, 6);
/* As err_set with the kind that belongs to errno (a table: EPERM, EACCES -> NOPERM, ENOSPC, EDQUOT, EROFS, EEXIST ->
 * CANTCREATE, EBUSY, EWOULDBLOCK -> BUSY, ENOSYS -> UNAVAILABLE, else FAILED).  Reads errno, and leaves it as it was.
 */
int err_sys(struct err *e, const char *op, const char *subject);
/* Adds the way out; returns -1.  Replaces an earlier hint. */
int err_hint(struct err *e, const char *fmt, ...) printf_like(2, 3);
/* Adds the place in the configuration; a NULL file leaves the error as it is; returns -1. */
int err_at(struct err *e, const struct srcloc *loc);

/* The exit status of sysexits(3) that the error's kind stands for; 0 for ERR_NONE. */
int err_exit_status(const struct err *e);
/* The hint to print: e->hint, else the row of the table (op, errno) -> hint, else "". */
const char *err_hint_text(const struct err *e);
struct str;
/* The reason in words, with that of errno: never empty.  Unescaped. */
void err_reason(const struct err *e, struct str *out);
/*
 * Prints "PROG: WHO: OPERATION SUBJECT: REASON", then "\tat file:line:column" and "\thint: ..." where known.  who (a
 * jail's or a base's name) may be NULL.  Control characters, invalid UTF-8 and newlines in any field are escaped.
 */
void err_print(FILE *out, const struct err *e, const char *prog, const char *who);
/* The same, with further lines below the place, which are printed as they are; NULL: none. */
void err_print_with(FILE *out, const struct err *e, const char *prog, const char *who, const char *lines);

#if defined(__clang_analyzer__) && !defined(ERR_IMPLEMENTATION)
/* An analyzer reads one file at a time: it cannot know that these return -1, and follows paths that are none. */
#define err_set(...) ((err_set)(__VA_ARGS__), -1)
#define err_sys(...) ((err_sys)(__VA_ARGS__), -1)
#define err_hint(...) ((err_hint)(__VA_ARGS__), -1)
#define err_at(...) ((err_at)(__VA_ARGS__), -1)
#endif

#endif
