/* base/passwd: users of a jail, from bytes that a jail's packages wrote. */
#include "unit.h"

#include "base/passwd.h"

static const char passwd[] = "# a comment\n"
			     "root:x:0:0:root:/root:/bin/bash\n"
			     "short:x:5\n"
			     "nodigits:x:ab:1::/:/bin/sh\n"
			     "minus:x:-1:1::/:/bin/sh\n"
			     "plus:x:+1:1::/:/bin/sh\n"
			     "blank:x: 1:1::/:/bin/sh\n"
			     "none:x::1::/:/bin/sh\n"
			     "long:x:1:1::/:/bin/sh:extra\n"
			     ":x:9:9::/:/bin/sh\n"
			     "+nis:x:9:9::/:/bin/sh\n"
			     "max:x:4294967295:1::/:/bin/sh\n"
			     "over:x:4294967296:1::/:/bin/sh\n"
			     "huge:x:99999999999999999999999999:1::/:/bin/sh\n"
			     "wide:x:65536:1::/:/bin/sh\n"
			     "widegid:x:100:65536::/:/bin/sh\n"
			     "twice:x:bad:1::/:/bin/sh\n"
			     "twice:x:70:71::/:/bin/sh\n"
			     "bind:x:104:111:named:/var/cache/bind:/usr/sbin/nologin\n"
			     "42:x:1042:1043::/:/bin/sh\n"
			     "bare:x:50:51:::\n"
			     "last:x:60:61::/l:/bin/l";
static const char group[] = "root:x:0:\n"
			    "ssl:x:120:root,bind\n"
			    "bindish:x:121:xbind,binds\n"
			    "bind:x:111:bind\n"
			    "bad:x:-3:bind\n"
			    "short:x:5\n"
			    "keys:x:122:bind\n"
			    "max:x:4294967295:\n"
			    "toowide:x:65536:last\n";

static int
look(const char *spec, struct user *ret, struct arena *a)
{
	struct err e;
	return passwd_lookup(passwd, group, spec, 65536, a, ret, &e);
}

static void
a_user_is_found_with_all_groups(void **state)
{
	struct arena a = {0};
	struct user u;
	assert_int_equal(look("bind", &u, &a), 0);
	assert_int_equal(u.uid, 104);
	assert_int_equal(u.gid, 111);
	assert_string_equal(u.name, "bind");
	assert_string_equal(u.home, "/var/cache/bind");
	assert_string_equal(u.shell, "/usr/sbin/nologin");
	assert_int_equal(u.ngroups, 3);
	assert_int_equal(u.groups[0], 111);
	assert_int_equal(u.groups[1], 120);
	assert_int_equal(u.groups[2], 122);
	assert_int_equal(look("root", &u, &a), 0);
	assert_string_equal(u.shell, "/bin/bash");
	arena_done(&a);
}

static void
empty_fields_have_defaults(void **state)
{
	struct arena a = {0};
	struct user u;
	assert_int_equal(look("bare", &u, &a), 0);
	assert_string_equal(u.home, "/");
	assert_string_equal(u.shell, "/bin/sh");
	arena_done(&a);
}

static void
numbers_need_no_entry_and_names_win(void **state)
{
	struct arena a = {0};
	struct user u;
	assert_int_equal(look("12345", &u, &a), 0);
	assert_int_equal(u.uid, 12345);
	assert_int_equal(u.gid, 12345);
	assert_string_equal(u.home, "/");
	assert_string_equal(u.shell, "/bin/sh");
	assert_int_equal(u.ngroups, 1);
	assert_int_equal(look("104", &u, &a), 0);
	assert_string_equal(u.name, "bind");
	assert_int_equal(look("42", &u, &a), 0);
	assert_int_equal(u.uid, 1042);
	arena_done(&a);
}

static void
a_group_of_its_own_is_the_only_one(void **state)
{
	struct arena a = {0};
	struct user u;
	assert_int_equal(look("bind:ssl", &u, &a), 0);
	assert_int_equal(u.gid, 120);
	assert_int_equal(u.ngroups, 1);
	assert_int_equal(u.groups[0], 120);
	assert_int_equal(look("7:9", &u, &a), 0);
	assert_int_equal(u.uid, 7);
	assert_int_equal(u.gid, 9);
	assert_int_equal(look("bind:9", &u, &a), 0);
	assert_int_equal(u.gid, 9);
	arena_done(&a);
}

static void
what_is_no_user_is_refused(void **state)
{
	static const char *const bad[] = {"", "nobody", "short", "nodigits", "minus", "plus", "blank", "none", "long",
		"+nis", "max", "over", "huge", "wide", "widegid", "-1", "+1", " 1", "1 ", "0x1", "65536", "4294967295",
		"4294967296", "18446744073709551616", "bind:", ":bind", ":", "bind:nogroup", "bind:max", "bind:65536",
		"bind:-1", "bind:ssl:x", "bin", "bindx", "# a comment"};
	struct arena a = {0};
	struct user u = {.uid = 77};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (look(bad[i], &u, &a) != -1)
			fail_msg("\"%s\" was taken for a user", bad[i]);
	assert_int_equal(u.uid, 77);
	arena_done(&a);
}

static void
a_malformed_line_does_not_hide_a_good_one(void **state)
{
	struct arena a = {0};
	struct user u;
	assert_int_equal(look("twice", &u, &a), 0);
	assert_int_equal(u.uid, 70);
	arena_done(&a);
}

static void
a_membership_with_a_forbidden_id_is_refused(void **state)
{
	struct arena a = {0};
	struct user u;
	assert_int_equal(look("last", &u, &a), -1);
	arena_done(&a);
}

static void
files_may_be_missing_or_unfinished(void **state)
{
	struct arena a = {0};
	struct user u;
	struct err e;
	uint32_t gid = 0;
	assert_int_equal(passwd_lookup(NULL, NULL, "0", 65536, &a, &u, &e), 0);
	assert_int_equal(u.uid, 0);
	assert_int_equal(passwd_lookup(NULL, NULL, "root", 65536, &a, &u, &e), -1);
	assert_int_equal(passwd_lookup(passwd, NULL, "last", 65536, &a, &u, &e), 0);
	assert_string_equal(u.shell, "/bin/l");
	assert_int_equal(group_lookup(NULL, "tty", 65536, &gid, &e), -1);
	assert_int_equal(group_lookup(group, "keys", 65536, &gid, &e), 0);
	assert_int_equal(gid, 122);
	assert_int_equal(group_lookup(group, "17", 65536, &gid, &e), 0);
	assert_int_equal(gid, 17);
	assert_int_equal(passwd_lookup("", "", "4294967294", UINT32_MAX, &a, &u, &e), 0);
	assert_int_equal(passwd_lookup("", "", "4294967295", UINT32_MAX, &a, &u, &e), -1);
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_user_is_found_with_all_groups),
		cmocka_unit_test(empty_fields_have_defaults),
		cmocka_unit_test(numbers_need_no_entry_and_names_win),
		cmocka_unit_test(a_group_of_its_own_is_the_only_one),
		cmocka_unit_test(what_is_no_user_is_refused),
		cmocka_unit_test(a_malformed_line_does_not_hide_a_good_one),
		cmocka_unit_test(a_membership_with_a_forbidden_id_is_refused),
		cmocka_unit_test(files_may_be_missing_or_unfinished),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
