/*
 * The filter of a bundle against the policy that it is made of: for arguments around every value that the policy looks
 * at, some rule allows a call if and only if the policy does, and never more than one rule of those that exclude each
 * other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emit/oci.h"
#include "seccomp/policy.h"

enum { NARGS = 6, ROUNDS = 20000, RULES_MAX = 400 };

struct rule {
	char names[256]; /* what is inside the brackets; a copy, for the sanitizers look at whole strings */
	struct {
		uint64_t mask, value;
	} arg[NARGS];
};

static struct rule rules[RULES_MAX];
static size_t nrules;
static char *filter;

static void
make_filter(const char *variant)
{
	struct op op = {.kind = OP_SECCOMP, .u.seccomp = variant};
	struct plan p = {.ops = &op, .nops = 1};
	struct json j = {0};

	json_object(&j, NULL);
	oci_seccomp(&p, "seccomp", &j);
	json_object_end(&j);
	free(filter);
	filter = strdup(str_text(&j.out));
	json_done(&j);
}

/* Reads the rules with arguments, as json.c writes them. */
static void
read_rules(const char *variant)
{
	make_filter(variant);
	nrules = 0;
	for (char *s = strstr(filter, "\"names\":["); s; s = strstr(s + 1, "\"names\":[")) {
		char *next = strstr(s + 1, "\"names\":["), *at = strstr(s, "\"args\":[");
		struct rule *r = &rules[nrules];

		if (!at || (next && at > next))
			continue;
		assert_true(nrules < RULES_MAX);
		*r = (struct rule){0};
		s += strlen("\"names\":[");
		assert_true(strcspn(s, "]") < sizeof(r->names));
		memcpy(r->names, s, strcspn(s, "]"));
		assert_non_null(strstr(s, "\"action\":\"SCMP_ACT_ALLOW\""));
		for (at = strstr(at, "\"index\":"); at && (!next || at < next); at = strstr(at + 1, "\"index\":")) {
			unsigned index;
			unsigned long long mask, value;

			assert_int_equal(
				sscanf(at, "\"index\":%u,\"value\":%llu,\"valueTwo\":%llu", &index, &mask, &value), 3);
			assert_true(index < NARGS && r->arg[index].mask == 0 && mask != 0);
			r->arg[index].mask = mask;
			r->arg[index].value = value;
		}
		nrules++;
	}
}

static bool
has_name(const struct rule *r, const char *name)
{
	size_t len = strlen(name);

	for (const char *s = r->names; s; s = strchr(s + 1, '"'))
		if (*s == '"' && !strncmp(s + 1, name, len) && s[1 + len] == '"')
			return true;
	return false;
}

static unsigned
rules_that_allow(const char *name, const uint64_t *args)
{
	unsigned n = 0;

	for (size_t i = 0; i < nrules; i++) {
		bool holds = has_name(&rules[i], name);

		for (unsigned k = 0; k < NARGS && holds; k++)
			holds = (args[k] & rules[i].arg[k].mask) == rules[i].arg[k].value;
		n += holds;
	}
	return n;
}

/* policy.h's own words. */
static bool
policy_allows(const struct policy_check *c, const uint64_t *args)
{
	for (size_t i = 0; i < POLICY_MAX_TESTS && c->tests[i].mask; i++) {
		const struct policy_test *t = &c->tests[i];
		uint32_t a = (uint32_t)args[t->arg];
		bool holds = t->op == IF_ANY    ? (a & t->mask) != 0
			     : t->op == IF_NONE ? (a & t->mask) == 0
			     : t->op == IF_IS   ? (a & t->mask) == t->value
						: (a & t->mask) != t->value;

		if (!holds)
			continue;
		if (t->verdict < POLICY_SKIP)
			return t->verdict == POLICY_ALLOW;
		i += t->verdict - POLICY_SKIP;
	}
	return c->otherwise == POLICY_ALLOW;
}

static uint32_t
next_random(void)
{
	static uint32_t state = 2463534242u;

	state ^= state << 13;
	state ^= state >> 17;
	return state ^= state << 5;
}

/* A value that a test looks at, as it is or with a bit changed; or any. */
static uint64_t
around(const struct policy_check *c, unsigned arg)
{
	const struct policy_test *t = &c->tests[next_random() % POLICY_MAX_TESTS];
	uint64_t high = next_random() % 4 ? 0 : (uint64_t)next_random() << 32;
	uint32_t one = UINT32_C(1) << next_random() % 32;

	if (t->mask == 0 || t->arg != arg)
		return high | (next_random() % 2 ? next_random() : 0);
	switch (next_random() % 5) {
	case 0:
		return high | t->value;
	case 1:
		return high | (t->value ^ one);
	case 2:
		return high | (t->mask & next_random());
	case 3:
		return high | one;
	default:
		return high;
	}
}

static void
compare(const char *variant)
{
	read_rules(variant);
	for (size_t i = 0; i < sizeof(policy_checks) / sizeof(policy_checks[0]); i++)
		for (unsigned round = 0; round < ROUNDS; round++) {
			const struct policy_check *c = &policy_checks[i];
			uint64_t args[NARGS];
			unsigned n;

			for (unsigned k = 0; k < NARGS; k++)
				args[k] = around(c, k);
			n = rules_that_allow(c->names[0], args);
			if (!strcmp(c->names[0], "shmat") && !strcmp(variant, "no-memfd-shm"))
				assert_int_equal(n, 0);
			else if (n != (policy_allows(c, args) ? 1 : 0))
				fail_msg("%s(%#llx, %#llx, %#llx, %#llx): %u rules", c->names[0],
					(unsigned long long)args[0], (unsigned long long)args[1],
					(unsigned long long)args[2], (unsigned long long)args[3], n);
		}
}

static void
the_rules_of_a_bundle_allow_what_the_policy_allows(void **state)
{
	compare("no-memfd-shm");
	compare("no-memfd");
}

/* memfd_create is in the list that is refused, and in no list that is allowed. */
static void
what_a_variant_refuses_is_refused(void **state)
{
	const char *allowed, *refused;

	make_filter("no-memfd");
	allowed = strstr(filter, "\"names\":[");
	refused = strstr(allowed + 1, "\"names\":[");
	assert_non_null(strstr(refused, "\"memfd_create\""));
	assert_true(strstr(allowed, "\"memfd_create\"") > refused);
	assert_non_null(strstr(refused, "\"mount\""));
	assert_true(strstr(allowed, "\"read\"") < refused);
	free(filter);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rules_of_a_bundle_allow_what_the_policy_allows),
		cmocka_unit_test(what_a_variant_refuses_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
