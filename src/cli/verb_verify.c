/*
 * warder verify: whether skeletons and bases are what was published.
 */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "cli/delta.h"
#include "cli/results.h"
#include "cli/targets.h"
#include "cli/text.h"
#include "store/base_use.h"
#include "store/journal.h"
#include "store/verify.h"

enum { EXIT_MISMATCH = 2, EXIT_UNTOLD = 1 };

static const char *const kind_words[] = {[DRAFT_SKEL] = "skeleton", [DRAFT_BASE] = "base"};

/* One generation of one skeleton or base. */
struct check {
	enum draft_kind kind;
	const char *name;
	unsigned generation; /* 0: the one in use */
	struct verify_result r;
	struct err untold; /* why nothing can be said of it; kind ERR_NONE: something can */
};
struct checks {
	struct check *v;
	size_t n;
	struct err journal; /* what is wrong with its chain */
};

/* ---- what to check ---- */

/* Each once: a base is read for all its jails. */
static void
add_check(struct cli *c, struct checks *k, enum draft_kind kind, const char *name, unsigned generation)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->v[i].kind == kind && k->v[i].generation == generation && strcmp(k->v[i].name, name) == 0)
			return;
	k->v = arena_grow(&c->a, k->v, k->n, sizeof(*k->v));
	k->v[k->n++] = (struct check){.kind = kind, .name = name, .generation = generation};
}

static void
add_untold(struct cli *c, struct checks *k, const char *jail, const struct err *why)
{
	add_check(c, k, DRAFT_SKEL, jail, 0);
	k->v[k->n - 1].untold = *why;
}

/* Its skeleton, and the generation of its base that it takes at its next start. */
static int
add_jail(struct cli *c, struct checks *k, const char *jail, struct err *e)
{
	const char *base;
	unsigned choice;
	if (store_jail_base(&c->store, jail, &c->a, &base, e) == -1 ||
		store_base_choice(&c->store, jail, &choice, e) == -1)
		return -1;
	add_check(c, k, DRAFT_SKEL, jail, 0);
	add_check(c, k, DRAFT_BASE, base, choice);
	return 0;
}

static void
add_target(struct cli *c, struct checks *k, const struct target *t)
{
	struct err why = {0};
	if (store_jail_exists(&c->store, t->name)) {
		if (add_jail(c, k, t->name, &why) == -1)
			add_untold(c, k, t->name, &why);
	} else if (t->named) {
		err_set(&why, ERR_FAILED, "verify", NULL, "the jail was not created");
		add_untold(c, k, t->name, &why);
	}
}

static int
add_bases(struct cli *c, struct checks *k, struct err *e)
{
	struct strv known = {0}, *names = c->o.all ? &known : &c->o.bases;
	if (store_verify_bases(&c->store, &c->a, &known, e) == -1)
		return -1;
	for (size_t i = 0; i < names->n; i++) {
		if (!strv_has(&known, names->v[i])) {
			const char *near = str_nearest(names->v[i], known.v, known.n);
			err_set(e, ERR_FAILED, "verify", names->v[i], "there is no such base");
			return near != NULL ? err_hint(e, "did you mean %s?", near) : -1;
		}
		add_check(c, k, DRAFT_BASE, names->v[i], 0);
	}
	return 0;
}

static int
choose(struct cli *c, struct checks *k, struct err *e)
{
	struct targets t;
	if (c->o.all && c->o.bases.n > 0)
		return err_set(e, ERR_USAGE, "verify", NULL, "either --base or --all, not both");
	if (targets_choose(c, false, &c->a, &t, e) == -1)
		return -1;
	for (size_t i = 0; i < t.n; i++)
		add_target(c, k, &t.v[i]);
	return c->o.all || c->o.bases.n > 0 ? add_bases(c, k, e) : 0;
}

/* ---- for people ---- */

static void
print_side(const char *what, const struct seal_entry *v)
{
	str_auto line = {0};
	if (v == NULL)
		return;
	delta_entry(v, &line);
	printf("    %s %s\n", what, str_text(&line));
}

static void
print_changes(const struct cli *c, const struct verify_result *r)
{
	size_t shown = c->o.verbose || r->delta.n <= DELTA_LINES ? r->delta.n : DELTA_LINES;
	for (size_t i = 0; i < shown; i++) {
		str_auto line = {0};
		delta_line(&r->delta.v[i], &line);
		puts(str_text(&line));
		print_side("expected", r->delta.v[i].before);
		print_side("found   ", r->delta.v[i].after);
	}
	if (shown < r->changes)
		printf("... and %" PRIu64 " more%s\n", r->changes - shown,
			shown < r->delta.n ? " (-v shows more)" : "");
}

/* What matches is not told with -q, what does not always is. */
static void
print_check(const struct cli *c, const struct check *k)
{
	const struct verify_result *r = &k->r;
	str_auto line = {0};
	if (r->match && c->o.quiet)
		return;
	str_addf(&line, "%s%s: generation %u: ", k->kind == DRAFT_BASE ? "base " : "", k->name, r->generation);
	if (r->match) {
		text_count(r->entries, &line);
		str_add(&line, " entries as published, ");
		str_add_size(&line, r->bytes);
		str_add(&line, " read");
	} else if (r->changes > 0) {
		str_add(&line, "NOT as published: ");
		str_auto counts = {0};
		delta_counts(&r->delta, &counts);
		str_add(&line, str_text(&counts));
	} else
		str_add(&line, r->faults.n > 0 ? "NOT as published" : "not compared to the end");
	puts(str_text(&line));
	for (size_t i = 0; i < r->faults.n; i++)
		printf("! %s\n", r->faults.v[i]);
	print_changes(c, r);
}

/* What could not be told goes to standard error. */
static void
print_errors(const struct check *k)
{
	fflush(stdout);
	if (k->untold.kind != ERR_NONE)
		cli_error(&k->untold, k->name);
	if (k->r.stopped.kind != ERR_NONE)
		cli_error(&k->r.stopped, k->name);
}

/* ---- for programs ---- */

static void
check_json(struct json *j, const struct check *k)
{
	const struct verify_result *r = &k->r;
	const struct err *why = k->untold.kind != ERR_NONE ? &k->untold : &r->stopped;
	json_object(j, NULL);
	json_string(j, "kind", kind_words[k->kind]);
	json_string(j, "name", k->name);
	if (r->generation != 0)
		json_uint(j, "generation", r->generation);
	else
		json_null(j, "generation");
	json_uint(j, "entries", r->entries);
	json_uint(j, "bytes", r->bytes);
	if (why->kind != ERR_NONE && r->changes == 0 && r->faults.n == 0)
		json_null(j, "match");
	else
		json_bool(j, "match", r->match);
	error_json(j, why);
	json_array(j, "faults");
	for (size_t i = 0; i < r->faults.n; i++)
		json_string(j, NULL, r->faults.v[i]);
	json_array_end(j);
	delta_json(j, "changes", &r->delta);
	json_uint(j, "unlisted", r->changes - r->delta.n);
	json_object_end(j);
}

static void
print_json(const struct checks *k)
{
	struct json j = {0};
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_string(&j, "journal", k->journal.kind == ERR_NONE ? NULL : k->journal.reason);
	json_array(&j, "checked");
	for (size_t i = 0; i < k->n; i++)
		check_json(&j, &k->v[i]);
	json_array_end(&j);
	json_object_end(&j);
	cli_print_json(&j);
}

/* ---- the verb ---- */

/* Who can edit a manifest can edit its entry, so what the chain says is a part of the answer. */
static int
check_journal(struct cli *c, struct checks *k, struct err *e)
{
	struct journal_check check;
	if (store_journal_check(&c->store, &check, e) == -1)
		return -1;
	k->journal = check.fault;
	if (check.fault.kind != ERR_NONE && !c->o.json)
		cli_error(&check.fault, NULL);
	return 0;
}

static int
status_of(const struct checks *k)
{
	bool untold = false;
	for (size_t i = 0; i < k->n; i++) {
		const struct check *x = &k->v[i];
		if (x->r.changes > 0 || x->r.faults.n > 0)
			return EXIT_MISMATCH;
		untold |= !x->r.match;
	}
	if (k->journal.kind != ERR_NONE)
		return EXIT_MISMATCH;
	return untold ? EXIT_UNTOLD : 0;
}

static int
verify_main(struct cli *c, struct err *e)
{
	struct checks k = {0};
	if (c->o.full && c->o.quick)
		return err_set(e, ERR_USAGE, "verify", NULL, "either --full or --quick, not both");
	if (choose(c, &k, e) == -1)
		return -1;
	if (check_journal(c, &k, e) == -1) {
		e->kind = ERR_FAILED; /* 1: could not tell */
		return -1;
	}
	for (size_t i = 0; i < k.n; i++) {
		struct check *x = &k.v[i];
		struct progress bar;
		cli_progress(c, &bar);
		struct verify_request q = {x->kind, x->name, x->generation, c->o.quick, (unsigned)c->o.threads};
		if (x->untold.kind == ERR_NONE)
			(void)!store_verify(&c->store, &q, &bar, &c->a, &x->r, &x->untold);
		progress_done(&bar, x->r.match);
		if (!c->o.json && x->untold.kind == ERR_NONE)
			print_check(c, x);
		print_errors(x);
	}
	if (c->o.json)
		print_json(&k);
	return status_of(&k);
}

static const struct option_row options[] = {
	{'a', "all", NULL, OPT_FLAG, offsetof(struct options, all), 0, "all jails and all bases"},
	{'b', "base", "NAME", OPT_LIST, offsetof(struct options, bases), 0, "a base; may be given several times"},
	{'j', "jobs", "N", OPT_NUMBER, offsetof(struct options, threads), 0,
		"how many files to read at the same time (as many as there are processors)"},
	{0, "full", NULL, OPT_FLAG, offsetof(struct options, full), 0, "read every byte; this is the default"},
	{0, "quick", NULL, OPT_FLAG, offsetof(struct options, quick), 0,
		"read only what is not as it was when all was read last"},
};

const struct verb verb_verify = {
	.name = "verify",
	.operands = "[JAIL...]",
	.summary = "compare skeletons and bases with what was published",
	.text = "Of a jail: its skeleton and its base. Exits with 0 if all is as it was published, with 2 if "
		"something\n"
		"is not, with 1 if that could not be told.  -q prints only what does not match.",
	.options = options,
	.noptions = sizeof(options) / sizeof(options[0]),
	.flags = VERB_ROOT | VERB_WANTS | VERB_STORE | VERB_TARGETS | VERB_JSON,
	.min = 1,
	.max = UINT_MAX,
	.kind = OPERAND_JAIL,
	.run = verify_main,
};
