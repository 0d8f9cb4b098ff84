/*
 * Changes that have begun: what the journal is to say of one lies beside it, synced, before the change, as
 * .warder/journal/begun.jail.NAME or begun.base.NAME, and goes when the entry is written.
 *
 * What a crash leaves between the two is settled by whoever comes next: was the change made, exactly as was announced,
 * manifest and all, the entry is written as it was meant, with who and when; else the announcement goes, and nothing
 * was changed.  What is neither is no crash: it gets no entry, so a verification finds it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/utc.h"
#include "store/base_use.h"
#include "store/internal.h"
#include "store/journal_line.h"
#include "store/seal.h"

enum { READ_SIZE = 64 << 10 };

static const char *
begun_name(char name[STORE_PATH], const char *jail, const char *base)
{
	return store_path(name, "begun.%s.%s", jail ? "jail" : "base", jail ? jail : base);
}

/* ---- whether it was made ---- */

int
journal_file_hash(int dirfd, const char *path, char ret[SHA256_HEX])
{
	struct err ignored;
	struct sha256 h;
	uint8_t digest[SHA256_SIZE];
	char buf[READ_SIZE];
	ssize_t n;
	fd_auto fd = path_open_regular(dirfd, path, &ignored);

	if (fd < 0)
		return -1;
	sha256_init(&h);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		sha256_add(&h, buf, (size_t)n);
	sha256_end(&h, digest);
	sha256_hex(digest, ret);
	return n < 0 ? -1 : 0;
}

static bool
is_file_as_said(const struct store *s, const char *path, const struct journal_entry *j)
{
	char hash[SHA256_HEX];

	return journal_file_hash(s->dotfd, path, hash) == 0 && strcmp(hash, j->after) == 0;
}

static unsigned
used_now(const struct store *s, const struct journal_entry *j)
{
	struct err ignored;
	unsigned used;

	if ((j->jail ? skel_link_read(s, j->jail, &used, &ignored) : base_link_read(s, j->base, &used, &ignored)) < 0)
		return UINT32_MAX;
	return used;
}

/* A generation of an earlier version has no manifest: there the tree itself is looked at, as for the entry. */
static bool
is_manifest_as_said(const struct store *s, const struct journal_entry *j)
{
	char path[STORE_PATH], hash[SHA256_HEX] = "";
	struct arena a = {0};
	struct err ignored;
	struct seal seal;

	journal_manifest(path, j->jail, j->base, j->to);
	if (path_look(s->dotfd, path) == 0 || errno != ENOENT)
		return is_file_as_said(s, path, j);
	if ((j->jail ? store_skel_seal(s, j->jail, j->to, &a, &seal, &ignored)
		     : store_base_seal(s, j->base, j->to, &a, &seal, &ignored)) == 0)
		seal_hash(&seal, hash);
	arena_done(&a);
	return hash[0] != '\0' && strcmp(hash, j->after) == 0;
}

static bool
is_put_to_use(const struct store *s, const struct journal_entry *j)
{
	return j->to != 0 && used_now(s, j) == j->to && is_manifest_as_said(s, j);
}

static bool
is_gone(const struct store *s, const struct journal_entry *j)
{
	return used_now(s, j) == 0;
}

static bool
is_dropped(const struct store *s, const struct journal_entry *j)
{
	char path[STORE_PATH];
	struct stat st;

	store_path(path, "%s/%s/%u", j->jail ? "skel" : "base", j->jail ? j->jail : j->base, j->from);
	return fstatat(s->dotfd, path, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT;
}

static bool
is_chosen(const struct store *s, const struct journal_entry *j)
{
	struct err ignored;
	unsigned choice;

	return j->jail && store_base_choice(s, j->jail, &choice, &ignored) == 0 && choice == j->to;
}

static bool
is_recorded(const struct store *s, const struct journal_entry *j)
{
	char path[STORE_PATH];

	return j->jail && is_file_as_said(s, store_path(path, "skel/%s/surface", j->jail), j);
}

static const struct action {
	const char *name; /* NULL: every other, which puts a generation to use */
	bool (*is_made)(const struct store *s, const struct journal_entry *j);
} actions[] = {
	{"destroy", is_gone},
	{"base remove", is_gone},
	{"gc", is_dropped},
	{journal_choice, is_chosen},
	{"surface", is_recorded},
	{NULL, is_put_to_use},
};

static bool
is_made(const struct store *s, const struct journal_entry *j)
{
	const struct action *x = actions;

	while (x->name && strcmp(x->name, j->action) != 0)
		x++;
	return x->is_made(s, j);
}

/* ---- the announcement ---- */

/* One that is no entry is none: no crash makes it. */
static int
begun_read(int dir, const char *name, struct arena *a, struct journal_entry *ret, bool *ret_found, struct err *e)
{
	char *text;
	size_t len;

	*ret_found = false;
	if (file_read(dir, name, JOURNAL_LINE_MAX, a, &text, &len, e) < 0)
		return -1;
	*ret_found = text && journal_line_parse(text, len, a, ret) == 0 && (ret->jail || ret->base);
	return 0;
}

static bool
is_same_line(struct journal_entry x, struct journal_entry y)
{
	str_auto a = {0}, b = {0};

	x.number = y.number = 0;
	memcpy(x.previous, journal_zeros, SHA256_HEX);
	memcpy(y.previous, journal_zeros, SHA256_HEX);
	journal_line_print(&x, &a);
	journal_line_print(&y, &b);
	return strcmp(str_text(&a), str_text(&b)) == 0;
}

/* A crash may have come between the entry and the end of its announcement. */
static int
is_entered(const struct store *s, const struct journal_entry *j, struct arena *a, bool *ret, struct err *e)
{
	struct journal journal;
	const char *name = j->jail ? j->jail : j->base;

	if (store_journal_read(s, name, a, &journal, e) < 0)
		return -1;
	*ret = journal.n > 0 && is_same_line(*j, journal.v[journal.n - 1]);
	return 0;
}

/* With the lock "journal".  own: what lies there was announced by the caller, so it is in the journal only if it is
 * made and not yet. */
static int
settle(const struct store *s, int dir, const char *name, bool own, struct arena *a, bool *ret_made, struct err *e)
{
	struct journal_entry j;
	bool found, entered = false;

	*ret_made = false;
	if (begun_read(dir, name, a, &j, &found, e) < 0)
		return -1;
	if (found && !own && is_entered(s, &j, a, &entered, e) < 0)
		return -1;
	*ret_made = found && (entered || is_made(s, &j));
	if (*ret_made && !entered && journal_add(dir, &j, e) < 0)
		return -1;
	return store_unlink(dir, name, 0, e);
}

/* ---- for the makers of changes ---- */

int
store_journal_begin(const struct store *s, const struct journal_entry *j, struct err *e)
{
	struct arena a = {0};
	struct journal_entry entry;
	char name[STORE_PATH];
	bool made;
	str_auto line = {0};
	fd_auto lock = -1;
	fd_auto dir = journal_dir_lock(s, j->action, &lock, e);

	if (dir < 0)
		return -1;
	begun_name(name, j->jail, j->base);
	int r = settle(s, dir, name, false, &a, &made, e);
	if (r == 0) {
		journal_entry_fill(j, &a, &entry);
		memcpy(entry.previous, journal_zeros, SHA256_HEX);
		journal_line_print(&entry, &line);
		r = file_write(dir, name, str_text(&line), line.len, 0600, e);
	}
	arena_done(&a);
	return r;
}

int
store_journal_end(const struct store *s, const struct journal_entry *j, struct err *e)
{
	struct arena a = {0};
	char name[STORE_PATH];
	bool made = false;
	fd_auto lock = -1;
	fd_auto dir = journal_dir_lock(s, j->action, &lock, e);

	if (dir < 0)
		return -1;
	int r = settle(s, dir, begun_name(name, j->jail, j->base), true, &a, &made, e);
	arena_done(&a);
	if (r < 0 || made)
		return r;
	return err_set(e, ERR_FAILED, "write", "journal", "what was done is not what was to be done");
}

/* ---- for those who come after a crash ---- */

/* Those that makers of changes hold.  ERR_BUSY: one is at work. */
static int
makers_lock(const struct store *s, const char *jail, const char *base, int *first, int *second, struct err *e)
{
	char what[STORE_PATH];

	if (store_lock(s, store_path(what, "%s.%s", jail ? "manage" : "edit", jail ? jail : base), "journal", 0, first,
		    e) < 0)
		return -1;
	return store_lock(
		s, store_path(what, "%s.%s", jail ? "jail" : "base", jail ? jail : base), "journal", 0, second, e);
}

static int
unsettled(const struct journal_entry *j, const struct err *why, struct err *e)
{
	const char *name = j->jail ? j->jail : j->base;
	char when[UTC_SIZE];

	utc_print(j->time, when);
	err_set(e, why->kind, "verify", name, "an unfinished change of %s (%s) is not in the journal yet: %s", when,
		j->action, why->err_no ? strerror(why->err_no) : why->reason);
	return err_hint(e, "where the store can be written: warder verify %s%s", j->jail ? "" : "--base ", name);
}

int
store_journal_recover(const struct store *s, const char *jail, const char *base, struct err *e)
{
	struct arena a = {0};
	struct journal_entry j;
	struct err why = {0};
	char path[STORE_PATH], name[STORE_PATH];
	bool found, made;
	fd_auto first = -1, second = -1, lock = -1, dir = -1;

	store_path(path, "journal/%s", begun_name(name, jail, base));
	int r = begun_read(s->dotfd, path, &a, &j, &found, e);
	if (r == 0 && found &&
		(makers_lock(s, jail, base, &first, &second, &why) < 0 ||
			(dir = journal_dir_lock(s, j.action, &lock, &why)) < 0 ||
			settle(s, dir, name, false, &a, &made, &why) < 0) &&
		why.kind != ERR_BUSY)
		r = unsettled(&j, &why, e);
	arena_done(&a);
	return r;
}
