/*
 * The fuzzer's promises, held against its corpus and against what a random hand makes of it; no clang needed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../fuzz/fuzz_config.h"
#include "golden.h"

/* What adopt refuses has none. */
static bool
needs_none(struct golden *g)
{
	return golden_find(g, "said") != NULL;
}

static bool
replay(struct golden *g)
{
	const struct golden_section *config = golden_find(g, "config");

	if (config)
		fuzz_config(config->text, config->len);
	return config != NULL || needs_none(g);
}

/* A small generator with a fixed seed: the same inputs at each run. */
static uint32_t
next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	return *state ^= *state << 5;
}

static bool
replay_damaged(struct golden *g)
{
	static const char bytes[] = "{};=,+\"'$\\*/# \n\0\xff"
				    "a0.-";
	const struct golden_section *config = golden_find(g, "config");
	uint32_t state = 2463534242u;

	if (!config || !config->len)
		return config != NULL || needs_none(g);
	for (unsigned round = 0; round < 40; round++) {
		char *copy = malloc(config->len);
		const size_t len = round % 4 ? config->len : next_random(&state) % config->len;

		assert_non_null(copy);
		memcpy(copy, config->text, config->len);
		for (unsigned n = round % 3; n > 0; n--)
			copy[next_random(&state) % config->len] = bytes[next_random(&state) % (sizeof(bytes) - 1)];
		fuzz_config(copy, len);
		free(copy);
	}
	return true;
}

static void
every_golden_case_keeps_the_fuzzers_promises(void **state)
{
	size_t ncases = 0;

	assert_int_equal(golden_walk("*.case", replay, &ncases), 0);
	assert_true(ncases > 50);
}

static void
damaged_cases_keep_them_too(void **state)
{
	size_t ncases = 0;

	assert_int_equal(golden_walk("*.case", replay_damaged, &ncases), 0);
	assert_true(ncases > 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_golden_case_keeps_the_fuzzers_promises),
		cmocka_unit_test(damaged_cases_keep_them_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
