/*
 * The promises of the fuzzer of manifests, held against its seeds and against what a random hand makes of them; no
 * clang needed.
 */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>

#include "../fuzz/fuzz_manifest.h"
#include "base/file.h"

static uint32_t
next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	return *state ^= *state << 5;
}

/* Bytes, and pieces of lines put elsewhere. */
static void
damage(char *copy, size_t len, uint32_t *state)
{
	static const char bytes[] = "\\/#=. \t\n\0\xff"
				    "0sM-^,ad";
	size_t from = next_random(state) % len, to = next_random(state) % len;
	size_t most = len - (from > to ? from : to), n = next_random(state) % 24;

	if (next_random(state) % 2)
		memmove(copy + to, copy + from, n < most ? n : most);
	else
		copy[to] = bytes[next_random(state) % (sizeof(bytes) - 1)];
}

static void
replay(const char *text, size_t len)
{
	uint32_t state = 2463534242u;

	fuzz_manifest(text, len);
	for (unsigned round = 0; round < 2000; round++) {
		char *copy = malloc(len);
		assert_non_null(copy);
		memcpy(copy, text, len);
		for (unsigned n = round % 4; n > 0; n--)
			damage(copy, len, &state);
		fuzz_manifest(copy, round % 4 == 0 ? next_random(&state) % len : len);
		free(copy);
	}
}

static void
every_seed_holds_whole_cut_and_damaged(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	unsigned n = 0;
	int dir = open(TESTS_DIR "/fuzz/manifests", O_RDONLY | O_DIRECTORY);
	DIR *d = fdopendir(dir);
	assert_non_null(d);
	for (struct dirent *at; (at = readdir(d));) {
		char *text;
		size_t len;
		if (at->d_name[0] == '.')
			continue;
		assert_int_equal(file_read(dir, at->d_name, 1 << 20, &a, &text, &len, &e), 0);
		struct mtree m;
		assert_int_equal(mtree_parse(text, len, at->d_name, &a, &m, &e), 0);
		replay(text, len);
		n++;
	}
	assert_true(n >= 7);
	closedir(d);
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_seed_holds_whole_cut_and_damaged)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
