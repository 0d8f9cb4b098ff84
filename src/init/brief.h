/*
 * What a process that enters a jail is told: one block of bytes, written by the host, read by warder-init.
 *
 * warder-init is the small static program that runs inside (SECURITY.md R10): as pid 1 (BRIEF_INIT) or as the last
 * steps before a command (BRIEF_EXEC).  It opens no file by path before its last step is done: everything that it
 * needs is in the brief or in an inherited descriptor.  The block is a struct brief followed by the bytes that its
 * offsets point at; all offsets are from its start; strings end in NUL; a list of n strings is n strings one after
 * another.  Both sides are built from the same tree: magic and size are checked, nothing else is negotiated.
 */
#ifndef WARDER_INIT_BRIEF_H
#define WARDER_INIT_BRIEF_H

#include <stdint.h>

enum { BRIEF_MAGIC = 0x77647237, BRIEF_MAX = 1 << 20 };

/* Descriptors that are open when warder-init begins; all others are closed (close_range in the caller). */
enum brief_fd {
	BRIEF_FD_BRIEF = 3,  /* this block, a file, at offset 0 */
	BRIEF_FD_REPORT = 4, /* a socket (SOCK_SEQPACKET): INIT sends struct report, then waits for one byte ('g': go);
				end of file means that the starter died: it exits.  Until then that death is a SIGKILL
				for it (PR_SET_PDEATHSIG, set before).  It closes it when the status page has the
				outcome of the start.  EXEC sends a report only on failure, RUN one that it is
				ready; its command waits for 'g', too. */
	BRIEF_FD_LANDLOCK = 5, /* a ruleset, if BRIEF_HAS_LANDLOCK */
	BRIEF_FD_LOG = 6,      /* INIT: the log, O_APPEND */
	BRIEF_FD_STATUS = 7,   /* INIT: one page of text that others read: see below */
	BRIEF_FD_PROGRAM = 6,  /* EXEC with BRIEF_PROGRAM: what is executed; argv[0] is only its name */
};

/* INIT: pid 1 of a jail.  EXEC: the last steps before a command that was moved into one.  RUN: pid 1 of a management
 * view, which runs one command on the descriptors 0-2 that it was given, and ends with its status and with its starter.
 */
enum brief_mode { BRIEF_INIT = 1, BRIEF_EXEC = 2, BRIEF_RUN = 3 };
enum brief_flag {
	BRIEF_HAS_LANDLOCK = 1 << 0,
	BRIEF_WX_DENY = 1 << 1, /* prctl(PR_SET_MDWE) */
	BRIEF_CTTY = 1 << 2,    /* EXEC, RUN: fd 0 becomes the controlling terminal of a new session */
	BRIEF_CWD = 1 << 3,     /* cwd or nothing: it was asked for */
	BRIEF_PROGRAM = 1 << 4, /* EXEC: a program of warder's own, by descriptor, instead of one of the jail */
};

struct brief_bytes {
	uint32_t off, len;
};
struct brief_list {
	uint32_t off, n;
};
struct brief_rundir {
	uint32_t name; /* offset of a string without '/' */
	uint32_t uid, gid, mode;
};
struct brief_rlimit {
	int32_t resource;
	uint32_t pad;
	uint64_t soft, hard;
};

struct brief {
	uint32_t magic, size; /* size: of the whole block */
	uint32_t mode, flags;
	uint64_t caps;      /* bounding set of the service or command */
	uint64_t caps_init; /* INIT, RUN: what pid 1 itself keeps (chown dac_override fowner kill setgid setuid) */
	uint32_t uid, gid;  /* of the service or command, ids inside the jail */
	struct brief_list groups; /* n uint32_t, aligned to 4 */
	struct brief_list argv;   /* n 0: pid 1 runs no service */
	struct brief_list env;
	uint32_t cwd; /* offset of a string; chdir there, "/" if that fails and BRIEF_CWD is not set */
	uint32_t umask;
	struct brief_bytes seccomp; /* struct sock_filter[], aligned to 8; installed last */
	struct brief_list rlimits;  /* n struct brief_rlimit, aligned to 8 */
	/* INIT only */
	struct brief_list rundirs;          /* n struct brief_rundir, aligned to 4 */
	struct brief_list start, stop;      /* commands, each for /bin/sh -c, as uid and gid above */
	uint32_t stop_signal, stop_timeout; /* seconds */
	uint32_t restart, restart_delay;    /* enum restart_policy; seconds */
	uint32_t exec_timeout;              /* seconds for each of start and stop; 0: none */
	uint32_t pad;
};

/* What BRIEF_FD_REPORT carries, one record a message.  Texts end in NUL and are not escaped. */
struct report {
	uint32_t ok;    /* 1: ready; 0: the rest says what failed */
	uint32_t kind;  /* enum err_kind */
	int32_t err_no; /* errno, or 0 */
	uint32_t step;  /* of the plan, from 1, that failed before warder-init was executed; 0: none of them */
	char op[40], subject[160], reason[136];
};
_Static_assert(sizeof(struct report) <= 512, "a report is one small message");

/* The exit status of warder-init itself when a step of its own failed; 126 and 127 are those of the shell. */
enum { INIT_EXIT_FAILED = 125, INIT_EXIT_NOEXEC = 126, INIT_EXIT_NOTFOUND = 127 };

/*
 * The status page (BRIEF_FD_STATUS), rewritten whole by pwrite(2) at each change, 128 bytes, padded with newlines:
 *	"STATE RESTARTS EXIT PID\n"
 * STATE: starting, running, stopping, stopped, failed.  EXIT: of the service's last end, 0-255 or 128 + signal, "-"
 * before.  PID: of the service in the jail, 0 when none.  A jail is failed when pid 1 is gone and the page says failed.
 */
enum { STATUS_SIZE = 128 };

#endif
