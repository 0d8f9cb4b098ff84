/*
 * The pure parts of the store: records, ids, files of a skeleton, what proc(5) and pid 1 say.
 */
#include "store_fixture.h"

struct record {
	int n;
	unsigned u;
	uint64_t big;
	int64_t when;
	char text[8];
};
static const struct kv_row rows[] = {
	{"n", KV_INT, offsetof(struct record, n), 0},
	{"u", KV_UINT, offsetof(struct record, u), 0},
	{"big", KV_U64, offsetof(struct record, big), 0},
	{"when", KV_I64, offsetof(struct record, when), 0},
	{"text", KV_TEXT, offsetof(struct record, text), 8},
};

static void
test_a_record_reads_back_as_it_was_written(void **state)
{
	struct record r = {2147483647, 4294967295U, UINT64_MAX, INT64_MAX, "1234567"}, got = {0};
	str_auto text = {0};

	kv_print(rows, 5, &r, &text);
	ok(kv_parse(rows, 5, str_text(&text), "r", &got, E));
	assert_memory_equal(&got, &r, sizeof(r));
}

static void
test_a_malformed_record_is_refused(void **state)
{
	static const char *const bad[] = {"", "n 1\nu 1\nbig 1\nwhen 1\n", "n 1\nu 1\nbig 1\nwhen 1\ntext x",
		"n 1\nn 1\nu 1\nbig 1\nwhen 1\ntext x\n", "n 1\nu 1\nbig 1\nwhen 1\ntext 12345678\n",
		"n -1\nu 1\nbig 1\nwhen 1\ntext x\n", "n 2147483648\nu 1\nbig 1\nwhen 1\ntext x\n",
		"n 1\nu 1\nbig 1\nwhen 1\ntext x\nmore 1\n", "n  1\nu 1\nbig 1\nwhen 1\ntext x\n",
		"n\nu 1\nbig 1\nwhen 1\ntext x\n"};
	struct record got;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		fails(kv_parse(rows, 5, bad[i], "r", &got, E), ERR_FAILED);
}

static void
test_the_lowest_free_range_is_picked(void **state)
{
	struct arena a = {0};
	struct id_table t;
	struct id_span *spans = NULL;
	size_t n = 0;

	ok(ids_parse("bind 65536\n-old 196608\n", &a, &t, E));
	ids_spans_add("u:100000:65536\nbroken\nu2:x:1\n", 1, 2, &a, &spans, &n);
	ids_spans_add("big:x:262150:1::/:/bin/sh\n", 2, 0, &a, &spans, &n);
	assert_int_equal(n, 2);
	/* 65536 bind, 131072 subuid (100000-165535), 196608 retired, 262144 an account. */
	assert_int_equal(ids_pick(&t, spans, n), 327680);
	assert_int_equal(ids_pick(&t, NULL, 0), 131072);
	arena_done(&a);
}

static void
test_no_range_reaches_the_highest_id(void **state)
{
	struct id_table t = {0};
	struct id_span all_but_last = {0, 0xfffe0000}, all = {0, 0xffff0000};

	assert_int_equal(ids_pick(&t, &all_but_last, 1), 0xfffe0000);
	assert_int_equal(ids_pick(&t, &all, 1), 0);
}

static void
test_ids_that_are_malformed_or_shared_are_refused(void **state)
{
	static const char *const bad[] = {"bind\n", "bind 65536", "bind 65537\n", "bind 0\n", "bind 4294901760\n",
		"a/b 65536\n", "bind 65536\nldap 65536\n", "bind 65536\nbind 131072\n", "bind 65536\n-bind 131072\n",
		" 65536\n", "--b 65536\n"};
	struct arena a = {0};
	struct id_table t;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		fails(ids_parse(bad[i], &a, &t, E), ERR_FAILED);
	arena_done(&a);
}

static void
test_hosts_has_the_jails_own_names(void **state)
{
	static const char *lines[] = {"10.66.0.3 other.example.org other", NULL};
	struct jail j = {.name = "ns", .hostname = "ns.example.org", .hosts = {lines, 1}};
	struct addr addrs[2];
	str_auto without = {0}, with = {0};

	jail_hosts_text(&j, &without);
	assert_string_equal(str_text(&without), "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
						"127.0.1.1\tns.example.org ns\n10.66.0.3 other.example.org other\n");
	ok(addr_parse("10.66.0.4", 4, &addrs[0], E));
	ok(addr_parse("fd66::4", 6, &addrs[1], E));
	j.addrs = (struct addrs){addrs, 2};
	jail_hosts_text(&j, &with);
	assert_string_equal(str_text(&with),
		"127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
		"10.66.0.4\tns.example.org ns\nfd66::4\tns.example.org ns\n10.66.0.3 other.example.org other\n");
}

static void
test_resolv_conf_is_as_declared(void **state)
{
	static const char *addrs[] = {"10.66.0.4", "fd66::4", NULL};
	struct jail j = {.name = "ns", .resolver = RESOLVER_NONE, .resolver_addrs = {addrs, 2}};
	str_auto none = {0}, host = {0}, list = {0};

	jail_resolv_text(&j, NULL, &none);
	assert_int_equal(str_text(&none)[0], '#');
	assert_null(strstr(str_text(&none), "nameserver"));
	j.resolver = RESOLVER_HOST;
	jail_resolv_text(&j, "nameserver 192.0.2.1\n", &host);
	assert_string_equal(str_text(&host), "nameserver 192.0.2.1\n");
	j.resolver = RESOLVER_ADDRESSES;
	jail_resolv_text(&j, NULL, &list);
	assert_string_equal(str_text(&list), "nameserver 10.66.0.4\nnameserver fd66::4\n");
}

static void
test_a_time_zone_cannot_lead_elsewhere(void **state)
{
	assert_true(jail_timezone_is_valid("Europe/Athens"));
	assert_false(jail_timezone_is_valid("../../etc/shadow"));
	assert_false(jail_timezone_is_valid("/etc/shadow"));
	assert_false(jail_timezone_is_valid(""));
	assert_false(jail_timezone_is_valid("a\nb"));
}

static void
test_the_start_time_is_found_behind_any_command_name(void **state)
{
	char s;
	uint64_t t;

	ok(proc_stat_parse("7 (a) R 9 (b)) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20\n", &s, &t));
	assert_int_equal(s, 'S');
	assert_int_equal(t, 4242);
	assert_int_equal(proc_stat_parse("7 (a) S 1 2 3\n", &s, &t), -1);
	assert_int_equal(proc_stat_parse("", &s, &t), -1);
}

static void
test_a_status_page_is_a_known_word_and_three_numbers(void **state)
{
	static const char *const bad[] = {"", "\n", "running", "running 1 0", "owned 0 - 1\n", "running -1 - 1\n",
		"running 0 256 1\n", "running 0 - 99999999\n", "running 0 - 1 more\n", "running\x1b[2J 0 - 1\n"};
	struct jail_status st = {.service_exit = -1};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		status_page_parse(bad[i], &st);
		assert_string_equal(st.word, "");
		assert_int_equal(st.service_exit, -1);
	}
	status_page_parse("running 3 137 2\n\n\n", &st);
	assert_string_equal(st.word, "running");
	assert_int_equal(st.restarts, 3);
	assert_int_equal(st.service_exit, 137);
	assert_int_equal(st.service_pid, 2);
	status_page_parse("starting 0 - 0\n", &st);
	assert_int_equal(st.service_exit, -1);
}

static void
test_meta_json_reads_back_as_it_was_written(void **state)
{
	struct arena a = {0};
	struct base_meta m = fixture_meta("mroot", 7), got;
	str_auto text = {0}, again = {0};

	meta_print(&m, &text);
	ok(meta_parse(str_text(&text), text.len, "meta.json", &a, &got, E));
	meta_print(&got, &again);
	assert_string_equal(str_text(&again), str_text(&text));
	assert_string_equal(got.source, m.source);
	assert_int_equal(got.npins, 2);
	assert_int_equal(got.pins[1].source, PIN_FROM_SKEL);
	arena_done(&a);
}

static void
test_meta_json_that_leads_out_of_a_tree_is_refused(void **state)
{
	static const char *const from[][2] = {{"\"version\":1", "\"version\":\"1\""},
		{"/var/lib/dpkg\"", "/etc/shadow\""}, {"pins/var/lib/dpkg", "../../etc"}, {"\"/usr\"", "\"usr/../..\""},
		{"\"base\"", "\"host\""}, {"\"generation\":7", "\"generation\":-7"}, {"]}", "]"},
		{"\"pins\":[", "\"pins\":{"}, {"dpkg\"", "dpkg\\u0000\""}};
	struct base_meta m = fixture_meta("mroot", 7), got;
	struct arena a = {0};
	str_auto text = {0};

	meta_print(&m, &text);
	for (size_t i = 0; i < sizeof(from) / sizeof(*from); i++) {
		const char *at = strstr(str_text(&text), from[i][0]);
		str_auto bad = {0};
		if (!at)
			fail_msg("%s is not in %s", from[i][0], str_text(&text));
		str_addn(&bad, text.s, (size_t)(at - text.s));
		str_add(&bad, from[i][1]);
		str_add(&bad, at + strlen(from[i][0]));
		fails(meta_parse(str_text(&bad), bad.len, "meta.json", &a, &got, E), ERR_FAILED);
	}
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_record_reads_back_as_it_was_written),
		cmocka_unit_test(test_a_malformed_record_is_refused),
		cmocka_unit_test(test_the_lowest_free_range_is_picked),
		cmocka_unit_test(test_no_range_reaches_the_highest_id),
		cmocka_unit_test(test_ids_that_are_malformed_or_shared_are_refused),
		cmocka_unit_test(test_hosts_has_the_jails_own_names),
		cmocka_unit_test(test_resolv_conf_is_as_declared),
		cmocka_unit_test(test_a_time_zone_cannot_lead_elsewhere),
		cmocka_unit_test(test_the_start_time_is_found_behind_any_command_name),
		cmocka_unit_test(test_a_status_page_is_a_known_word_and_three_numbers),
		cmocka_unit_test(test_meta_json_reads_back_as_it_was_written),
		cmocka_unit_test(test_meta_json_that_leads_out_of_a_tree_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
