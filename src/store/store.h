/*
 * The tree on the host (DESIGN.md section 2): where it is, who holds it, what is in it.
 *
 *	ROOT/j/<base> -> ../.warder/base/<base>/<n>/root	the base in use
 *	ROOT/j/<jail>/						mount point of the view (an empty directory)
 *	ROOT/s/<jail> -> ../.warder/skel/<jail>/<n>		the skeleton in use
 *	ROOT/t/<jail>/{var,tmp}					state; shifted ids; ROOT/t is 0700
 *	ROOT/manage/<jail>/
 *	ROOT/.warder/	0700: base/<base>/<n>/{root,skel/{s,t},pins,meta.json,seal},
 *			skel/<jail>/{<n>/,<n>.meta,<n>.mtree}, dev/, run/<jail>, run/<jail>.rights,
 *			run/<jail>.status, log/<jail>.log, lock/<what>, ids, journal/, format
 */
#ifndef WARDER_STORE_STORE_H
#define WARDER_STORE_STORE_H

#include <stdint.h>

#include "base/passwd.h"
#include "base/progress.h"
#include "model/facts.h"
#include "model/jail.h"

struct store {
	const char *root;  /* absolute, as given */
	int rootfd, dotfd; /* ROOT and ROOT/.warder, PATH_ONLY|O_DIRECTORY */
	/* Set by who opened it: the public key's file (store/seal_key.h); NULL: manifests are not signed. */
	const char *seal_key;
};

/* Makes the tree; 0 and *ret_made false if it is there already.  ROOT's parents must exist. Every directory above is
 * checked: owned by root and not writable by others, else a jail's owner could swap it (ERR_NOPERM). */
int store_init(const char *root, bool *ret_made, struct err *e) must_check;
/* Opens an existing one; ERR_FAILED with the hint "warder init" where there is none; ERR_CONFIG for a newer format. */
int store_open(const char *root, struct store *ret, struct err *e) must_check;
void store_close(struct store *s);

/*
 * Locks: one of the open file description (F_OFD_SETLK, flock(2) on FreeBSD) on .warder/lock/<what>, held while *ret_fd
 * is open.  what is "store", "journal", "jail.NAME", "manage.NAME", "base.NAME" or "edit.NAME"; the file's text says
 * who holds it and since when ("PID UNIX-SECONDS WHAT"), for the message of ERR_BUSY ("held by process 412 (start)
 * since 3 s"). wait_ms: how long to try before that.
 */
int store_lock(const struct store *s, const char *what, const char *doing, unsigned wait_ms, int *ret_fd,
	struct err *e) must_check;
/* Shared with others that take it so, until nobody holds it alone: "enter.NAME", by what is on its way into a jail,
 * for moments; whoever takes a jail's record and groups away holds it alone. */
int store_lock_shared(const struct store *s, const char *what, unsigned wait_ms, int *ret_fd, struct err *e) must_check;

/* Whether anybody holds the lock at this moment; makes nothing. */
int store_lock_is_held(const struct store *s, const char *what, bool *ret, struct err *e) must_check;

/* ---- ids ---- */
/* The jail's range in .warder/ids ("NAME FIRST" lines); *ret 0 if it has none. */
int store_ids_find(const struct store *s, const char *jail, uint32_t *ret_first, struct err *e) must_check;
/* Allots one: the lowest multiple of ID_COUNT at or over ID_COUNT that no line, no subuid(5)/subgid(5) range and no
 * retired line has.  Ranges of destroyed jails are kept as "-NAME FIRST" and given to the same name again, never to
 * another.  Needs the lock "store".  FreeBSD maps no ids: 0 for every jail, here and above (ids_way.h). */
int store_ids_allot(const struct store *s, const char *jail, uint32_t *ret_first, struct err *e) must_check;

/* ---- bases ---- */
struct base_row {
	const char *name;
	unsigned generation; /* in use */
	unsigned ngenerations;
	const struct base_meta *meta; /* of the generation in use */
	struct strv jails;            /* that use it: created jails whose record names it */
};
int store_bases(const struct store *s, struct arena *a, struct base_row **ret, size_t *ret_n, struct err *e) must_check;
/* meta.json of the generation in use; ERR_FAILED with a hint if there is no such base, or that generation is gone. */
int store_base_meta(const struct store *s, const char *base, struct arena *a, const struct base_meta **ret,
	struct err *e) must_check;
/* The number of the generation in use; 0 if there is no such base. */
int store_base_generation(const struct store *s, const char *base, unsigned *ret, struct err *e) must_check;
/* The same of any generation that is there. */
int store_base_meta_of(const struct store *s, const char *base, unsigned generation, struct arena *a,
	const struct base_meta **ret, struct err *e) must_check;
/*
 * A new generation: makes .warder/base/NAME/N.tmp (0700) and opens it; publish writes meta.json and the seal, syncs,
 * renames it to N and switches j/NAME; abandon removes it.  A left-over .tmp of a killed run is removed by the next
 * begin.  Needs the lock "base.NAME".
 */
int store_base_begin(
	const struct store *s, const char *base, unsigned *ret_generation, int *ret_dirfd, struct err *e) must_check;
/* entry: what the journal is to say (action, base, from); NULL: nothing.  Completed, and announced before the switch
 * (store_journal_begin); the end is the caller's. */
struct journal_entry;
int store_base_publish(const struct store *s, const struct base_meta *m, int dirfd, struct journal_entry *entry,
	struct err *e) must_check;
int store_base_abandon(const struct store *s, const char *base, unsigned generation, struct err *e) must_check;
/* ERR_BUSY naming the jails if any was made from it. */
int store_base_check_unused(const struct store *s, const char *base, struct err *e) must_check;
/* Removes all generations and the lock files; ERR_BUSY naming the jails if any uses it.  Needs the locks "base.NAME"
 * and "edit.NAME": a draft goes with it. */
int store_base_remove(const struct store *s, const char *base, struct err *e) must_check;

/* ---- jails ---- */
/*
 * Creates j's trees from its base's skel: skeleton generation 1 with hostname, hosts, resolv.conf, localtime written
 * as declared, state with shifted ids, mount points for pins, ids.  All or nothing: what a killed create left is
 * removed by the next one.  Announced in the journal (store_journal_begin); the end is the caller's.  ERR_CANTCREATE
 * if the jail exists.  Needs the lock "jail.NAME".
 */
int store_jail_create(const struct store *s, const struct jail *j, struct progress *bar, struct err *e) must_check;
/*
 * Removes skeleton, state, mount points, log, record, lock files; the id range is retired.  Also clears what a killed
 * create or destroy left, where store_jail_exists says no.  ERR_BUSY while it runs, ERR_FAILED if there is nothing at
 * all of that name.  Needs the locks "jail.NAME" and "manage.NAME": a draft goes with it.  This, create and base
 * publish and remove take the lock "store" themselves.
 */
int store_jail_destroy(const struct store *s, const char *jail, struct err *e) must_check;
bool store_jail_exists(const struct store *s, const char *jail);
/* Names of created jails, sorted by bytes. */
int store_jails(const struct store *s, struct arena *a, struct strv *ret, struct err *e) must_check;
/* Names of which a killed create or destroy left something, though there is no such jail; each once. */
int store_jails_unfinished(const struct store *s, struct arena *a, struct strv *ret, struct err *e) must_check;
/* The base that a created jail was made from (kept in its skeleton's meta). */
int store_jail_base(
	const struct store *s, const char *jail, struct arena *a, const char **ret, struct err *e) must_check;
/* The number of the skeleton's generation in use; 0 if there is no such jail. */
int store_jail_generation(const struct store *s, const char *jail, unsigned *ret, struct err *e) must_check;
/* Everything the planner needs; users of run.dirs and exec.jail_user are looked up in the skeleton's passwd. */
int store_jail_facts(
	const struct store *s, const struct jail *j, struct arena *a, struct jail_facts *ret, struct err *e) must_check;

/* A user of the skeleton that lies at skel (struct tree_paths): passwd_lookup's spec, in its etc/passwd and etc/group,
 * which it need not have. */
int store_jail_user(const struct store *s, const char *skel, const char *spec, struct arena *a, struct user *ret,
	struct err *e) must_check;

/* The trees themselves, for a backend: PATH_ONLY|O_DIRECTORY|O_CLOEXEC; no link is followed to them, no mount crossed.
 */
struct store_trees {
	int base;       /* .../root */
	int generation; /* the base generation's directory, above root and pins */
	int skel, state, dev;
	int view; /* where the view is mounted: ROOT/j/NAME */
};
int store_trees_open(
	const struct store *s, const struct tree_paths *p, struct store_trees *ret, struct err *e) must_check;
void store_trees_close(struct store_trees *t);
/* The prepared device directory ROOT/.warder/dev (null zero full random urandom tty, links fd stdin stdout stderr
 * ptmx, empty pts/ and shm/): made by store_init, checked (type, numbers, modes) and made again if it is not right. */
int store_dev_make(const struct store *s, struct err *e) must_check;

/* ---- running ---- */
/* .warder/run/NAME: written when a start begins and completed when pid 1 is up.  Identity is (boot, pid, start time).
 */
struct run_record {
	int pid;              /* of pid 1, on the host; 0: a start is in progress by starter_pid */
	uint64_t start_ticks; /* field 22 of /proc/PID/stat */
	int starter_pid;
	uint64_t starter_ticks;
	char boot_id[40];
	int64_t started; /* unix seconds */
	unsigned base_generation, skel_generation;
	uint32_t id_base;
	uint64_t pidns, netns, userns; /* inode numbers */
	char bridge[16], veth[16];     /* "" : none */
	char cgroup[192];              /* relative path "warder/HASH/NAME" */
	uint64_t caps_forced;
	char limits_lacking[32]; /* limits that were best effort and are not held: "memory,pids,cpu" */
	unsigned renewed;        /* 1: its skeleton was replaced since its start */
	unsigned skel_oldest;    /* of the generations that it had since: what it opened is of any of them; 0: of one */
};
enum jail_state { JAIL_STOPPED, JAIL_RUNNING, JAIL_FAILED, JAIL_STARTING };
struct jail_status {
	enum jail_state state;
	struct run_record record; /* valid unless stopped without a record */
	unsigned restarts;
	int service_exit; /* -1: none yet */
	int service_pid;
	char word[16];   /* as pid 1 wrote it */
	bool was_killed; /* failed, because pid 1 ended without writing so */
	bool recorded;   /* it was started since the machine was, and that start's end is not completed */
};
int store_run_write(const struct store *s, const char *jail, const struct run_record *r, struct err *e) must_check;
/* *ret_found false if there is none; a malformed one is an error. */
int store_run_read(
	const struct store *s, const char *jail, struct run_record *ret, bool *ret_found, struct err *e) must_check;
/* .warder/run/NAME.rights: what a command that is executed in the jail later is given, in the backend's own words.
 * Written behind the record and before pid 1 is let go; removed with the record. */
int store_rights_write(const struct store *s, const char *jail, const struct str *text, struct err *e) must_check;
int store_rights_read(const struct store *s, const char *jail, struct arena *a, char **ret, size_t *ret_len,
	struct err *e) must_check;
int store_run_remove(const struct store *s, const char *jail, struct err *e) must_check;
/* Opens (creates) the status page for pid 1, blank: what an earlier one said is gone. */
int store_status_open(const struct store *s, const char *jail, struct err *e) must_check;
/* State by record, /proc and status page; never blocks, needs no lock. */
int store_jail_status(const struct store *s, const char *jail, struct jail_status *ret, struct err *e) must_check;
/* The log, opened O_APPEND|O_CREAT 0600 for pid 1 (consolelog or .warder/log/NAME.log), or read-only for `logs`. */
int store_log_open(const struct store *s, const struct jail *j, bool for_write, struct err *e) must_check;
/* What pid 1 itself said last in the log, without the time, cut to size; false if nothing near its end is pid 1's. */
bool store_log_last_words(const struct store *s, const struct jail *j, char *ret, size_t size);

#endif
