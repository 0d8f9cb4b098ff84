/*
 * Rights as text and back: one row for each kind of step that is a right.  Nothing is left to a default when they are
 * read: a text that lacks its last entry, or says nothing of capabilities or filter, is refused.
 */
#include "run/linux/rights.h"

#include <inttypes.h>
#include <string.h>

#include "run/brief.h"
#include "seccomp/filter.h"

static const char environment_word[] = "environment", end_word[] = "end";

static void
print_rlimit(const struct op *o, struct str *out)
{
	str_addf(out, " %s %" PRIu64 " %" PRIu64, o->u.rlimit.name, o->u.rlimit.soft, o->u.rlimit.hard);
}

static void
print_landlock(const struct op *o, struct str *out)
{
	str_addf(out, " %u %s", o->u.landlock.rights, o->u.landlock.path);
}

static void
print_nothing(const struct op *o, struct str *out)
{
}

static void
print_caps(const struct op *o, struct str *out)
{
	str_addf(out, " %" PRIu64, o->u.caps);
}

static void
print_seccomp(const struct op *o, struct str *out)
{
	str_addf(out, " %s", o->u.seccomp);
}

static int
number(const char *text, uint64_t max, uint64_t *ret)
{
	return text != NULL ? str_to_u64(text, max, ret) : -1;
}

static int
parse_rlimit(char *rest, struct op *o)
{
	o->u.rlimit.name = strsep(&rest, " ");
	if (o->u.rlimit.name == NULL || brief_rlimit_number(o->u.rlimit.name) < 0 ||
		number(strsep(&rest, " "), UINT64_MAX, &o->u.rlimit.soft) < 0)
		return -1;
	return number(rest, UINT64_MAX, &o->u.rlimit.hard);
}

static int
parse_landlock(char *rest, struct op *o)
{
	uint64_t rights;

	if (number(strsep(&rest, " "), RIGHT_EXECUTE | RIGHT_WRITE | RIGHT_DEVICE, &rights) < 0 || rest == NULL ||
		*rest != '/')
		return -1;
	o->u.landlock.rights = (unsigned)rights;
	o->u.landlock.path = rest;
	return 0;
}

static int
parse_nothing(char *rest, struct op *o)
{
	return rest == NULL ? 0 : -1;
}

static int
parse_caps(char *rest, struct op *o)
{
	return number(rest, UINT64_MAX, &o->u.caps);
}

static int
parse_seccomp(char *rest, struct op *o)
{
	o->u.seccomp = rest;
	return rest != NULL && filter_by_name(rest) != NULL ? 0 : -1;
}

static const struct row {
	enum op_kind kind;
	bool required; /* exactly once */
	void (*print)(const struct op *o, struct str *out);
	int (*parse)(char *rest, struct op *o);
} rows[] = {
	{OP_RLIMIT, false, print_rlimit, parse_rlimit},
	{OP_LANDLOCK, false, print_landlock, parse_landlock},
	{OP_SCOPE, false, print_nothing, parse_nothing},
	{OP_WX, false, print_nothing, parse_nothing},
	{OP_CAPS, true, print_caps, parse_caps},
	{OP_SECCOMP, true, print_seccomp, parse_seccomp},
};
enum { NROWS = sizeof(rows) / sizeof(rows[0]) };

void
rights_print(const struct plan *p, struct str *out)
{
	for (size_t i = 0; i < p->nops; i++)
		for (size_t k = 0; k < NROWS; k++)
			if (rows[k].kind == p->ops[i].kind) {
				str_add(out, op_kind_name(rows[k].kind));
				rows[k].print(&p->ops[i], out);
				str_addc(out, '\0');
			}
	for (size_t i = 0; i < p->jail->environment.n; i++) {
		str_addf(out, "%s %s", environment_word, p->jail->environment.v[i]);
		str_addc(out, '\0');
	}
	str_addn(out, end_word, sizeof(end_word));
}

/* One entry to a step of the plan, or to a variable of the jail. */
static int
parse_entry(char *entry, struct arena *a, struct plan *p, struct jail *j)
{
	char *rest = entry;
	const char *name = strsep(&rest, " ");

	if (strcmp(name, environment_word) == 0 && rest != NULL) {
		strv_add(a, &j->environment, rest);
		return 0;
	}
	for (size_t k = 0; k < NROWS; k++) {
		struct op o = {.kind = rows[k].kind};

		if (strcmp(name, op_kind_name(rows[k].kind)) != 0)
			continue;
		if (rows[k].parse(rest, &o) < 0)
			return -1;
		p->ops = arena_grow(a, p->ops, p->nops, sizeof(*p->ops));
		p->ops[p->nops++] = o;
		return 0;
	}
	return -1;
}

static bool
is_complete(const struct plan *p)
{
	for (size_t k = 0; k < NROWS; k++) {
		size_t n = 0;

		for (size_t i = 0; i < p->nops; i++)
			n += p->ops[i].kind == rows[k].kind;
		if (rows[k].required && n != 1)
			return false;
	}
	return true;
}

int
rights_parse(const char *text, size_t len, const char *jail, struct arena *a, struct plan *ret, struct err *e)
{
	struct jail *j = arena_alloc(a, sizeof(*j));
	struct plan p = {.jail = j};
	char *copy = arena_alloc(a, len + 1), *entry = copy;

	memcpy(copy, text, len);
	j->name = jail;
	while (entry < copy + len && strcmp(entry, end_word) != 0) {
		char *next = entry + strlen(entry) + 1;

		if (parse_entry(entry, a, &p, j) < 0)
			break;
		entry = next;
	}
	if (entry + sizeof(end_word) != copy + len || strcmp(entry, end_word) != 0 || !is_complete(&p)) {
		err_set(e, ERR_FAILED, "read rights of", jail, "they are not as this warder writes them");
		return err_hint(e, "warder restart %s", jail);
	}
	*ret = p;
	return 0;
}
