/* store/mtree: manifests of other programs, what each line comes to, and what is refused. */
#include "unit.h"

#include <sys/sysmacros.h>

#include "store/mtree.h"

#define ONES "1111111111111111111111111111111111111111111111111111111111111111"

static const struct mtree_entry *
find(const struct mtree *m, const char *path)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->v[i].v.path, path) == 0)
			return &m->v[i];
	return NULL;
}

static bool
says(const struct mtree_entry *v, enum seal_fact fact)
{
	return seal_says(&v->v, fact);
}

static struct mtree
parsed(const char *text, struct arena *a)
{
	struct mtree m = {0};
	struct err e = {0};
	int r = mtree_parse(text, strlen(text), "text", a, &m, &e);
	if (r < 0)
		err_print(stderr, &e, "test", NULL);
	assert_int_equal(r, 0);
	return m;
}

static void
names_nest_and_defaults_hold_until_they_are_unset(void **state)
{
	struct arena a = {0};
	struct mtree m = parsed("#mtree v2.0\n"
				"  # . \n"
				"/set type=file uid=1 mode=0644 nlink=1 flags=none\n"
				".   type=dir mode=0755 time=1.5\n"
				"    z   size=3 \\\n"
				"        sha256=" ONES "\n"
				"a-b\n"
				"a type=dir\n"
				"  c gid=7 md5=0 # a comment\n"
				"/unset uid mode\n"
				"  d type=dir\n"
				"    e\n"
				"  ..\n"
				"  f uid=9\n"
				"..\n"
				"./a/d/full type=link link=x\\040y mode=0700\n"
				"y\n"
				"..\n",
		&a);
	static const char *const order[] = {".", "a", "a/c", "a/d", "a/d/e", "a/d/full", "a/f", "a-b", "y", "z"};
	assert_int_equal(m.n, ARRAY_LEN(order));
	for (size_t i = 0; i < m.n; i++)
		assert_string_equal(m.v[i].v.path, order[i]);
	assert_int_equal(find(&m, "z")->v.size, 3);
	assert_int_equal(find(&m, "z")->v.sha256[31], 0x11);
	assert_int_equal(find(&m, "a/c")->v.gid, 7);
	assert_int_equal(find(&m, "a/c")->v.uid, 1);
	assert_false(says(find(&m, "a/d/e"), WORD_UID));
	assert_false(says(find(&m, "a/d/e"), WORD_MODE));
	assert_true(says(find(&m, "a/d/e"), WORD_NLINK));
	assert_int_equal(find(&m, "a/f")->v.uid, 9);
	assert_string_equal(find(&m, "a/d/full")->v.link, "x y");
	assert_false(says(find(&m, "a/d/full"), WORD_MODE));
	assert_int_equal(m.undigested, 5);
	assert_int_equal(m.npassed, 3);
	arena_done(&a);
}

static void
names_are_read_as_vis_writes_them(void **state)
{
	struct arena a = {0};
	static const struct {
		const char *text, *raw; /* NULL: refused */
	} rows[] = {
		{"plain", "plain"},
		{"a\\040b\\sc\\td\\n\\\\\\#\\0411", "a b c\td\n\\#!1"},
		{"\\M-C\\M-)\\M^?\\M-d\\^A\\^?\\M^@", "\303\251\377\344\001\177\200"},
		{"\\7x\\12y\\377", "\007x\ny\377"},
		{"[x]*?=\\*", "[x]*?=*"},
		{"\\a\\b\\f\\r\\v\\E", "\a\b\f\r\v\033"},
		{"a\\", NULL},
		{"\\0", NULL},
		{"\\000", NULL},
		{"\\400", NULL},
		{"\\M", NULL},
		{"\\M-", NULL},
		{"\\Mx", NULL},
		{"\\^", NULL},
		{"\\^a", NULL},
		{"\\^@", NULL},
		{"\\q", NULL},
		{"a#b", NULL},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *raw = mtree_name_parse(rows[i].text, &a);
		if (rows[i].raw == NULL) {
			assert_null(raw);
			continue;
		}
		assert_non_null(raw);
		assert_string_equal(raw, rows[i].raw);
	}
	arena_done(&a);
}

static void
of_one_name_the_last_entry_counts(void **state)
{
	struct arena a = {0};
	struct mtree m = parsed(". type=dir mode=0700\n./a type=file uid=1 size=3\n./a size=4\n. type=dir\n"
				"./b type=file optional\n./b nochange uid=4\n./c type=dir ignore\n"
				"./d type=dir nochange\n",
		&a);
	assert_int_equal(m.n, 5);
	assert_int_equal(find(&m, "a")->v.size, 4);
	assert_false(says(find(&m, "a"), WORD_UID));
	assert_false(says(find(&m, "."), WORD_MODE));
	assert_false(find(&m, "b")->optional);
	assert_false(says(find(&m, "b"), WORD_UID));
	assert_false(says(find(&m, "b"), WORD_TYPE));
	assert_true(says(find(&m, "d"), WORD_TYPE));
	assert_true(find(&m, "c")->ignored);
	arena_done(&a);
}

static void
devices_and_tags_are_compared_where_they_are_of_a_known_form(void **state)
{
	struct arena a = {0};
	struct mtree m =
		parsed("./a type=char device=native,1,3\n./b type=char device=linux,8,1\n./c type=block device=0x801\n"
		       "./d type=char device=259\n./e type=char device=bsdos,1,2,3\n"
		       "./f type=file tags=xattrs-" ONES "\n./g type=file tags=etc,base\n",
			&a);
	assert_int_equal(find(&m, "a")->v.device, makedev(1, 3));
	assert_int_equal(find(&m, "b")->v.device, makedev(8, 1));
	assert_int_equal(find(&m, "c")->v.device, makedev(8, 1));
	assert_int_equal(find(&m, "d")->v.device, 259);
	assert_false(says(find(&m, "e"), WORD_DEVICE));
	assert_true(says(find(&m, "f"), WORD_TAGS));
	assert_false(says(find(&m, "g"), WORD_TAGS));
	arena_done(&a);
}

/* What is unsaid is as it is found; what is said is not. */
static void
only_what_is_said_differs(void **state)
{
	struct arena a = {0};
	struct mtree m = parsed("./a type=file mode=0644\n./b mode=0644\n./l type=link\n", &a);
	const struct seal_entry file = {
		.path = "a", .type = SEAL_FILE, .mode = 0644, .uid = 4, .nlink = 3, .size = 9, .has_xattrs = true};
	const struct seal_entry dir = {.path = "b", .type = SEAL_DIR, .mode = 0644};
	const struct seal_entry link = {.path = "l", .type = SEAL_LINK, .mode = 0777, .link = "there"};
	struct seal_entry other = file;
	enum change_kind kind;
	assert_false(seal_entry_differs(&find(&m, "a")->v, &file, &kind));
	assert_false(seal_entry_differs(&find(&m, "b")->v, &file, &kind));
	assert_false(seal_entry_differs(&find(&m, "b")->v, &dir, &kind));
	assert_false(seal_entry_differs(&find(&m, "l")->v, &link, &kind));
	assert_true(seal_entry_differs(&find(&m, "a")->v, &dir, &kind));
	assert_int_equal(kind, CHANGE_CONTENT);
	assert_true(seal_entry_differs(&find(&m, "l")->v, &file, &kind));
	other.mode = 0600;
	assert_true(seal_entry_differs(&find(&m, "a")->v, &other, &kind));
	assert_int_equal(kind, CHANGE_RIGHTS);
	arena_done(&a);
}

static void
what_is_no_manifest_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"", "line 1: an empty manifest"},
		{"#mtree\n\n", "line 3: an empty manifest"},
		{"./a type=file\n./b type=frob\n", "line 2: a malformed value: type"},
		{"./a type=file \\\n size=3 \\\n sha256=12\n", "line 1: a malformed value: sha256"},
		{"./a mode=u=rw\n", "line 1: a malformed value: mode"},
		{"./a uid=-1\n", "line 1: a malformed value: uid"},
		{"./a frob=1\n", "line 1: an unknown keyword: frob"},
		{"./a frob\n", "line 1: an unknown keyword: frob"},
		{"./a type\n", "line 1: an unknown keyword: type"},
		{"/unset frob\n", "line 1: an unknown keyword: frob"},
		{"/sett type=file\n", "line 1: neither /set nor /unset"},
		{"/etc type=dir\n", "line 1: neither /set nor /unset"},
		{"./../a type=file\n", "line 1: not a path of the tree"},
		{"a/../../b type=file\n", "line 1: not a path of the tree"},
		{"\\056\\056/b type=file\n", "line 1: not a path of the tree"},
		{"./a//b type=file\n", "line 1: not a path of the tree"},
		{"./a/ type=dir\n", "line 1: not a path of the tree"},
		{"a type=file\n", "line 1: a name that is in no directory"},
		{". type=dir\n\\056\\056 type=dir\n", "line 2: not a name"},
		{". type=dir\na\\057b type=file\n", "line 2: not a name"},
		{". type=dir\n..\n..\n", "line 3: .. where there is no directory to leave"},
		{". type=dir\n..\na type=file\n", "line 3: a name that is in no directory"},
		{". type=dir\n.. type=dir\n", "line 2: words after .."},
		{". type=file\n", "line 1: the top is no directory"},
		{"./a/b type=file\n", "line 1: its directory is missing"},
		{"./a type=file\n./a/b type=file\n", "line 2: its directory is missing"},
		{"./a type=file\n./a type=dir\n", "line 2: it was named before, with another type"},
		{"./a type=link link=\n", "line 1: a malformed value: link"},
		{"./a type=file \\", "line 1: it is cut off"},
	};
	struct arena a = {0};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = {0};
		struct mtree m;
		int r = mtree_parse(rows[i].text, strlen(rows[i].text), "text", &a, &m, &e);
		if (r == 0 || strncmp(e.reason, rows[i].why, strlen(rows[i].why)) != 0)
			fail_msg("%s: %s", rows[i].text, r == 0 ? "taken" : e.reason);
		assert_int_equal(e.kind, ERR_FAILED);
	}
	struct err e = {0};
	struct mtree m;
	assert_int_equal(mtree_parse("./a\0b type=file\n", 17, "text", &a, &m, &e), -1);
	assert_string_equal(e.reason, "line 1: a byte 0");
	arena_done(&a);
}

/* The depth of a path and the length of a line are bounded, whatever the manifest says. */
static void
what_grows_without_end_is_refused(void **state)
{
	struct arena a = {0};
	struct mtree m;
	struct err e = {0};
	str_auto deep = {0}, line = {0};
	str_add(&deep, ". type=dir\n");
	for (unsigned i = 0; i < 3000; i++)
		str_add(&deep, "d type=dir\n");
	assert_int_equal(mtree_parse(deep.s, deep.len, "text", &a, &m, &e), -1);
	assert_string_equal(e.reason, "line 2050: a path is too long");
	str_add(&line, "./a type=file");
	for (unsigned i = 0; i < 10000; i++)
		str_add(&line, " \\\n size=1");
	assert_int_equal(mtree_parse(line.s, line.len, "text", &a, &m, &e), -1);
	assert_string_equal(e.reason, "line 1: a line is too long");
	arena_done(&a);
}

/* Short lines in a directory of a long name. */
static void
paths_longer_than_their_lines_are_bounded(void **state)
{
	struct arena a = {0};
	struct mtree m;
	struct err e;
	str_auto whole = {0};

	str_add(&whole, ". type=dir\n");
	for (unsigned i = 0; i < 4000; i++)
		str_addc(&whole, 'd');
	str_add(&whole, " type=dir\n");
	for (unsigned i = 0; i < MTREE_PATHS_MAX / 4000; i++)
		str_addf(&whole, "%u\n", i);
	assert_true(whole.len < 1 << 20);
	assert_int_equal(mtree_parse(whole.s, whole.len, "text", &a, &m, &e), -1);
	assert_non_null(strstr(e.reason, ": too many entries"));
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_nest_and_defaults_hold_until_they_are_unset),
		cmocka_unit_test(names_are_read_as_vis_writes_them),
		cmocka_unit_test(of_one_name_the_last_entry_counts),
		cmocka_unit_test(devices_and_tags_are_compared_where_they_are_of_a_known_form),
		cmocka_unit_test(only_what_is_said_differs),
		cmocka_unit_test(what_is_no_manifest_is_refused_with_its_line),
		cmocka_unit_test(what_grows_without_end_is_refused),
		cmocka_unit_test(paths_longer_than_their_lines_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
