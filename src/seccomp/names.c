/*
 * Owns the way from the policy's names to numbers and back, for those who measure what a filter lets through.
 */
#include <stdlib.h>
#include <string.h>

#include "seccomp/filter.h"
#include "seccomp/policy.h"

#define ARRAY_LEN(v) (sizeof(v) / sizeof((v)[0]))

/* Generated from the kernel's headers of the build. */
extern const struct syscall_name {
	const char *name;
	int nr;
} syscall_names[];

const char *
syscall_name(long nr)
{
	for (const struct syscall_name *s = syscall_names; s->name != NULL; s++)
		if (s->nr == nr)
			return s->name;
	for (size_t i = 0; i < ARRAY_LEN(policy_newer); i++)
		if (policy_newer[i].nr == nr)
			return policy_newer[i].name;
	return NULL;
}

static bool
has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = words; (at = strstr(at, word)) != NULL; at += n)
		if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

static void
add_words(const char *words, const char *without, struct arena *a, struct strv *ret)
{
	char *rest = arena_strdup(a, words);

	for (const char *word; (word = strsep(&rest, " ")) != NULL;)
		if (*word != '\0' && !has_word(without, word))
			strv_add(a, ret, word);
}

/* With some arguments at least. */
static void
add_checked(const char *without, struct arena *a, struct strv *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(policy_checks); i++)
		for (size_t k = 0; k < POLICY_MAX_NAMES && policy_checks[i].names[k] != NULL; k++)
			if (!has_word(without, policy_checks[i].names[k]))
				strv_add(a, ret, policy_checks[i].names[k]);
}

void
filter_allowed(const char *variant, struct arena *a, struct strv *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(policy_variants); i++) {
		const struct policy_variant *v = &policy_variants[i];

		if (strcmp(v->name, variant) != 0)
			continue;
		if (*v->only != '\0') {
			add_words(v->only, "", a, ret);
			return;
		}
		add_words(policy_allowed, v->refused, a, ret);
		add_checked(v->refused, a, ret);
		add_words(v->allowed, "", a, ret);
	}
}
