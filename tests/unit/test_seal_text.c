/* store/seal: a manifest is one text and back, and no other text is a manifest. */
#include "seal_test.h"

#include <sys/sysmacros.h>

static void
a_manifest_is_text_of_mtree(void **state)
{
	struct seal_entry v[] = {
		{.path = ".", .type = SEAL_DIR, .mode = 0755},
		{.path = "bin", .type = SEAL_DIR, .mode = 01777, .uid = 1, .gid = 4294967294, .has_xattrs = true},
		{.path = "bin/a b", .type = SEAL_FILE, .mode = 04755, .nlink = 2, .size = 12},
		{.path = "bin-x", .type = SEAL_LINK, .mode = 0777, .link = "../#\xff"},
		{.path = "null", .type = SEAL_CHAR, .mode = 0, .device = makedev(1, 3)},
		{.path = "s", .type = SEAL_SOCKET, .mode = 0600},
	};
	const struct seal s = {v, ARRAY_LEN(v)};
	str_auto text = {0};
	seal_print(&s, &text);
	assert_string_equal(str_text(&text),
		"#mtree\n"
		". type=dir mode=0755 uid=0 gid=0\n"
		"./bin type=dir mode=01777 uid=1 gid=4294967294 tags=xattrs-"
		"0000000000000000000000000000000000000000000000000000000000000000\n"
		"./bin/a\\040b type=file mode=04755 uid=0 gid=0 nlink=2 size=12 sha256digest="
		"0000000000000000000000000000000000000000000000000000000000000000\n"
		"./bin-x type=link mode=0777 uid=0 gid=0 link=../\\043\\377\n"
		"./null type=char mode=0 uid=0 gid=0 device=native,1,3\n"
		"./s type=socket mode=0600 uid=0 gid=0\n");
	check_round_trip(&s);
}

#define TOP "#mtree\n. type=dir mode=0755 uid=0 gid=0\n"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define REST " type=file mode=0644 uid=0 gid=0 nlink=1 size=0 sha256digest=" ZEROS "\n"
#define DIRECTORY " type=dir mode=0755 uid=0 gid=0\n"

static const struct text_row {
	const char *text, *why; /* why: NULL if it is taken */
} texts[] = {
	{TOP, NULL},
	{TOP "./a" REST, NULL},
	{TOP "./a type=file uname=root mode=0644 uid=0 gid=0 nlink=1 size=0 time=1.0 sha256digest=" ZEROS " md5=x\n",
		NULL},
	{TOP "./a" DIRECTORY "./a/b" REST "./a-b" REST, NULL},
	{"", "line 1: an empty manifest"},
	{"#mtree\n", "line 2: an empty manifest"},
	{"#mtree v2.0\n", "line 1: not a manifest"},
	{". type=dir mode=0755 uid=0 gid=0\n", "line 1: not a manifest"},
	{"#mtree\n./a" REST, "line 2: not the top"},
	{"#mtree\n. type=link mode=0777 uid=0 gid=0 link=x\n", "line 2: not the top"},
	{"#mtree\n. type=dir mode=0755 uid=0 gid=0", "line 2: it is cut off"},
	{TOP "\n", "line 3: not a path"},
	{TOP "# a comment\n", "line 3: not a path"},
	{TOP "/set type=file\n", "line 3: not a path"},
	{TOP "a" REST, "line 3: not a path"},
	{TOP "./" REST, "line 3: not a path"},
	{TOP "./.." REST, "line 3: not a path"},
	{TOP "./a/../b" REST, "line 3: not a path"},
	{TOP "./a//b" REST, "line 3: not a path"},
	{TOP "./a/" REST, "line 3: not a path"},
	{TOP "./." REST, "line 3: not a path"},
	{TOP "./a\\" REST, "line 3: a malformed escape"},
	{TOP "./a\\n" REST, "line 3: a malformed escape"},
	{TOP "./a\\000" REST, "line 3: a malformed escape"},
	{TOP "./a\\400" REST, "line 3: a malformed escape"},
	{TOP "./\\141" REST, "line 3: not as warder writes it"},
	{TOP "./\303\251" REST, "line 3: not as warder writes it"},
	{TOP "./a#" REST, "line 3: not as warder writes it"},
	{TOP "./a" REST "./a" REST, "line 4: out of order"},
	{TOP "./b" REST "./a" REST, "line 4: out of order"},
	{TOP "./a" DIRECTORY "./a-b" REST "./a/b" REST, "line 5: out of order"},
	{TOP ". type=dir mode=0755 uid=0 gid=0\n", "line 3: out of order"},
	{TOP "./a/b" REST, "line 3: its directory is missing"},
	{TOP "./a" REST "./a/b" REST, "line 4: its directory is missing"},
	{TOP "./ab" DIRECTORY "./abc/d" REST, "line 4: its directory is missing"},
	{TOP "./a mode=0644 uid=0 gid=0\n", "line 3: type is missing"},
	{TOP "./a type=file mode=0644 uid=0 gid=0 nlink=1 size=0\n", "line 3: sha256digest is missing"},
	{TOP "./a type=link mode=0777 uid=0 gid=0\n", "line 3: link is missing"},
	{TOP "./a type=char mode=0600 uid=0 gid=0\n", "line 3: device is missing"},
	{TOP "./a type=link mode=0777 uid=0 gid=0 link=\n", "line 3: malformed: link"},
	{TOP "./a type=link mode=0777 uid=0 gid=0 link=x tags=xattrs-" ZEROS "\n", "line 3: not as warder"},
	{TOP "./a type=dir mode=0755 uid=0 gid=0 size=0\n", "line 3: not as warder"},
	{TOP "./a type=dir mode=755 uid=0 gid=0\n", "line 3: not as warder"},
	{TOP "./a type=dir mode=0755 uid=00 gid=0\n", "line 3: not as warder"},
	{TOP "./a type=dir mode=0755 mode=0755 uid=0 gid=0\n", "line 3: not as warder"},
	{TOP "./a mode=0755 type=dir uid=0 gid=0\n", "line 3: not as warder"},
	{TOP "./a  type=dir mode=0755 uid=0 gid=0\n", "line 3: a word that is no keyword"},
	{TOP "./a type=dir mode=0755 uid=0 gid=0 optional\n", "line 3: a word that is no keyword"},
	{TOP "./a type=dir mode=0755 uid=0 gid=0 frob=1\n", "line 3: an unknown keyword"},
	{TOP "./a type=door mode=0755 uid=0 gid=0\n", "line 3: malformed: type"},
	{TOP "./a type=dir mode=17777 uid=0 gid=0\n", "line 3: malformed: mode"},
	{TOP "./a type=dir mode=u+s uid=0 gid=0\n", "line 3: malformed: mode"},
	{TOP "./a type=dir mode=0755 uid=-1 gid=0\n", "line 3: malformed: uid"},
	{TOP "./a type=dir mode=0755 uid=0 gid=4294967296\n", "line 3: malformed: gid"},
	{TOP "./a type=dir mode=0755 uid=0 gid=0 tags=x\n", "line 3: malformed: tags"},
	{TOP "./a type=dir mode=0755 uid=0 gid=0 tags=xattrs-" ZEROS "0\n", "line 3: malformed: tags"},
	{TOP "./a type=char mode=0600 uid=0 gid=0 device=1,3\n", "line 3: malformed: device"},
	{TOP "./a type=char mode=0600 uid=0 gid=0 device=native,1\n", "line 3: malformed: device"},
	{TOP "./a type=file mode=0644 uid=0 gid=0 nlink=1 size=0 sha256digest=00\n", "line 3: malformed: sha256digest"},
	{TOP "./a type=file mode=0644 uid=0 gid=0 nlink=1 size=9223372036854775808 sha256digest=" ZEROS "\n",
		"line 3: malformed: size"},
};

static void
check_text(const char *text, size_t len, const char *why)
{
	struct arena a = {0};
	struct seal seal = {0};
	struct err e = {0};
	int parsed = seal_parse(text, len, "1.mtree", &a, &seal, &e);
	if ((parsed < 0) != (why != NULL) || (why != NULL && strstr(e.reason, why) == NULL))
		fail_msg("%s: %s", text, parsed < 0 ? e.reason : "it was taken");
	if (parsed < 0) {
		assert_string_equal(e.subject, "1.mtree");
		assert_int_equal(e.kind, ERR_FAILED);
	} else
		check_round_trip(&seal);
	arena_done(&a);
}

static void
what_was_not_printed_is_refused_with_its_line(void **state)
{
	static const char nul[] = TOP "./a\0b" REST;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		check_text(texts[i].text, strlen(texts[i].text), texts[i].why);
	check_text(nul, sizeof(nul) - 1, "line 3: a byte 0");
}

/* Each byte of a manifest changed to some others: refused, or another manifest; never a crash. */
static void
no_byte_can_be_changed_unseen(void **state)
{
	struct scratch *s = *state;
	struct arena a = {0};
	str_auto text = {0};
	static const char others[] = {'\0', '\n', ' ', '.', '/', '0', '9', 'a', '\\', '=', '\xff'};
	put_file(s->fd, "a b", "x");
	assert_int_equal(mkdirat(s->fd, "d", 0700), 0);
	assert_int_equal(symlinkat("x\n", s->fd, "d/l"), 0);
	struct seal seal = sealed(s->fd, &a);
	seal_print(&seal, &text);
	for (size_t i = 0; i < text.len; i++)
		for (size_t k = 0; k < sizeof(others); k++) {
			char was = text.s[i];
			struct arena b = {0};
			struct seal other = {0};
			struct delta d;
			struct err e;
			if (was == others[k])
				continue;
			text.s[i] = others[k];
			if (seal_parse(text.s, text.len, "text", &b, &other, &e) == 0) {
				seal_diff(&seal, &other, &b, &d);
				assert_true(d.n > 0);
			}
			text.s[i] = was;
			arena_done(&b);
		}
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_manifest_is_text_of_mtree),
		cmocka_unit_test(what_was_not_printed_is_refused_with_its_line),
		cmocka_unit_test_setup_teardown(no_byte_can_be_changed_unseen, scratch_open, scratch_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
