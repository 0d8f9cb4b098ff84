/*
 * warder diff: what one generation of a skeleton or a base has that another has not.
 */
#include <string.h>

#include "base/fd.h"
#include "cli/delta.h"
#include "cli/targets.h"
#include "store/generations.h"

/* The same for skeletons and for bases. */
struct whose {
	const char *key; /* in JSON */
	int (*generations)(
		const struct store *s, const char *name, struct arena *a, struct generations *ret, struct err *e);
	int (*open)(const struct store *s, const char *name, unsigned generation, struct err *e);
	int (*seal)(const struct store *s, const char *name, unsigned generation, struct arena *a, struct seal *ret,
		struct err *e);
};
static const struct whose of_jail = {"jail", store_skel_generations, store_skel_open, store_skel_seal};
static const struct whose of_base = {"base", store_base_generations, store_base_open, store_base_seal};

/* What is compared; GENERATION_DRAFT is one, too. */
struct pair {
	const struct whose *whose;
	const char *name;
	struct generations g;
	unsigned from, to;
};

/* ---- which ---- */

static int
find_base(struct cli *c, const char **ret, struct err *e)
{
	struct base_row *rows;
	size_t n;
	struct strv names = {0};
	const char *name = c->args.v[0];
	if (!name_is_valid(name))
		return err_set(e, ERR_USAGE, "diff", name, "cannot be the name of a base");
	if (store_bases(&c->store, &c->a, &rows, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		strv_add(&c->a, &names, rows[i].name);
	*ret = name;
	if (strv_has(&names, name))
		return 0;
	err_set(e, ERR_FAILED, "diff", name, "there is no such base");
	const char *near = str_nearest(name, names.v, names.n);
	return near != NULL ? err_hint(e, "did you mean %s?", near) : -1;
}

static int
find_jail(struct cli *c, const char **ret, struct err *e)
{
	struct target t;
	if (target_single(c, false, &c->a, &t, e) == -1)
		return -1;
	*ret = t.name;
	if (store_jail_exists(&c->store, t.name))
		return 0;
	err_set(e, ERR_FAILED, "diff", t.name, "it has not been created");
	return err_hint(e, "warder create %s", t.name);
}

static bool
has_generation(const struct generations *g, uint64_t n)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->v[i] == n)
			return true;
	return false;
}

/* "there are generations 1 to 4, 7, draft" */
static int
hint_generations(const struct generations *g, struct err *e)
{
	str_auto text = {0};
	for (size_t i = 0, last; i < g->n; i = last + 1) {
		last = i;
		while (last + 1 < g->n && g->v[last + 1] == g->v[last] + 1)
			last++;
		str_addf(&text, "%s%u", i > 0 ? ", " : "", g->v[i]);
		if (last > i)
			str_addf(&text, "%s%u", last > i + 1 ? " to " : ", ", g->v[last]);
	}
	const char *verb = g->n == 1 && !g->draft ? "is only generation" : "are generations";
	return err_hint(e, "there %s %s%s", verb, str_text(&text), g->draft ? ", draft" : "");
}

static int
read_generation(const struct pair *p, const char *word, unsigned *ret, struct err *e)
{
	uint64_t n;
	if (p->g.draft && strcmp(word, "draft") == 0) {
		*ret = GENERATION_DRAFT;
		return 0;
	}
	if (str_to_u64(word, UINT32_MAX, &n) == -1 && strcmp(word, "draft") != 0)
		return err_set(e, ERR_USAGE, "diff", word, "not the number of a generation");
	if (strcmp(word, "draft") == 0 || !has_generation(&p->g, n)) {
		err_set(e, ERR_FAILED, "diff", p->name, "there is no generation %s", word);
		return hint_generations(&p->g, e);
	}
	*ret = (unsigned)n;
	return 0;
}

/* The draft, if there is one, or the one in use, each with what came before it. */
static int
choose_last(struct pair *p, struct err *e)
{
	unsigned before = 0;
	if (p->g.draft) {
		p->from = p->g.used;
		p->to = GENERATION_DRAFT;
		return 0;
	}
	for (size_t i = 0; i < p->g.n && p->g.v[i] < p->g.used; i++)
		before = p->g.v[i];
	if (before == 0) {
		err_set(e, ERR_FAILED, "diff", p->name, "there is no generation before %u, the one in use", p->g.used);
		return hint_generations(&p->g, e);
	}
	p->from = before;
	p->to = p->g.used;
	return 0;
}

static int
choose(struct cli *c, struct pair *p, struct err *e)
{
	p->whose = c->o.base ? &of_base : &of_jail;
	if ((c->o.base ? find_base : find_jail)(c, &p->name, e) == -1 ||
		p->whose->generations(&c->store, p->name, &c->a, &p->g, e) == -1)
		return -1;
	if (c->args.n == 1)
		return choose_last(p, e);
	p->to = p->g.used;
	if (read_generation(p, c->args.v[1], &p->from, e) == -1)
		return -1;
	return c->args.n > 2 ? read_generation(p, c->args.v[2], &p->to, e) : 0;
}

/* ---- showing ---- */

static void
add_side(const struct pair *p, unsigned generation, struct str *out)
{
	if (generation == GENERATION_DRAFT)
		str_add(out, "the draft");
	else
		str_addf(out, "%u%s", generation, generation == p->g.used ? " (in use)" : "");
}

static void
say_heading(const struct cli *c, const struct pair *p)
{
	str_auto line = {0};
	str_addf(&line, "%s%s: generation ", c->o.base ? "base " : "", p->name);
	add_side(p, p->from, &line);
	str_add(&line, " -> ");
	add_side(p, p->to, &line);
	cli_say(c, "%s", str_text(&line));
}

/* A draft has no number yet: null. */
static void
side_json(struct json *j, const char *key, unsigned generation)
{
	if (generation == GENERATION_DRAFT)
		json_null(j, key);
	else
		json_uint(j, key, generation);
}

static void
print_json(const struct pair *p, const struct delta *d)
{
	struct json j = {0};
	json_object(&j, NULL);
	json_uint(&j, "version", 1);
	json_string(&j, p->whose->key, p->name);
	side_json(&j, "from", p->from);
	side_json(&j, "to", p->to);
	delta_json(&j, "changes", d);
	json_object_end(&j);
	cli_print_json(&j);
}

static void
print_names(const struct delta *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const char *path = delta_path(&d->v[i]);
		str_auto line = {0};
		str_add_escaped(&line, path, strlen(path));
		puts(str_text(&line));
	}
}

static int
show(const struct cli *c, const struct pair *p, const struct delta *d, struct err *e)
{
	if (c->o.json) {
		print_json(p, d);
		return 0;
	}
	if (c->o.quiet) {
		print_names(d);
		return 0;
	}
	fd_auto before = p->whose->open(&c->store, p->name, p->from, e);
	fd_auto after = before == -1 ? -1 : p->whose->open(&c->store, p->name, p->to, e);
	if (after == -1)
		return -1;
	say_heading(c, p);
	return delta_show(c, d, c->o.base ? DELTA_WITHIN_BASE : NULL, before, after, e);
}

static int
diff_main(struct cli *c, struct err *e)
{
	struct pair p = {0};
	struct seal before, after;
	struct delta d;
	if (choose(c, &p, e) == -1 || p.whose->seal(&c->store, p.name, p.from, &c->a, &before, e) == -1 ||
		p.whose->seal(&c->store, p.name, p.to, &c->a, &after, e) == -1)
		return -1;
	seal_diff(&before, &after, &c->a, &d);
	return show(c, &p, &d, e);
}

static const struct option_row options[] = {
	{0, "base", NULL, OPT_FLAG, offsetof(struct options, base), 0, "generations of the base of that name"},
};

const struct verb verb_diff = {
	.name = "diff",
	.operands = "NAME [GENERATION [GENERATION]]",
	.summary = "what changed between two generations of a skeleton or a base",
	.text = "None named: the draft, if there is one, else the one in use, against the one before.\n"
		"One named: it against the one in use.  Of a jail, or with --base of a base.",
	.options = options,
	.noptions = 1,
	.flags = VERB_ROOT | VERB_WANTS | VERB_STORE | VERB_JSON,
	.min = 1,
	.max = 3,
	.kind = OPERAND_JAIL,
	.run = diff_main,
};
