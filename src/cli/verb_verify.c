/*
 * warder verify: whether skeletons and bases are what was published.
 */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "cli/checks.h"
#include "cli/delta.h"
#include "cli/results.h"

enum { EXIT_MISMATCH = 2, EXIT_UNTOLD = 1 };

/* ---- what to check ---- */

static void
add_untold(struct cli *c, struct checks *k, const char *jail, const struct err *why)
{
	checks_add(c, k, DRAFT_SKEL, jail, 0);
	k->v[k->n - 1].untold = *why;
}

static void
add_target(struct cli *c, struct checks *k, const struct target *t)
{
	struct err why = {0};
	if (store_jail_exists(&c->store, t->name)) {
		if (checks_add_jail(c, k, t->name, &why) == -1)
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
		checks_add(c, k, DRAFT_BASE, names->v[i], 0);
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

/* Of one skeleton or one base. */
static int
choose_one(struct cli *c, struct checks *k, struct err *e)
{
	static const char only[] = "--manifest is of one jail's skeleton or one base";
	struct targets t;
	if (c->o.all || c->o.quick)
		return err_set(e, ERR_USAGE, "verify", NULL, "--manifest goes with neither --all nor --quick");
	if (targets_choose(c, false, &c->a, &t, e) == -1)
		return -1;
	if (t.n + c->o.bases.n != 1)
		return err_set(e, ERR_USAGE, "verify", NULL, "%s", only);
	if (t.n == 0 && add_bases(c, k, e) == -1)
		return -1;
	if (t.n == 1)
		checks_add(c, k, DRAFT_SKEL, t.v[0].name, 0);
	return check_read_manifest(c, &k->v[0], e);
}

/* ---- for programs ---- */

static void
foreign_json(struct json *j, const struct check *k)
{
	if (k->manifest == NULL) {
		json_null(j, "manifest");
		return;
	}
	json_object(j, "manifest");
	json_string(j, "file", k->manifest);
	json_uint(j, "without_sha256", k->foreign.undigested);
	json_array(j, "not_compared");
	for (size_t i = 0; i < k->foreign.npassed; i++) {
		json_object(j, NULL);
		json_string(j, "keyword", k->foreign.passed[i].word);
		json_uint(j, "count", k->foreign.passed[i].n);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static void
check_json(struct json *j, const struct check *k)
{
	const struct verify_result *r = &k->r;
	const struct err *why = k->untold.kind != ERR_NONE ? &k->untold : &r->stopped;
	json_object(j, NULL);
	json_string(j, "kind", check_kind(k));
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
	foreign_json(j, k);
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

static int
check_journal(struct cli *c, struct checks *k, struct err *e)
{
	if (checks_journal(c, k, e) == -1)
		return -1;
	if (k->journal.kind != ERR_NONE && !c->o.json)
		cli_error(&k->journal, NULL);
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
	if ((c->o.manifest != NULL ? choose_one : choose)(c, &k, e) == -1)
		return -1;
	if (c->o.manifest == NULL && check_journal(c, &k, e) == -1) {
		e->kind = ERR_FAILED; /* 1: could not tell */
		return -1;
	}
	for (size_t i = 0; i < k.n; i++) {
		struct check *x = &k.v[i];
		check_run(c, x, c->o.quick, (unsigned)c->o.threads);
		if (!c->o.json && x->untold.kind == ERR_NONE)
			check_print(c, x, stdout);
		check_print_errors(x);
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
	{0, "manifest", "FILE", OPT_TEXT, offsetof(struct options, manifest), 0,
		"compare with this manifest of mtree(8) or bsdtar instead; - is standard input"},
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
