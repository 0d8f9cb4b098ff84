/*
 * Owns the walk through a state in search of what could run again.
 *
 * The state belongs to the jail, which may be running and hostile: directories are gone through as base/dirs.h does it,
 * each file is looked at first and is opened only if it is a regular file, as that one (SECURITY.md R1, R2).  The
 * first PERSIST_HEAD bytes and one attribute are all that is read of it.
 */
#include "store/persistence.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dirs.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/seen.h"
#include "base/xattr.h"
#include "store/internal.h"

/* DEEP: levels down to which a directory can be one that a rule names.  ATTEMPTS: walks of a tree in which directories
 * are moved meanwhile. */
enum { DEEP = 64, PATH_LEN = 4096, ATTEMPTS = 5 };

static const char run_dir[] = "/var/run";

struct search {
	const struct jail_facts *facts;
	struct persist_names names;
	struct arena *a;
	struct persistence r;
	struct dirs d;
	size_t cron;  /* levels from which on all is cron's; 0: none of those that are open */
	size_t bytes; /* of paths that are listed */
};

/* ---- one entry ---- */

static void
path_of(const struct search *w, const char *name, struct str *out)
{
	str_auto rel = {0};

	dirs_path(&w->d, name, PATH_LEN - 8, &rel);
	str_addf(out, "%s%s", str_has_prefix(str_text(&rel), ".../") ? "" : "/", str_text(&rel));
}

/* A script's first line: printable bytes only, whatever the file is. */
static const char *
first_line(struct arena *a, const struct persist_entry *p)
{
	size_t n = 0;

	while (n < p->nhead && isprint((unsigned char)p->head[n]))
		n++;
	return arena_strndup(a, p->head, n);
}

static void
add_finding(struct search *w, const struct persist_entry *p, unsigned kinds, const struct stat *st)
{
	struct persistence *r = &w->r;
	uint32_t first = w->facts->id_base;
	struct persist_finding *f;

	r->found++;
	for (size_t i = 0; i < PERSIST_NKINDS; i++)
		r->counts[i] += kinds >> i & 1;
	if (r->n == PERSIST_LISTED || w->bytes + strlen(p->path) > PERSIST_BYTES)
		return;
	w->bytes += strlen(p->path) + 1;
	r->v = arena_grow(w->a, r->v, r->n, sizeof(*r->v));
	f = &r->v[r->n++];
	*f = (struct persist_finding){.kinds = kinds, .path = arena_strdup(w->a, p->path)};
	f->detail = kinds & PERSIST_SCRIPT ? first_line(w->a, p) : NULL;
	f->mode = st->st_mode;
	f->uid = st->st_uid - first < ID_COUNT ? st->st_uid - first : st->st_uid;
	f->gid = st->st_gid - first < ID_COUNT ? st->st_gid - first : st->st_gid;
	f->size = (uint64_t)st->st_size;
	f->modified = st->st_mtim.tv_sec;
}

/* Without waiting for anything: a lease, a FIFO that took the file's place. */
static void
look_into(const struct seen *seen, struct persist_entry *p)
{
	fd_auto fd = seen_open_data(seen);
	ssize_t n = fd < 0 ? -1 : pread(fd, p->head, sizeof(p->head), 0);

	p->is_unread = n < 0;
	p->nhead = n > 0 ? (size_t)n : 0;
	p->has_capability = fd >= 0 && xattr_value(fd, "security.capability", NULL, 0) >= 0;
}

static bool
is_left_out(const struct search *w, const char *path)
{
	for (size_t i = 0; i < w->r.left_out.n; i++)
		if (strcmp(w->r.left_out.v[i], path) == 0)
			return true;
	return false;
}

static void
look_at_file(struct search *w, const struct seen *seen, const char *name)
{
	const struct stat *st = &seen->st;
	struct persist_entry p = {.mode = st->st_mode, .in_cron = w->cron > 0};
	str_auto path = {0};
	unsigned kinds;

	path_of(w, name, &path);
	p.path = str_text(&path);
	if (is_left_out(w, p.path))
		return;
	p.is_included = persistence_is_included(&w->names, p.path);
	if (S_ISREG(st->st_mode))
		look_into(seen, &p);
	kinds = persistence_classify(&p);
	if (kinds != 0)
		add_finding(w, &p, kinds, st);
}

/* ---- the walk ---- */

static int
enter(struct search *w, const char *name, struct err *e)
{
	str_auto path = {0};

	if (w->d.n < DEEP)
		path_of(w, name, &path);
	if (is_left_out(w, str_text(&path)))
		return 0;
	if (dirs_push(&w->d, name, e) < 0)
		return -1;
	if (w->cron == 0 && persistence_is_cron(str_text(&path)))
		w->cron = w->d.n;
	return 0;
}

static int
leave(struct search *w, struct err *e)
{
	if (w->cron == w->d.n)
		w->cron = 0;
	return dirs_pop(&w->d, e);
}

static int
look_at_entry(struct search *w, const char *name, struct err *e)
{
	seen_auto seen = SEEN_NONE;

	if (seen_open(&seen, dirs_fd(&w->d), name) < 0)
		return dirs_err(&w->d, name, e);
	w->r.entries++;
	if (S_ISDIR(seen.st.st_mode))
		return enter(w, name, e);
	look_at_file(w, &seen, name);
	return 0;
}

/* What vanished since its name was read, or became something else, is not there. */
static bool
is_gone(const struct err *e)
{
	return e->err_no == ENOENT || e->err_no == ENOTDIR || e->err_no == ELOOP;
}

static int
walk(struct search *w, struct err *e)
{
	const char *name;
	unsigned char type;
	struct err why = {0};

	for (;;) {
		int got = dirs_read(&w->d, &name, &type, e);

		/* A directory that was removed meanwhile has no entries. */
		if (got < 0 && e->err_no != ENOENT)
			return -1;
		if (got <= 0 && w->d.n == 1)
			return 0;
		if (got <= 0 ? leave(w, e) < 0 : look_at_entry(w, name, &why) < 0 && !is_gone(&why)) {
			if (got > 0)
				*e = why;
			return -1;
		}
	}
}

static int
attempt(struct search *w, int statefd, struct err *e)
{
	int r;

	w->r.n = 0;
	w->r.found = w->r.entries = 0;
	memset(w->r.counts, 0, sizeof(w->r.counts));
	w->bytes = w->cron = 0;
	r = dirs_open(&w->d, statefd, "look at", e) < 0 ? -1 : walk(w, e);
	dirs_done(&w->d);
	return r;
}

/* ---- all of it ---- */

static void
leave_out(struct search *w)
{
	const struct jail_facts *f = w->facts;

	strv_add(w->a, &w->r.left_out, run_dir);
	for (size_t i = 0; i < f->base->npins; i++)
		strv_add(w->a, &w->r.left_out, f->base->pins[i].path);
	for (size_t i = 0; i < f->nskel_pins; i++)
		strv_add(w->a, &w->r.left_out, f->skel_pins[i].path);
}

static int
read_names(struct search *w, const struct store *s, const struct jail *j, struct err *e)
{
	const struct strv *commands[] = {&j->service, &j->start, &j->stop, &j->environment};

	w->names.a = w->a;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		for (size_t k = 0; k < commands[i]->n; k++)
			persistence_names_add_word(&w->names, commands[i]->v[k]);
	if (persistence_names_read(s, w->facts->trees.skel, &w->names, e) < 0)
		return -1;
	persistence_names_sort(&w->names);
	w->r.names_are_full = w->names.is_full;
	return 0;
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct persist_finding *)a)->path, ((const struct persist_finding *)b)->path);
}

int
store_persistence(const struct store *s, const struct jail *j, const struct jail_facts *f, struct arena *a,
	struct persistence *ret, struct err *e)
{
	struct search w = {.facts = f, .a = a};
	fd_auto state = path_open_beneath(s->rootfd, f->trees.state, PATH_ONLY | O_DIRECTORY, 0, e);
	int r = -1;

	if (state < 0 || read_names(&w, s, j, e) < 0)
		return -1;
	leave_out(&w);
	for (int i = 0; r < 0 && i < ATTEMPTS; i++) {
		w.r.stopped = (struct err){0};
		r = attempt(&w, state, &w.r.stopped);
		if (r < 0 && w.r.stopped.kind != ERR_BUSY)
			break;
	}
	if (w.r.n > 0)
		qsort(w.r.v, w.r.n, sizeof(*w.r.v), by_path);
	*ret = w.r;
	return 0;
}
