/* base/arena: memory that is freed at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void
memory_is_zeroed_and_aligned(void **state)
{
	struct arena a = {0};
	for (size_t size = 1; size < 9000; size = size * 3 + 1) {
		unsigned char *p = arena_alloc(&a, size);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
	}
	arena_done(&a);
	assert_null(a.head);
}

static void
copies_are_terminated(void **state)
{
	struct arena a = {0};
	assert_string_equal(arena_strdup(&a, ""), "");
	assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
	assert_string_equal(arena_strndup(&a, "ab", 100), "ab");
	assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
	arena_done(&a);
}

static void
a_growing_array_keeps_its_elements(void **state)
{
	struct arena a = {0};
	unsigned *v = NULL;
	for (unsigned n = 0; n < 10000; n++) {
		v = arena_grow(&a, v, n, sizeof(*v));
		v[n] = n;
	}
	for (unsigned n = 0; n < 10000; n++)
		assert_int_equal(v[n], n);
	arena_done(&a);
}

static void
a_list_always_ends_in_null(void **state)
{
	struct arena a = {0};
	struct strv l = {0};
	assert_false(strv_has(&l, "x"));
	for (size_t i = 0; i < 100; i++) {
		strv_add(&a, &l, arena_printf(&a, "s%zu", i));
		assert_int_equal(l.n, i + 1);
		assert_null(l.v[l.n]);
	}
	assert_true(strv_has(&l, "s0"));
	assert_true(strv_has(&l, "s99"));
	assert_false(strv_has(&l, "s100"));
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(copies_are_terminated),
		cmocka_unit_test(a_growing_array_keeps_its_elements),
		cmocka_unit_test(a_list_always_ends_in_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
