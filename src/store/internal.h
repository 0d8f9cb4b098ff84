/*
 * What the files of the store share.  Nothing outside src/store and its unit tests includes this.
 */
#ifndef WARDER_STORE_INTERNAL_H
#define WARDER_STORE_INTERNAL_H

#include <sys/types.h>

#include "base/passwd.h"
#include "store/store.h"

/* Relative paths in the store: names are at most 63 bytes, so the longest is well under this. */
enum { STORE_PATH = 256, STORE_WAIT_MS = 10000 };
/* Formats a path under the store; names in it have been checked, so it always fits. */
const char *store_path(char buf[STORE_PATH], const char *fmt, ...) printf_like(2, 3);
/* ERR_USAGE unless name is a valid name of a jail or base. */
int store_check_name(const char *name, const char *op, struct err *e) must_check;
/*
 * Opens a directory by its absolute path, PATH_ONLY, if every part of the way to it and it itself belong to root and
 * cannot be changed by others: else ERR_NOPERM.  make: it is made, with mode 0755, if it is missing; its parents must
 * exist.
 */
int trusted_dir_open(const char *path, bool make, struct err *e) must_check;
/* *ret: whether the open directory is the store's root or lies in it.  path: its, for errors. */
int store_is_around(const struct store *s, int dir, const char *path, bool *ret, struct err *e) must_check;
/* Names in dirfd/rel, sorted by bytes, without "." and ".."; empty if the directory does not exist. */
int store_names(int dirfd, const char *rel, struct arena *a, struct strv *ret, struct err *e) must_check;
/* A directory of the store itself, for reading and syncing (not PATH_ONLY). */
int store_dir_open(int dirfd, const char *rel, struct err *e) must_check;
/* renameat2(RENAME_NOREPLACE) within one directory. */
int store_rename_new(int dirfd, const char *from, const char *to, struct err *e) must_check;
/* unlinkat(2) where the file may be gone already. */
int store_unlink(int dirfd, const char *rel, int flags, struct err *e) must_check;
/* A new directory with exactly this mode; 0 if it is there. */
int store_mkdir(int dirfd, const char *rel, mode_t mode, struct err *e) must_check;
/* Removes what writes that were killed left in the directory (base/file.c's temporary names).  Needs the lock that
 * everyone who writes there holds. */
int store_sweep_dir(int dirfd, const char *rel, struct err *e) must_check;
/* The same beside ids and links; needs the lock "store". */
int store_sweep(const struct store *s, struct err *e) must_check;
/* Points ROOT/DIR/NAME at target, under the lock "store". */
int store_link_switch(const struct store *s, const char *dir, const char *name, const char *target, const char *doing,
	struct err *e) must_check;
/* The number of a generation's name ("7"); 0 if it is none. */
unsigned generation_parse(const char *text);
/* The generation that the link ROOT/j/BASE or ROOT/s/JAIL points at; *ret 0 where there is no such link. */
int base_link_read(const struct store *s, const char *base, unsigned *ret, struct err *e) must_check;
int skel_link_read(const struct store *s, const char *jail, unsigned *ret, struct err *e) must_check;

/* ---- records: "key value" lines, each key of the table exactly once ---- */
enum kv_type { KV_INT, KV_UINT, KV_U64, KV_I64, KV_TEXT };
struct kv_row {
	const char *key;
	enum kv_type type;
	size_t offset, size; /* of the field in the structure; size: KV_TEXT's room, NUL counted */
};
void kv_print(const struct kv_row *rows, size_t n, const void *base, struct str *out);
int kv_parse(const struct kv_row *rows, size_t n, const char *text, const char *subject, void *ret,
	struct err *e) must_check;

/* ---- ids ---- */
struct id_line {
	const char *name; /* without '-' */
	uint32_t first;
	bool retired;
};
struct id_table {
	struct id_line *v;
	size_t n;
};
struct id_span {
	uint64_t first, count;
};
/* Strict: a malformed line, a duplicate name or range is an error. */
int ids_parse(const char *text, struct arena *a, struct id_table *ret, struct err *e) must_check;
void ids_print(const struct id_table *t, struct str *out);
/* The lowest free range; 0 if there is none. */
uint32_t ids_pick(const struct id_table *t, const struct id_span *taken, size_t ntaken);
/* Spans of a colon-separated host file: subuid(5) has count_column 2, passwd(5) none (0: one id each).  Malformed
 * lines are skipped, as shadow's own tools do. */
void ids_spans_add(const char *text, unsigned first_column, unsigned count_column, struct arena *a,
	struct id_span **spans, size_t *n);
/* The whole table; empty before the first jail. */
int store_ids_read(const struct store *s, struct arena *a, struct id_table *ret, struct err *e) must_check;
/*
 * What the other stores of the host have given, and a lock (to be closed) under which no other store gives any: held
 * until our own table is written.  Lists this store with the others.
 */
int ids_host_lock(const struct store *s, struct arena *a, struct id_span **ret, size_t *ret_n, int *ret_lock,
	struct err *e) must_check;
extern const char *ids_host_dir; /* where the list is; the tests have their own */
/* Needs the lock "store"; 0 if the jail has no range. */
int store_ids_retire(const struct store *s, const char *jail, struct err *e) must_check;

/* ---- meta.json ---- */
enum { STORE_META_VERSION = 1 };
extern const char *const meta_pin_sources[]; /* by enum pin_source, NULL-ended */
void meta_print(const struct base_meta *m, struct str *out);
int meta_parse(const char *text, size_t len, const char *subject, struct arena *a, struct base_meta *ret,
	struct err *e) must_check;

/* ---- skeletons ---- */
struct skel_meta {
	char base[64];
	unsigned base_generation; /* that it was made from: the ancestor for merges */
	int64_t created;          /* unix seconds */
	unsigned offered;         /* the base generation whose new files it was last offered; never older than that */
};
int skel_meta_write(int dirfd, const char *name, const struct skel_meta *m, struct err *e) must_check;
int skel_meta_read(int dirfd, const char *name, struct skel_meta *ret, struct err *e) must_check;
/* Removes all that store_jail_create makes before its last step, where that step was not reached.  *ret_found: there
 * was something. */
int jail_clear_unfinished(const struct store *s, const char *jail, bool *ret_found, struct err *e) must_check;

/* ---- files that are written into a skeleton ---- */
void jail_hostname_text(const struct jail *j, struct str *out);
void jail_hosts_text(const struct jail *j, struct str *out);
/* host_text: the host's own resolv.conf, for RESOLVER_HOST. */
void jail_resolv_text(const struct jail *j, const char *host_text, struct str *out);
bool jail_timezone_is_valid(const char *zone);
/* Writes them all into the open skeleton; baseroot: the base's root, which must have the time zone. */
int jail_files_write(const struct jail *j, int skelfd, int baseroot, struct err *e) must_check;
/* Mount points for the pins of base and declaration in the state, their sources in the skeleton where it gives them. */
int jail_pins_make(const struct jail *j, const struct base_meta *m, int genfd, int skelfd, int statefd, uint32_t first,
	struct err *e) must_check;
/* All pins of a jail: its base's, then those of its declaration (may be NULL).  In the arena. */
void jail_pins_list(
	const struct base_meta *m, const struct strv *declared, struct arena *a, struct pin **ret, size_t *ret_n);
/* A user of the skeleton's passwd(5) and group(5): "bind", "bind:adm", "101". */
int jail_user_find(int skelfd, const char *spec, struct arena *a, struct user *ret, struct err *e) must_check;
/* What a start needs of a skeleton: users, pins.  ERR_FAILED or ERR_CONFIG for the first that is not there. */
int jail_skel_facts(const struct jail *j, int skel, struct arena *a, struct jail_facts *f, struct err *e) must_check;
/* The same for a view, which is opened to mend a skeleton, too: as far as it is there.  skel -1: there is none. */
void jail_skel_facts_any(const struct jail *j, int skel, struct arena *a, struct jail_facts *f);
/* All facts but those of the skeleton. */
int jail_common_facts(
	const struct store *s, const struct jail *j, struct arena *a, struct jail_facts *ret, struct err *e) must_check;
/* Where in the skeleton a pin of the declaration comes from: "pins/var/lib/x". */
const char *jail_pin_from(const char *path, struct arena *a);

/* ---- processes ---- */
enum { BOOT_ID = 40 };
int boot_id_read(char ret[BOOT_ID], struct err *e) must_check;
/* State letter and start time of "/proc/PID/stat"; -1 if malformed. */
int proc_stat_parse(const char *text, char *ret_state, uint64_t *ret_ticks) must_check;
/* When pid began; -1 if there is no such process. */
int process_ticks(int pid, uint64_t *ret) must_check;
/* True if pid is alive (not a zombie) and began at ticks. */
bool process_is(int pid, uint64_t ticks);
/* The status page as pid 1 wrote it; anything else leaves word empty, service_exit -1. */
void status_page_parse(const char *text, struct jail_status *ret);

/* ---- exec.allow ---- */
/* ERR_CONFIG if a program that j allows is a shell of the base, too, and no shell is named.  generation: as in
 * struct tree_paths. */
int jail_allow_check(
	const struct store *s, const struct jail *j, const char *generation, struct arena *a, struct err *e) must_check;

#endif
