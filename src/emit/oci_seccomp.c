/*
 * warder's filter in the OCI runtime specification's words.
 *
 * There a rule is a list of comparisons that must all hold, at most one for each argument, and rules of different
 * verdicts for one call have no order.  So a call that the policy looks at is allowed by rules that exclude each other,
 * each of bits that arguments must have (SCMP_CMP_MASKED_EQ); whatever no rule allows gets the default, ENOSYS.  Only
 * the low 32 bits are compared, as the kernel takes no more: SCMP_CMP_NE would be blind to a bit above them.
 */
#include <errno.h>
#include <string.h>

#include "emit/oci.h"
#include "seccomp/policy.h"

#if defined(__x86_64__)
#define ARCH "SCMP_ARCH_X86_64"
#elif defined(__aarch64__)
#define ARCH "SCMP_ARCH_AARCH64"
#else
#error "the name of this architecture is not known"
#endif

enum { NARGS = 6, WORD_BITS = 32 };

/* Arguments of which the masked bits have these values. */
struct cube {
	struct {
		uint32_t mask, value;
	} arg[NARGS];
};

struct walk {
	const struct policy_check *check;
	struct strv names;
	struct json *j;
};

static bool
is_listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *s = strstr(list, name); s != NULL; s = strstr(s + 1, name))
		if ((s == list || s[-1] == ' ') && s[len] == ' ')
			return true;
	return false;
}

static void
add_list(struct json *j, const char *list, const char *without)
{
	char name[64];

	for (const char *s = list; *s != '\0'; s += strspn(s, " ")) {
		size_t len = strcspn(s, " ");

		snprintf(name, sizeof(name), "%.*s", (int)len, s);
		if (!is_listed(without, name))
			json_string(j, NULL, name);
		s += len;
	}
}

static void
allow_cube(const struct walk *w, const struct cube *c)
{
	json_object(w->j, NULL);
	json_strings(w->j, "names", &w->names);
	json_string(w->j, "action", "SCMP_ACT_ALLOW");
	json_array(w->j, "args");
	for (unsigned i = 0; i < NARGS; i++) {
		if (c->arg[i].mask == 0)
			continue;
		json_object(w->j, NULL);
		json_uint(w->j, "index", i);
		json_uint(w->j, "value", c->arg[i].mask);
		json_uint(w->j, "valueTwo", c->arg[i].value);
		json_string(w->j, "op", "SCMP_CMP_MASKED_EQ");
		json_object_end(w->j);
	}
	json_array_end(w->j);
	json_object_end(w->j);
}

/* False if no argument can have both. */
static bool
narrow(struct cube *c, unsigned arg, uint32_t mask, uint32_t value)
{
	uint32_t both = c->arg[arg].mask & mask;

	if ((c->arg[arg].value & both) != (value & both))
		return false;
	c->arg[arg].mask |= mask;
	c->arg[arg].value |= value & mask;
	return true;
}

static void walk_from(const struct walk *w, size_t at, struct cube c);

/* What holds and what does not hold of "the masked bits are value", each handed on as cubes that exclude each other. */
static void
split(const struct walk *w, const struct cube *c, const struct policy_test *t, uint32_t value, size_t if_is,
	size_t if_not)
{
	struct cube is = *c, before = *c;

	if (narrow(&is, t->arg, t->mask, value))
		walk_from(w, if_is, is);
	for (unsigned bit = WORD_BITS; bit-- > 0;) { /* high bits first: values that are refused share them */
		uint32_t one = UINT32_C(1) << bit;
		struct cube differs = before;

		if (!(t->mask & one))
			continue;
		if (narrow(&differs, t->arg, one, ~value & one))
			walk_from(w, if_not, differs);
		if (!narrow(&before, t->arg, one, value & one))
			return;
	}
}

/* Verdicts as places to go on at: those that are not "go on" end the walk. */
enum { ALLOWED = 1000, REFUSED };

static size_t
place_of(unsigned verdict, size_t at)
{
	if (verdict >= POLICY_SKIP)
		return at + 1 + verdict - POLICY_SKIP;
	return verdict == POLICY_ALLOW ? ALLOWED : REFUSED;
}

static void
walk_from(const struct walk *w, size_t at, struct cube c)
{
	const struct policy_test *t = at < POLICY_MAX_TESTS ? &w->check->tests[at] : NULL;
	size_t then;

	if (at == ALLOWED || (at < ALLOWED && (t == NULL || t->mask == 0) && w->check->otherwise == POLICY_ALLOW))
		allow_cube(w, &c);
	if (at >= ALLOWED || t == NULL || t->mask == 0)
		return;
	then = place_of(t->verdict, at);
	switch (t->op) {
	case IF_ANY:
		split(w, &c, t, 0, at + 1, then);
		return;
	case IF_NONE:
		split(w, &c, t, 0, then, at + 1);
		return;
	case IF_IS:
		split(w, &c, t, t->value & t->mask, then, at + 1);
		return;
	default:
		split(w, &c, t, t->value & t->mask, at + 1, then);
	}
}

static void
checked_calls(const struct policy_variant *v, struct json *j)
{
	for (size_t i = 0; i < sizeof(policy_checks) / sizeof(policy_checks[0]); i++) {
		const char *names[POLICY_MAX_NAMES + 1] = {0};
		struct walk w = {.check = &policy_checks[i], .names = {names, 0}, .j = j};

		for (size_t k = 0; k < POLICY_MAX_NAMES && w.check->names[k] != NULL; k++)
			if (!is_listed(v->refused, w.check->names[k]))
				names[w.names.n++] = w.check->names[k];
		if (w.names.n > 0)
			walk_from(&w, 0, (struct cube){0});
	}
}

static const struct policy_variant *
find_variant(const char *name)
{
	for (size_t i = 0; i < sizeof(policy_variants) / sizeof(policy_variants[0]); i++)
		if (strcmp(policy_variants[i].name, name) == 0)
			return &policy_variants[i];
	return &policy_variants[0];
}

void
oci_seccomp(const struct plan *p, const char *key, struct json *j)
{
	static const char *arch[] = {ARCH, NULL};
	const struct policy_variant *v = find_variant(emit_find(p, OP_SECCOMP)->u.seccomp);

	json_object(j, key);
	json_string(j, "defaultAction", "SCMP_ACT_ERRNO");
	json_uint(j, "defaultErrnoRet", ENOSYS);
	json_strings(j, "architectures", &(struct strv){arch, 1});
	json_array(j, "syscalls");
	json_object(j, NULL);
	json_array(j, "names");
	add_list(j, policy_allowed, v->refused);
	json_array_end(j);
	json_string(j, "action", "SCMP_ACT_ALLOW");
	json_object_end(j);
	json_object(j, NULL);
	json_array(j, "names");
	add_list(j, policy_refused, "");
	add_list(j, v->refused, "");
	json_array_end(j);
	json_string(j, "action", "SCMP_ACT_ERRNO");
	json_uint(j, "errnoRet", EPERM);
	json_object_end(j);
	checked_calls(v, j);
	json_array_end(j);
	json_object_end(j);
}
