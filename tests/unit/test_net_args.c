/*
 * The command line of warder-net: what it takes, and that nothing that could not be an interface's name gets through.
 */
#include "unit.h"

#include "net/args.h"

enum { MAX_WORDS = 700 };

struct words {
	char *v[MAX_WORDS];
	int n;
};

/* Splits text at spaces; "_" stands for an empty word. */
static struct words
split(const char *text)
{
	static char copy[16384];
	struct words w = {.n = 0};
	char *rest = copy;

	assert_true(strlen(text) < sizeof(copy));
	strcpy(copy, text);
	for (char *word; (word = strsep(&rest, " ")) != NULL;)
		w.v[w.n++] = strcmp(word, "_") == 0 ? word + 1 : word;
	return w;
}

static int
parse(const char *text, enum net_verb *verb, struct net_port *p, struct err *e)
{
	struct words w = split(text);

	return args_parse(w.n, w.v, verb, p, e);
}

#define UP "warder-net up --netns 5 --host wdr1 --mac 02:00:00:00:aB:04 --bridge warder0 --owner /jails"

static void
all_options_of_up_are_read(void **state)
{
	enum net_verb verb;
	struct net_port p;
	struct err e = {0};

	assert_int_equal(
		parse(UP " --bridge-addr 10.66.0.1/24 --bridge-addr fd66::1/64 --addr 10.66.0.4/24 --addr fd66::4/64"
			 " --addr 10.66.0.5/24 --gateway 10.66.0.1 --gateway fd66::1 --peer wdr2 --peer wdr3",
			&verb, &p, &e),
		0);
	assert_int_equal(verb, NET_UP);
	assert_int_equal(p.netns, 5);
	assert_string_equal(p.host, "wdr1");
	assert_string_equal(p.bridge, "warder0");
	assert_string_equal(p.owner, "/jails");
	assert_memory_equal(p.mac, "\x02\0\0\0\xab\x04", 6);
	assert_int_equal(p.nbridge_addrs, 2);
	assert_int_equal(p.naddrs, 3);
	assert_int_equal(p.addrs[1].family, 6);
	assert_int_equal(p.addrs[2].bytes[3], 5);
	assert_int_equal(p.ngateways, 2);
	assert_int_equal(p.npeers, 2);
	assert_string_equal(p.peers[1], "wdr3");
}

static void
down_and_check_need_no_more_than_they_use(void **state)
{
	enum net_verb verb;
	struct net_port p;
	struct err e = {0};

	assert_int_equal(parse("warder-net down --host wdr1 --bridge warder0 --owner /jails", &verb, &p, &e), 0);
	assert_int_equal(verb, NET_DOWN);
	assert_int_equal(parse("warder-net check", &verb, &p, &e), 0);
	assert_int_equal(verb, NET_CHECK);
}

/* Each is refused as usage, and the error names the text. */
static const struct {
	const char *line, *named;
} refused[] = {
	{"warder-net", "warder-net"},
	{"warder-net add", "add"},
	{"warder-net check --host wdr1", "--host"},
	{"warder-net down --host wdr1 --bridge warder0", "--owner"},
	{"warder-net down --host wdr1 --bridge warder0 --owner /j --peer wdr2", "--peer"},
	{UP " --frob 1", "--frob"},
	{UP " --addr", "--addr"},
	{UP " --host wdr2", "--host"},
	{UP " --peer a/b", "a/b"},
	{UP " --peer wdr*", "wdr*"},
	{UP " --peer ..", ".."},
	{UP " --peer -f", "-f"},
	{UP " --peer _", "--peer"},
	{UP " --peer wdr\"1", "wdr\"1"},
	{UP " --peer sixteen-letters-", "sixteen-letters-"},
	{UP " --peer wdr1", "wdr1"},
	{UP " --addr 10.66.0.4/33", "10.66.0.4/33"},
	{UP " --addr 127.0.0.1/8", "127.0.0.1/8"},
	{UP " --addr fe80::1/64", "fe80::1/64"},
	{UP " --bridge-addr 10.66.0.1/24 --bridge-addr 10.67.0.1/24", "10.67.0.1/24"},
	{UP " --gateway 10.66.0.1 --gateway 10.66.0.2", "10.66.0.2"},
	{"warder-net up --netns -1", "-1"},
	{"warder-net up --netns +5", "+5"},
	{"warder-net up --netns 99999999999", "99999999999"},
	{"warder-net up --mac 02:00:00:00:00", "02:00:00:00:00"},
	{"warder-net up --mac 01:00:00:00:00:04", "01:00:00:00:00:04"},
	{"warder-net up --mac 00:00:00:00:00:00", "00:00:00:00:00:00"},
	{"warder-net up --mac 02-00-00-00-00-04", "02-00-00-00-00-04"},
	{"warder-net up --mac 02:00:00:00:00:0g", "02:00:00:00:00:0g"},
	{"warder-net up --owner a\nb", "a\nb"},
	{"warder-net up --netns 5 --host warder0 --mac 02:00:00:00:00:04 --bridge warder0 --owner /j", "warder0"},
};

static void
anything_else_is_a_usage_error_that_names_it(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		enum net_verb verb = NET_NVERBS;
		struct net_port p;
		struct err e = {0};

		if (parse(refused[i].line, &verb, &p, &e) == 0)
			fail_msg("accepted: %s", refused[i].line);
		assert_int_equal(e.kind, ERR_USAGE);
		assert_int_equal(verb, NET_NVERBS);
		if (strstr(e.subject, refused[i].named) == NULL && strstr(e.op, refused[i].named) == NULL)
			fail_msg("%s: %s %s does not name %s", refused[i].line, e.op, e.subject, refused[i].named);
	}
}

static void
one_more_than_fits_is_refused(void **state)
{
	static const struct {
		const char *option;
		int max;
	} many[] = {{" --peer wdr2", NET_PEERS_MAX}, {" --addr 10.66.0.4/24", NET_ADDRS_MAX}};

	for (size_t i = 0; i < ARRAY_LEN(many); i++) {
		str_auto line = {0};
		enum net_verb verb;
		struct net_port p;
		struct err e = {0};

		str_add(&line, UP);
		for (int n = 0; n < many[i].max; n++)
			str_add(&line, many[i].option);
		assert_int_equal(parse(str_text(&line), &verb, &p, &e), 0);
		str_add(&line, many[i].option);
		assert_int_equal(parse(str_text(&line), &verb, &p, &e), -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_options_of_up_are_read),
		cmocka_unit_test(down_and_check_need_no_more_than_they_use),
		cmocka_unit_test(anything_else_is_a_usage_error_that_names_it),
		cmocka_unit_test(one_more_than_fits_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
