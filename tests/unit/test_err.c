/* base/err: errors as values, and how they are printed. */
#include "unit.h"

static const char *
printed(const struct err *e, const char *who)
{
	static char text[4096];
	FILE *f = fmemopen(text, sizeof(text), "w");
	assert_non_null(f);
	err_print(f, e, "warder", who);
	fclose(f);
	return text;
}

static void
the_kind_follows_from_errno(void **state)
{
	static const struct {
		int err_no;
		enum err_kind kind;
		int status;
	} rows[] = {{EPERM, ERR_NOPERM, 77}, {EACCES, ERR_NOPERM, 77}, {ENOSPC, ERR_CANTCREATE, 73},
		{EDQUOT, ERR_CANTCREATE, 73}, {EROFS, ERR_CANTCREATE, 73}, {EEXIST, ERR_CANTCREATE, 73},
		{EBUSY, ERR_BUSY, 75}, {EWOULDBLOCK, ERR_BUSY, 75}, {ENOSYS, ERR_UNAVAILABLE, 69},
		{EIO, ERR_FAILED, 1}};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e;
		errno = rows[i].err_no;
		assert_int_equal(err_sys(&e, "op", "subject"), -1);
		assert_int_equal(errno, rows[i].err_no);
		assert_int_equal(e.err_no, rows[i].err_no);
		assert_int_equal(e.kind, rows[i].kind);
		assert_int_equal(err_exit_status(&e), rows[i].status);
	}
}

static void
every_kind_has_its_exit_status(void **state)
{
	static const int want[ERR_NKINDS] = {0, 1, 64, 69, 73, 75, 77, 78};
	for (int kind = 0; kind < ERR_NKINDS; kind++) {
		struct err e = {.kind = (uint8_t)kind};
		assert_int_equal(err_exit_status(&e), want[kind]);
	}
	struct err odd = {.kind = 200};
	assert_int_equal(err_exit_status(&odd), 1);
}

static void
texts_are_cut_to_their_field(void **state)
{
	char longer[1000];
	struct err e;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(err_set(&e, ERR_FAILED, longer, longer, "%s", longer), -1);
	assert_int_equal(strlen(e.op), sizeof(e.op) - 1);
	assert_int_equal(strlen(e.subject), sizeof(e.subject) - 1);
	assert_int_equal(strlen(e.reason), sizeof(e.reason) - 1);
	assert_int_equal(err_hint(&e, "%s", longer), -1);
	assert_int_equal(strlen(e.hint), sizeof(e.hint) - 1);
	longer[998] = 'E';
	err_at(&e, &(struct srcloc){longer, 3, 4});
	assert_int_equal(strlen(e.file), sizeof(e.file) - 1);
	assert_int_equal(e.file[sizeof(e.file) - 2], 'E');
}

static void
a_field_may_be_its_own_source(void **state)
{
	struct err e;
	err_set(&e, ERR_FAILED, "read", "file", "why");
	err_set(&e, ERR_CONFIG, e.op, e.subject, "again: %s", e.reason);
	assert_string_equal(e.reason, "again: why");
	assert_string_equal(e.subject, "file");
}

static void
one_line_then_place_and_hint(void **state)
{
	struct err e;
	err_set(&e, ERR_CONFIG, "start", "service", "no such program");
	assert_string_equal(printed(&e, "ldap"), "warder: ldap: start service: no such program\n");
	assert_string_equal(printed(&e, NULL), "warder: start service: no such program\n");
	err_hint(&e, "install it");
	err_at(&e, &(struct srcloc){"/etc/warder.conf", 12, 5});
	assert_string_equal(printed(&e, "ldap"), "warder: ldap: start service: no such program\n"
						 "\tat /etc/warder.conf:12:5\n\thint: install it\n");
	err_at(&e, &(struct srcloc){0});
	assert_string_equal(e.file, "/etc/warder.conf");
}

static void
errno_is_said_in_words_and_has_a_hint(void **state)
{
	struct err e;
	errno = EPERM;
	err_sys(&e, "open_tree", "/jails/x");
	assert_string_equal(
		printed(&e, NULL), "warder: open_tree /jails/x: Operation not permitted\n\thint: run as root\n");
	errno = EINVAL;
	err_sys(&e, "mount_setattr", "/jails/x");
	assert_non_null(strstr(err_hint_text(&e), "id-mapped"));
	err_hint(&e, "mine");
	assert_string_equal(err_hint_text(&e), "mine");
	errno = EINVAL;
	err_sys(&e, "nothing known", NULL);
	assert_string_equal(err_hint_text(&e), "");
}

static void
nothing_hostile_reaches_the_terminal(void **state)
{
	struct err e;
	err_set(&e, ERR_FAILED, "read", "a\nb\x1b[2J\xff\xe2\x80\xae", "r\rs");
	err_hint(&e, "h\x9bi");
	err_at(&e, &(struct srcloc){"f\ng", 1, 1});
	assert_string_equal(printed(&e, "j\n"), "warder: j\\n: read a\\nb\\x1B[2J\\xFF\\xE2\\x80\\xAE: r\\x0Ds\n"
						"\tat f\\ng:1:1\n\thint: h\\x9Bi\n");
}

static void
an_error_of_any_bytes_can_be_printed(void **state)
{
	struct err e;
	memset(&e, 0xff, sizeof(e));
	assert_true(strlen(printed(&e, NULL)) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kind_follows_from_errno),
		cmocka_unit_test(every_kind_has_its_exit_status),
		cmocka_unit_test(texts_are_cut_to_their_field),
		cmocka_unit_test(a_field_may_be_its_own_source),
		cmocka_unit_test(one_line_then_place_and_hint),
		cmocka_unit_test(errno_is_said_in_words_and_has_a_hint),
		cmocka_unit_test(nothing_hostile_reaches_the_terminal),
		cmocka_unit_test(an_error_of_any_bytes_can_be_printed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
