/*
 * For the tests of seals: a tree's manifest, and that its text says all of it.
 */
#ifndef WARDER_TESTS_SEAL_TEST_H
#define WARDER_TESTS_SEAL_TEST_H

#include "unit.h"

#include "store/seal.h"

static inline struct seal
sealed(int dirfd, struct arena *a)
{
	struct seal s = {0};
	struct err e = {0};
	int made = seal_make(dirfd, NULL, NULL, a, &s, &e);
	if (made < 0)
		err_print(stderr, &e, "test", NULL);
	assert_int_equal(made, 0);
	return s;
}

/* Prints it, reads the text, and finds the same. */
static inline void
check_round_trip(const struct seal *s)
{
	struct arena a = {0};
	struct seal again = {0};
	struct delta d;
	struct err e = {0};
	str_auto text = {0}, text_again = {0};
	char hash[SHA256_HEX], want[SHA256_HEX];
	seal_print(s, &text);
	int parsed = seal_parse(text.s, text.len, "text", &a, &again, &e);
	if (parsed < 0)
		err_print(stderr, &e, "test", NULL);
	assert_int_equal(parsed, 0);
	assert_int_equal(again.n, s->n);
	seal_diff(s, &again, &a, &d);
	assert_int_equal(d.n, 0);
	seal_print(&again, &text_again);
	assert_string_equal(str_text(&text), str_text(&text_again));
	seal_hash(s, hash);
	sha256_of(text.s, text.len, want);
	assert_string_equal(hash, want);
	arena_done(&a);
}

#endif
