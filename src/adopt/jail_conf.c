/*
 * jail.conf(5) of FreeBSD as our configuration.
 *
 * The syntax is the same, so blocks and variables stay as they are and each parameter is taken over, or left out
 * because every jail of warder's is so anyway, or told.  Which base a jail has does not stand there: it is in its
 * fstab.
 */
#include <string.h>

#include "adopt/jail_conf.h"
#include "base/path.h"
#include "config/keys.h"

struct adoption {
	struct arena *a;
	struct adopted *r;
	const struct tree *t;
	struct strv variables;
	struct jail_conf_block *only; /* NULL: all blocks are of interest, and ROOT/j/NAME says where the root is */
	const char *root;
	struct str out;
};

static const char so_anyway[] = ""; /* instead of a reason: nothing is lost */

/* The only value if it is one text without variables, else NULL; "" of a bare name. */
static const char *
literal(const struct param *p)
{
	if (p->nvalues == 0)
		return "";
	if (p->nvalues > 1 || p->values[0].n > 1 || (p->values[0].n == 1 && p->values[0].v[0].is_var))
		return NULL;
	return p->values[0].n == 0 ? "" : p->values[0].v[0].text;
}

static bool
is_one_of(const char *text, const char *const *words)
{
	for (; text != NULL && *words != NULL; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

/* ---- what becomes of a parameter: NULL, so_anyway, or the reason why it is not taken over ---- */

/* The path of a jail that is to be taken apart. */
static const char *
thin_path_fate(struct adoption *ad, const struct param *p)
{
	const char *text = literal(p);

	if (text == NULL || !path_is_clean_absolute(text))
		return "it is no clean absolute path without variables";
	ad->only->path = text;
	return so_anyway;
}

/* ROOT/j/NAME, with the name itself or $name, says where the root is. */
static const char *
path_fate(struct adoption *ad, const struct block *b, const struct param *p)
{
	const struct word *w = p->nvalues == 1 ? &p->values[0] : NULL;
	const char *text = literal(p), *root = NULL;
	size_t len = text != NULL ? strlen(text) : 0, name = b->name != NULL ? strlen(b->name) : 0;

	if (w != NULL && w->n == 2 && !w->v[0].is_var && w->v[1].is_var && strcmp(w->v[1].text, "name") == 0 &&
		w->v[0].len > 3 && strcmp(w->v[0].text + w->v[0].len - 3, "/j/") == 0)
		root = arena_strndup(ad->a, w->v[0].text, w->v[0].len - 3);
	else if (text != NULL && b->kind == BLOCK_JAIL && name > 0 && b->name != NULL && len > name + 3 &&
		 strcmp(text + len - name, b->name) == 0 && strncmp(text + len - name - 3, "/j/", 3) == 0)
		root = arena_strndup(ad->a, text, len - name - 3);
	if (root == NULL || !path_is_clean_absolute(root))
		return "a jail lies in ROOT/j/NAME";
	if (ad->root != NULL && strcmp(ad->root, root) != 0)
		return "another jail's path has another root";
	ad->root = root;
	return so_anyway;
}

static const char *
address_fate(const struct param *p, unsigned family)
{
	for (size_t i = 0; i < p->nvalues; i++) {
		const struct word *w = &p->values[i];
		struct addr addr;
		struct err e = {0};

		if (w->n != 1 || w->v[0].is_var)
			continue;
		if (strchr(w->v[0].text, '|') != NULL)
			return "it names an interface; a jail has one of its own, on a bridge";
		if (addr_parse(w->v[0].text, family, &addr, &e) == -1)
			return "it is no address that a jail can have";
	}
	return NULL;
}

/* Keys whose value decides: with one of these words, the jail is so anyway. */
static const struct {
	const char *name;
	const char *words[4];
	const char *otherwise; /* NULL: what the table of foreign keys says */
} decided[] = {
	{"mount.devfs", {"", "true", "1"}, NULL},
	{"mount.fdescfs", {"", "true", "1"}, NULL},
	{"mount.procfs", {"", "true", "1"}, NULL},
	{"devfs_ruleset", {"4", "4100"}, "its devices are seven harmless ones"},
	{"enforce_statfs", {"2"}, NULL},
	{"children.max", {"0"}, NULL},
	{"sysvmsg", {"new", "disable"}, NULL},
	{"sysvsem", {"new", "disable"}, NULL},
	{"ip4", {"disable", "new"}, "a jail never has the host's addresses"},
	{"ip6", {"disable", "new"}, "a jail never has the host's addresses"},
	{"vnet", {"", "new"}, "a jail never has the host's network stack"},
	{"persist", {"", "true", "1"}, NULL},
	{"exec.clean", {"", "true", "1"}, "the environment is built from nothing, always"},
	{"allow.reserved_ports", {"", "true", "1"}, "a jail may use its low ports"},
};

static const char *
decided_fate(const struct param *p, bool *ret_found)
{
	for (size_t i = 0; i < sizeof(decided) / sizeof(decided[0]); i++) {
		if (strcmp(decided[i].name, p->name) != 0)
			continue;
		*ret_found = true;
		if (is_one_of(literal(p), decided[i].words))
			return so_anyway;
		return decided[i].otherwise != NULL ? decided[i].otherwise : foreign_find(p->name)->reason;
	}
	return NULL;
}

static const char *
allow_fate(const struct param *p)
{
	static const char *const no[] = {"false", "0", NULL};
	const char *last = strrchr(p->name, '.') + 1, *value = literal(p);

	if (is_one_of(value, no) || (str_has_prefix(last, "no") && p->nvalues == 0))
		return so_anyway;
	return foreign_find("allow.")->reason;
}

/* Keys that mean something else here, or of which more can be said. */
static const struct {
	const char *name, *reason;
} told[] = {
	{"mount.fstab", "warder adopt fstab reads it, and finds the base"},
	{"exec.jail_user", "there it is who runs exec.start, here who runs exec.service"},
	{"osrelease", "a jail's system is what its base says; the kernel's answer stays the kernel's"},
	{"securelevel", so_anyway},
};

static const char *
fate(struct adoption *ad, const struct block *b, const struct param *p)
{
	const struct key_row *row = key_find(p->name, WHERE_JAIL);
	const struct foreign_key *foreign = foreign_find(p->name);
	bool found = false;
	const char *reason = decided_fate(p, &found);

	if (found)
		return reason;
	if (strcmp(p->name, "mount.fstab") == 0 && ad->only != NULL)
		return so_anyway;
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if (strcmp(told[i].name, p->name) == 0)
			return told[i].reason;
	if (strcmp(p->name, "sysvshm") == 0 && is_one_of(literal(p), (const char *const[]){"inherit", NULL}))
		return "a jail never has the host's";
	if (strcmp(p->name, "path") == 0)
		return ad->only != NULL ? thin_path_fate(ad, p) : path_fate(ad, b, p);
	if (str_has_prefix(p->name, "allow."))
		return allow_fate(p);
	if (strcmp(p->name, "ip4.addr") == 0 || strcmp(p->name, "ip6.addr") == 0)
		return address_fate(p, p->name[2] == '4' ? 4 : 6);
	if (row != NULL && row->type != &type_refused)
		return NULL;
	return foreign != NULL ? foreign->reason : "there is no such key here";
}

/* ---- writing ---- */

/* A variable that is none of the file's own is the value of a key, which ours cannot be asked for. */
static const char *
foreign_variable(const struct adoption *ad, const struct param *p)
{
	for (size_t i = 0; i < p->nvalues; i++)
		for (size_t k = 0; k < p->values[i].n; k++) {
			const struct piece *piece = &p->values[i].v[k];

			if (piece->is_var && strcmp(piece->text, "name") != 0 && !strv_has(&ad->variables, piece->text))
				return piece->text;
		}
	return NULL;
}

static void
write_word(struct adoption *ad, const struct word *w)
{
	str_auto text = {0};

	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].is_var)
			str_addf(&text, "${%s}", w->v[i].text);
		else
			for (const char *s = w->v[i].text; *s != '\0'; s++)
				str_addf(&text, strchr("\"\\$", *s) != NULL ? "\\%c" : "%c", *s);
	str_addf(&ad->out, "\"%s\"", str_text(&text));
}

static void
write_param(struct adoption *ad, const char *indent, const struct param *p)
{
	str_addf(&ad->out, "%s%s%s", indent, p->is_var ? "$" : "", p->name);
	for (size_t i = 0; i < p->nvalues; i++) {
		str_add(&ad->out, i > 0 ? ", " : p->append ? " += " : " = ");
		write_word(ad, &p->values[i]);
	}
	str_add(&ad->out, ";\n");
}

static void
take_param(struct adoption *ad, const char *indent, const struct block *b, const struct param *p)
{
	const char *reason = p->is_var ? NULL : fate(ad, b, p);
	const char *variable = foreign_variable(ad, p);

	if (reason == so_anyway)
		return;
	if (reason == NULL && variable != NULL)
		reason = arena_printf(ad->a, "%.60s is no variable of this file's, and keys are none here", variable);
	if (reason != NULL)
		adopt_fault(ad->a, ad->r, &p->at, p->name, "%s", reason);
	else
		write_param(ad, indent, p);
}

static void
take_block(struct adoption *ad, const struct block *b)
{
	const char *indent = b->kind == BLOCK_TOP ? "" : "\t";

	if (b->kind == BLOCK_BASE || (b->kind == BLOCK_JAIL && !name_is_valid(b->name))) {
		adopt_fault(ad->a, ad->r, &b->at, b->name, "it cannot be the name of a jail");
		return;
	}
	if (b->kind != BLOCK_TOP)
		str_addf(&ad->out, "\n%s {\n", b->kind == BLOCK_WILDCARD ? "*" : b->name);
	for (size_t i = 0; i < b->nparams; i++)
		take_param(ad, indent, b, &b->params[i]);
	if (b->kind != BLOCK_TOP)
		str_add(&ad->out, "}\n");
}

static void
find_variables(struct adoption *ad)
{
	for (size_t i = 0; i < ad->t->nblocks; i++)
		for (size_t k = 0; k < ad->t->blocks[i].nparams; k++)
			if (ad->t->blocks[i].params[k].is_var)
				strv_add(ad->a, &ad->variables, ad->t->blocks[i].params[k].name);
}

static int
adopt(const char *file, const char *text, size_t len, struct arena *a, struct adopted *ret, struct err *e)
{
	struct adopted r = {0};
	struct tree t = {.a = a};
	struct adoption ad = {.a = a, .r = &r, .t = &t};
	str_auto all = {0};

	if (tree_read(&t, file, text, len, e) == -1)
		return -1;
	if (t.njails == 0)
		return err_set(e, ERR_CONFIG, "adopt jail.conf", file, "there is no jail in it");
	find_variables(&ad);
	for (size_t i = 0; i < t.nblocks; i++)
		take_block(&ad, &t.blocks[i]);
	if (ad.root != NULL) {
		str_add(&all, "root = ");
		adopt_quote(&all, ad.root);
		str_add(&all, ";\n");
	}
	str_addf(&all, "# Which base a jail uses has to be added: base = NAME; warder adopt fstab finds it.\n%s",
		str_text(&ad.out));
	str_done(&ad.out);
	r.text = arena_strdup(a, str_text(&all));
	adopt_sort(&r, 0);
	*ret = r;
	return 0;
}

/* What the configuration would refuse is a fault, so that the rest can be used. */
static void
take_checked(struct adoption *ad, struct thin *thin, const struct block *b, const struct param *p)
{
	size_t before = ad->out.len;
	const char *so_far = arena_strdup(ad->a, str_text(&ad->out));

	take_param(ad, "\t", b, p);
	if (ad->out.len == before || thin_accepts(thin, &p->at, b->name, so_far, p->name, ad->out.s + before))
		return;
	ad->out.len = before;
	ad->out.s[before] = '\0';
}

int
jail_conf_one(struct thin *thin, const struct adopt_text *f, struct jail_conf_block *b, struct str *out, struct err *e)
{
	struct tree t = {.a = thin->a};
	struct adoption ad = {.a = thin->a, .r = thin->r, .t = &t, .only = b};

	if (tree_read(&t, f->file, f->text, f->len, e) == -1)
		return -1;
	find_variables(&ad);
	for (size_t i = 0; i < t.nblocks; i++) {
		const struct block *block = &t.blocks[i];
		bool wanted = block->kind == BLOCK_JAIL && strcmp(block->name, b->name) == 0;

		for (size_t k = 0; k < block->nparams && wanted; k++)
			take_checked(&ad, thin, block, &block->params[k]);
		if (wanted)
			b->at = block->at;
		else if (block->kind != BLOCK_TOP)
			adopt_fault(ad.a, ad.r, &block->at, block->name, "it is not the jail of this directory");
		else if (block->nparams > 0)
			adopt_fault(ad.a, ad.r, &block->params[0].at, block->params[0].name,
				"it stands outside of the jail");
	}
	str_add(out, str_text(&ad.out));
	str_done(&ad.out);
	return 0;
}

const struct adopter adopt_jail_conf = {.name = "jail.conf", .adopt = adopt};
