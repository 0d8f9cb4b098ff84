/*
 * Verifications of generations as `verify` and `start` share them.
 */
#include "cli/checks.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/delta.h"
#include "cli/text.h"
#include "store/base_use.h"
#include "store/journal.h"

static const char *const kind_words[] = {[DRAFT_SKEL] = "skeleton", [DRAFT_BASE] = "base"};

const char *
check_kind(const struct check *k)
{
	return kind_words[k->kind];
}

/* ---- what to check ---- */

/* Each once: a base is read for all its jails. */
void
checks_add(struct cli *c, struct checks *k, enum draft_kind kind, const char *name, unsigned generation)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->v[i].kind == kind && k->v[i].generation == generation && strcmp(k->v[i].name, name) == 0)
			return;
	k->v = arena_grow(&c->a, k->v, k->n, sizeof(*k->v));
	k->v[k->n++] = (struct check){.kind = kind, .name = name, .generation = generation};
}

/* Its skeleton, and the generation of its base that it takes at its next start. */
int
checks_add_jail(struct cli *c, struct checks *k, const char *jail, struct err *e)
{
	const char *base;
	unsigned choice;
	struct err damaged;
	if (store_jail_base(&c->store, jail, &c->a, &base, e) == -1)
		return -1;
	if (store_base_choice(&c->store, jail, &choice, &damaged) == -1)
		choice = 0; /* the verification of its skeleton says so */
	checks_add(c, k, DRAFT_SKEL, jail, 0);
	checks_add(c, k, DRAFT_BASE, base, choice);
	return 0;
}

/* ---- doing it ---- */

int
checks_journal(const struct cli *c, struct checks *k, struct err *e)
{
	struct journal_check check;
	/* Before the journal is read, so that it is whole. */
	for (size_t i = 0; i < k->n; i++) {
		bool is_skel = k->v[i].kind == DRAFT_SKEL;
		const char *name = k->v[i].name;
		if (store_journal_recover(&c->store, is_skel ? name : NULL, is_skel ? NULL : name, e) == -1)
			return -1;
	}
	if (store_journal_check(&c->store, &check, e) == -1)
		return -1;
	k->journal = check.fault;
	return 0;
}

int
check_read_manifest(struct cli *c, struct check *k, struct err *e)
{
	const char *path = c->o.manifest;
	bool is_stdin = strcmp(path, "-") == 0;
	fd_auto file = is_stdin ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (!is_stdin && file < 0)
		return err_sys(e, "open", path);
	k->manifest = is_stdin ? "standard input" : path;
	return mtree_read(is_stdin ? STDIN_FILENO : file, k->manifest, &c->a, &k->foreign, e);
}

static int
run(struct cli *c, struct check *k, const struct verify_request *q, struct progress *bar)
{
	if (k->manifest != NULL)
		return store_verify_foreign(&c->store, q, &k->foreign, bar, &c->a, &k->r, &k->untold);
	return store_verify(&c->store, q, bar, &c->a, &k->r, &k->untold);
}

void
check_run(struct cli *c, struct check *k, bool quick, unsigned threads)
{
	struct progress bar;
	cli_progress(c, &bar);
	struct verify_request q = {k->kind, k->name, k->generation, quick, threads};
	if (k->untold.kind == ERR_NONE)
		(void)!run(c, k, &q, &bar);
	progress_done(&bar, k->r.match);
}

/* ---- for people ---- */

static void
print_side(FILE *out, const char *what, const struct seal_entry *v)
{
	str_auto line = {0};
	if (v == NULL)
		return;
	delta_entry(v, &line);
	fprintf(out, "    %s %s\n", what, str_text(&line));
}

static void
print_changes(const struct cli *c, const struct verify_result *r, FILE *out)
{
	size_t shown = c->o.verbose || r->delta.n <= DELTA_LINES ? r->delta.n : DELTA_LINES;
	for (size_t i = 0; i < shown; i++) {
		str_auto line = {0};
		delta_line(&r->delta.v[i], &line);
		fprintf(out, "%s\n", str_text(&line));
		print_side(out, "expected", r->delta.v[i].before);
		print_side(out, "found   ", r->delta.v[i].after);
	}
	if (shown < r->changes)
		fprintf(out, "... and %" PRIu64 " more%s\n", r->changes - shown,
			shown < r->delta.n ? " (-v shows more)" : "");
}

/* "published", or "the manifest says" */
static const char *
by_what(const struct check *k)
{
	return k->manifest != NULL ? "the manifest says" : "published";
}

/* What a manifest of another program did not say, or said in vain: a match is of the rest only. */
static void
print_foreign(const struct check *k, FILE *out)
{
	str_auto line = {0};
	if (k->manifest == NULL)
		return;
	if (k->foreign.undigested > 0) {
		text_count(k->foreign.undigested, &line);
		fprintf(out, "content not compared, the manifest has no sha256: %s files\n", str_text(&line));
	}
	for (size_t i = 0; i < k->foreign.npassed; i++)
		fprintf(out, "%s%s (%" PRIu64 ")%s", i == 0 ? "keywords not compared: " : ", ",
			k->foreign.passed[i].word, k->foreign.passed[i].n, i + 1 == k->foreign.npassed ? "\n" : "");
}

void
check_print(const struct cli *c, const struct check *k, FILE *out)
{
	const struct verify_result *r = &k->r;
	str_auto line = {0};
	if (r->match && c->o.quiet)
		return;
	str_addf(&line, "%s%s: generation %u: ", k->kind == DRAFT_BASE ? "base " : "", k->name, r->generation);
	if (r->match) {
		text_count(r->entries, &line);
		str_addf(&line, " entries as %s, ", by_what(k));
		str_add_size(&line, r->bytes);
		str_add(&line, " read");
	} else if (r->changes > 0) {
		str_addf(&line, "NOT as %s: ", by_what(k));
		str_auto counts = {0};
		delta_counts(&r->delta, &counts);
		str_add(&line, str_text(&counts));
	} else
		str_add(&line, r->faults.n > 0 ? "NOT as published" : "not compared to the end");
	fprintf(out, "%s\n", str_text(&line));
	for (size_t i = 0; i < r->faults.n; i++)
		fprintf(out, "! %s\n", r->faults.v[i]);
	print_changes(c, r, out);
	print_foreign(k, out);
}

void
check_print_errors(const struct check *k)
{
	fflush(stdout);
	if (k->untold.kind != ERR_NONE)
		cli_error(&k->untold, k->name);
	if (k->r.stopped.kind != ERR_NONE)
		cli_error(&k->r.stopped, k->name);
}

/* ---- before a start ---- */

/* 0 if it is as published; else what is not was printed. */
static int
refuse(const struct cli *c, const struct check *k, const char *jail, struct err *e)
{
	if (k->untold.kind == ERR_NONE && k->r.match)
		return 0;
	if (k->untold.kind == ERR_NONE)
		check_print(c, k, stderr);
	const struct err *why = k->untold.kind != ERR_NONE ? &k->untold : &k->r.stopped;
	const char *what = k->kind == DRAFT_BASE ? "base" : "skeleton";
	if (k->r.changes == 0 && k->r.faults.n == 0) {
		*e = *why;
		return err_hint(e, "verify.before_start: whether its %s is as published could not be told", what);
	}
	err_set(e, ERR_FAILED, c->op, jail, "its %s is not as it was published", what);
	return err_hint(e, "warder verify %s", jail);
}

int
checks_before_start(struct cli *c, const struct jail *j, struct err *e)
{
	struct checks k = {0};
	if (j->verify == BEFORE_START_NO)
		return 0;
	if (checks_add_jail(c, &k, j->name, e) == -1 || checks_journal(c, &k, e) == -1)
		return -1;
	if (k.journal.kind != ERR_NONE) {
		*e = k.journal;
		return -1;
	}
	for (size_t i = 0; i < k.n; i++) {
		check_run(c, &k.v[i], j->verify == BEFORE_START_QUICK, 0);
		if (refuse(c, &k.v[i], j->name, e) == -1)
			return -1;
	}
	return 0;
}
