/* store/verify: what a quick verification remembers is believed only where it is whole, and the pool judges each file.
 */
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/tree.h"
#include "store/verify_pool.h"
#include "store/verify_quick.h"

enum { FILES = 40, ENTRIES = FILES + 2 };
static const char hash[SHA256_HEX] = "1111111111111111111111111111111111111111111111111111111111111111";
static const char other[SHA256_HEX] = "2111111111111111111111111111111111111111111111111111111111111111";

struct scene {
	char top[40];
	int dir, tree;
};

static void
file_make(int dir, const char *name, const char *text)
{
	fd_auto fd = openat(dir, name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void
scene_make(struct scene *s)
{
	char name[32];
	strcpy(s->top, "/tmp/warder-unit-XXXXXX");
	assert_non_null(mkdtemp(s->top));
	s->dir = open(s->top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(s->dir, "tree", 0755), 0);
	s->tree = openat(s->dir, "tree", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(s->tree, "sub", 0755), 0);
	for (unsigned i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "%s%02u", i % 2 ? "sub/f" : "f", i);
		file_make(s->tree, name, name);
	}
}

static void
scene_remove(struct scene *s)
{
	struct err e = {0};
	fd_auto tmp = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd_close(&s->dir);
	fd_close(&s->tree);
	assert_int_equal(tree_remove(tmp, s->top + strlen("/tmp/"), &e), 0);
}

static void
remember(const struct scene *s, bool good)
{
	struct quick_writer q = {0};
	seal_walk_auto w = {0};
	struct err e = {0};
	quick_begin(&q, s->dir, hash);
	assert_non_null(q.f);
	assert_int_equal(seal_walk_open(&w, s->tree, "test", NULL, &e), 0);
	while (seal_walk_next(&w, &e) > 0)
		quick_add(&q, &w);
	quick_end(&q, s->dir, "1.quick", good);
}

/* How many entries are as they were; -1: there is no memory of that manifest. */
static int
same(const struct scene *s, const char *manifest)
{
	struct quick_reader r = {0};
	seal_walk_auto w = {0};
	struct err e = {0};
	int n = 0;
	if (!quick_open(&r, s->dir, "1.quick", manifest))
		return -1;
	assert_int_equal(seal_walk_open(&w, s->tree, "test", NULL, &e), 0);
	while (seal_walk_next(&w, &e) > 0)
		n += quick_is_same(&r, &w);
	quick_close(&r);
	return n;
}

/* Older than what is too young to be trusted. */
static void
settle(void)
{
	const struct timespec t = {2, 200000000};
	nanosleep(&t, NULL);
}

static char *
record_read(const struct scene *s, size_t *ret_len)
{
	struct stat st;
	fd_auto fd = openat(s->dir, "1.quick", O_RDONLY | O_CLOEXEC);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	char *text = malloc((size_t)st.st_size);
	*ret_len = (size_t)st.st_size;
	assert_int_equal(read(fd, text, *ret_len), st.st_size);
	return text;
}

static void
record_write(const struct scene *s, const char *text, size_t len)
{
	fd_auto fd = openat(s->dir, "1.quick", O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
}

static void
only_what_is_as_it_was_is_the_same(void **state)
{
	struct scene s;
	scene_make(&s);
	remember(&s, true);
	assert_int_equal(same(&s, hash), 0); /* changed in the moments before: the clock may stand still */
	settle();
	remember(&s, true);
	assert_int_equal(same(&s, hash), ENTRIES);
	assert_int_equal(same(&s, other), -1);
	assert_int_equal(fchmodat(s.tree, "f00", 0600, 0), 0);
	assert_int_equal(same(&s, hash), ENTRIES - 1);
	file_make(s.tree, "f02", "F02");
	assert_int_equal(same(&s, hash), ENTRIES - 2);
	const struct timespec times[2] = {{1, 0}, {1, 0}};
	assert_int_equal(utimensat(s.tree, "sub/f01", times, 0), 0);
	assert_int_equal(same(&s, hash), ENTRIES - 3);
	/* The clock goes back: what was changed "later" than now is too young. */
	remember(&s, true);
	assert_int_equal(same(&s, hash), ENTRIES - 3);
	remember(&s, false);
	assert_int_equal(same(&s, hash), -1);
	scene_remove(&s);
}

static void
a_record_that_is_torn_or_of_another_version_is_not_believed(void **state)
{
	struct scene s;
	size_t len;
	scene_make(&s);
	settle();
	remember(&s, true);
	char *text = record_read(&s, &len);
	const size_t head = strlen("warder quick 1\n") + SHA256_HEX;
	int last = -1, unnoticed = 0;
	for (size_t n = 0; n < len; n += 5) {
		record_write(&s, text, n);
		int now = same(&s, hash);
		assert_true(n < head ? now == -1 : now >= last && now < ENTRIES);
		last = now;
	}
	for (size_t i = 0; i < len; i++) {
		text[i] ^= 1;
		record_write(&s, text, len);
		int now = same(&s, hash);
		assert_true(i < head ? now == -1 : now <= ENTRIES);
		unnoticed += now == ENTRIES;
		text[i] ^= 1;
	}
	/* What pads each record to a multiple of eight. */
	assert_int_equal(unnoticed, 4 * ENTRIES);
	record_write(&s, text, len);
	assert_int_equal(same(&s, hash), ENTRIES);
	free(text);
	scene_remove(&s);
}

/* ---- the pool ---- */

struct judged {
	unsigned n, extra, differ;
};

static void
judge(void *arg, const struct seal_entry *expected, const struct seal_entry *found)
{
	struct judged *j = arg;
	char digest[SHA256_HEX], want[SHA256_HEX];
	__atomic_fetch_add(&j->n, 1, __ATOMIC_RELAXED);
	if (!expected) {
		__atomic_fetch_add(&j->extra, 1, __ATOMIC_RELAXED);
		return;
	}
	sha256_of(found->path, strlen(found->path), want);
	sha256_hex(found->sha256, digest);
	if (strcmp(expected->path, found->path) != 0 || strcmp(digest, want) != 0)
		__atomic_fetch_add(&j->differ, 1, __ATOMIC_RELAXED);
}

/* vanish: a file that goes between the walk and the reading, or NULL. */
static int
pool_run(const struct scene *s, unsigned threads, const char *vanish, struct judged *ret, struct err *e)
{
	struct verify_pool *p = verify_pool_new(threads, judge, ret);
	seal_walk_auto w = {0};
	unsigned n = 0;
	assert_int_equal(seal_walk_open(&w, s->tree, "test", NULL, e), 0);
	while (seal_walk_next(&w, e) > 0) {
		const struct seal_entry expected = {.path = str_text(&w.path), .type = SEAL_FILE};
		if (strstr(str_text(&w.path), "f") == NULL)
			continue;
		if (vanish && strcmp(str_text(&w.path), vanish) == 0)
			assert_int_equal(unlinkat(s->tree, vanish, 0), 0);
		if (verify_pool_put(p, &w, n++ % 10 == 9 ? NULL : &expected) < 0)
			break;
	}
	return verify_pool_end(p, e);
}

static void
each_file_is_judged_once_with_any_number_of_threads(void **state)
{
	static const unsigned threads[] = {0, 1, 2, 7, 64};
	struct scene s;
	scene_make(&s);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		struct judged j = {0};
		struct err e = {0};
		assert_int_equal(pool_run(&s, threads[i], NULL, &j, &e), 0);
		assert_int_equal(j.n, FILES);
		assert_int_equal(j.extra, FILES / 10);
		assert_int_equal(j.differ, 0);
	}
	scene_remove(&s);
}

static void
what_cannot_be_read_is_the_pools_error(void **state)
{
	static const unsigned threads[] = {1, 2, 7};
	struct scene s;
	scene_make(&s);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		struct judged j = {0};
		struct err e = {0};
		file_make(s.tree, "f20", "f20");
		assert_int_equal(pool_run(&s, threads[i], "f20", &j, &e), -1);
		assert_string_equal(e.subject, "f20");
		assert_true(j.n < FILES);
	}
	scene_remove(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_as_it_was_is_the_same),
		cmocka_unit_test(a_record_that_is_torn_or_of_another_version_is_not_believed),
		cmocka_unit_test(each_file_is_judged_once_with_any_number_of_threads),
		cmocka_unit_test(what_cannot_be_read_is_the_pools_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
