/*
 * One row for each kind of entry.
 */
#include "run/freebsd/keep.h"

#include <inttypes.h>
#include <string.h>

static const char end_word[] = "end";

static void
entry(struct str *out, const char *word, const char *value)
{
	str_addf(out, "%s %s", word, value);
	str_addc(out, '\0');
}

static void
print_words(struct str *out, const char *word, const struct strv *words)
{
	str_add(out, word);
	for (size_t i = 0; i < words->n; i++)
		str_addf(out, " %s", words->v[i]);
	str_addc(out, '\0');
}

static const char *
text_of(const struct fbsd_args *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].name, name) == 0)
			return l->v[i].text;
	return "";
}

static void
print_step(const struct fbsd_step *s, struct str *out)
{
	switch (s->kind) {
	case FBSD_LIMIT:
		entry(out, "limit", s->filter);
		break;
	case FBSD_ADDRESS:
		if (s->undo.n > 0)
			print_words(out, "address", &s->undo);
		break;
	case FBSD_ANCHOR:
		entry(out, "state", s->root);
		entry(out, "anchor", s->path);
		break;
	case FBSD_JAIL:
		entry(out, "jail", text_of(&s->args, "name"));
		entry(out, "view", text_of(&s->args, "path"));
		break;
	case FBSD_RLIMIT:
		str_addf(out, "rlimit %s %" PRIu64 " %" PRIu64, s->op->u.rlimit.name, s->op->u.rlimit.soft,
			s->op->u.rlimit.hard);
		str_addc(out, '\0');
		break;
	default:
		break;
	}
}

void
fbsd_keep_print(const struct plan *p, const struct fbsd_plan *f, struct str *out)
{
	for (size_t i = 0; i < f->nsteps; i++)
		print_step(&f->steps[i], out);
	for (size_t i = 0; i < p->jail->environment.n; i++)
		entry(out, "environment", p->jail->environment.v[i]);
	str_addn(out, end_word, sizeof(end_word));
}

struct reading {
	struct arena *a;
	struct fbsd_keep *keep;
	struct jail *jail;
};

static int
read_limit(struct reading *r, char *rest)
{
	strv_add(r->a, &r->keep->limits, rest);
	return 0;
}

static int
read_address(struct reading *r, char *rest)
{
	struct fbsd_keep *k = r->keep;
	struct strv words = {0};

	for (char *word; (word = strsep(&rest, " ")) != NULL;)
		strv_add(r->a, &words, word);
	k->addresses = arena_grow(r->a, k->addresses, k->naddresses, sizeof(*k->addresses));
	k->addresses[k->naddresses++] = words;
	return words.n > 0 && words.v[0][0] == '/' ? 0 : -1;
}

static int
read_path(const char **at, const char *rest)
{
	*at = rest;
	return *rest == '/' ? 0 : -1;
}

static int
read_state(struct reading *r, char *rest)
{
	return read_path(&r->keep->state, rest);
}

static int
read_anchor(struct reading *r, char *rest)
{
	strv_add(r->a, &r->keep->anchors, rest);
	return r->keep->state != NULL ? 0 : -1;
}

static int
read_jail(struct reading *r, char *rest)
{
	r->keep->jail = rest;
	return *rest != '\0' ? 0 : -1;
}

static int
read_view(struct reading *r, char *rest)
{
	return read_path(&r->keep->view, rest);
}

static int
read_rlimit(struct reading *r, char *rest)
{
	struct plan *p = &r->keep->plan;
	struct op o = {.kind = OP_RLIMIT, .u.rlimit.name = strsep(&rest, " ")};
	const char *soft = strsep(&rest, " ");

	if (soft == NULL || rest == NULL || str_to_u64(soft, UINT64_MAX, &o.u.rlimit.soft) < 0 ||
		str_to_u64(rest, UINT64_MAX, &o.u.rlimit.hard) < 0)
		return -1;
	p->ops = arena_grow(r->a, p->ops, p->nops, sizeof(*p->ops));
	p->ops[p->nops++] = o;
	return 0;
}

static int
read_environment(struct reading *r, char *rest)
{
	strv_add(r->a, &r->jail->environment, rest);
	return 0;
}

static const struct {
	const char *word;
	int (*read)(struct reading *r, char *rest);
} rows[] = {
	{"limit", read_limit},
	{"address", read_address},
	{"state", read_state},
	{"anchor", read_anchor},
	{"jail", read_jail},
	{"view", read_view},
	{"rlimit", read_rlimit},
	{"environment", read_environment},
};

static int
read_entry(struct reading *r, char *text)
{
	char *rest = text;
	const char *word = strsep(&rest, " ");

	for (size_t i = 0; rest != NULL && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].word, word) == 0)
			return rows[i].read(r, rest);
	return -1;
}

int
fbsd_keep_parse(const char *text, size_t len, const char *jail, struct arena *a, struct fbsd_keep *ret, struct err *e)
{
	struct fbsd_keep k = {0};
	struct reading r = {a, &k, arena_alloc(a, sizeof(struct jail))};
	char *copy = arena_alloc(a, len + 1), *at = copy;

	memcpy(copy, text, len);
	r.jail->name = jail;
	k.plan.jail = r.jail;
	while (at < copy + len && strcmp(at, end_word) != 0) {
		char *next = at + strlen(at) + 1;

		if (read_entry(&r, at) < 0)
			break;
		at = next;
	}
	if (at + sizeof(end_word) != copy + len || strcmp(at, end_word) != 0 || k.jail == NULL || k.view == NULL)
		return err_set(e, ERR_FAILED, "read rights of", jail, "they are not as this warder writes them");
	*ret = k;
	return 0;
}
