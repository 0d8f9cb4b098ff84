/*
 * The text of a port's rules.  What the kernel makes of it is tests/system/net.bats' business.
 */
#include "unit.h"

#include "net/rules.h"

static struct net_port
port(void)
{
	struct net_port p = {
		.host = "wdr1", .bridge = "br0", .owner = "/jails", .mac = {2, 0, 0, 0, 0xab, 4}, .naddrs = 3};
	static const char *const addrs[] = {"10.66.0.4/24", "fd66::4/64", "10.66.0.5/24"};
	struct err e = {0};

	for (size_t i = 0; i < p.naddrs; i++)
		assert_int_equal(addr_parse(addrs[i], strchr(addrs[i], ':') == NULL ? 4 : 6, &p.addrs[i], &e), 0);
	return p;
}

static void
has(const struct str *text, const char *line)
{
	if (strstr(str_text(text), line) == NULL)
		fail_msg("\"%s\" is not in:\n%s", line, str_text(text));
}

static void
has_not(const struct str *text, const char *line)
{
	if (strstr(str_text(text), line) != NULL)
		fail_msg("\"%s\" is in:\n%s", line, str_text(text));
}

static void
a_port_sends_only_from_its_mac_and_addresses(void **state)
{
	struct net_port p = port();
	str_auto text = {0};

	rules_add_port(&p, &text);
	has(&text, "create chain bridge warder-br0 from-wdr1\n");
	has(&text, "from-wdr1 ether saddr != 02:00:00:00:ab:04 drop\n");
	has(&text, "arp saddr ether 02:00:00:00:ab:04 arp saddr ip { 10.66.0.4, 10.66.0.5 } accept\n");
	has(&text, "ether type ip ip saddr { 10.66.0.4, 10.66.0.5 } accept\n");
	has(&text, "ether type ip6 ip6 saddr { fd66::4 } accept\n");
	has(&text, "@th,64,128 != { 0xfd660000000000000000000000000004 } drop\n");
}

/* In a chain, what is not accepted must be dropped, and what is dropped must come before the accept that covers it. */
static void
the_chain_drops_forged_mac_first_and_everything_else_last(void **state)
{
	static const char rule[] = "add rule bridge warder-br0 from-wdr1 ";
	struct net_port p = port();
	str_auto text = {0};
	const char *first, *last = NULL;

	rules_add_port(&p, &text);
	first = strstr(str_text(&text), rule);
	for (const char *at = first; at != NULL; at = strstr(at + 1, rule))
		last = at;
	assert_non_null(first);
	assert_true(str_has_prefix(first + strlen(rule), "ether saddr != "));
	assert_true(str_has_prefix(last + strlen(rule), "drop\n"));
	assert_true(strstr(first, "nd-router-advert") < strstr(first, "ip6 saddr"));
	assert_true(strstr(first, "udp sport 67 drop") < strstr(first, "ip saddr {"));
}

static void
a_family_without_an_address_is_not_let_through(void **state)
{
	struct net_port p = port();
	str_auto only4 = {0}, only6 = {0}, none = {0};

	p.naddrs = 1;
	rules_add_port(&p, &only4);
	has_not(&only4, "ip6");
	p.addrs[0] = p.addrs[1];
	rules_add_port(&p, &only6);
	has_not(&only6, "arp");
	has_not(&only6, "ether type ip ");
	p.naddrs = 0;
	rules_add_port(&p, &none);
	has_not(&none, "accept");
}

static void
only_a_port_with_peers_has_a_way_to_others(void **state)
{
	struct net_port p = port();
	str_auto without = {0}, with = {0};

	rules_add_port(&p, &without);
	has_not(&without, "senders");
	has_not(&without, "peers");
	p.npeers = 2;
	p.peers[0] = "wdr2";
	p.peers[1] = "wdr3";
	rules_add_port(&p, &with);
	has(&with, "add element bridge warder-br0 peers-wdr1 { \"wdr2\", \"wdr3\" }\n");
	has(&with, "add element bridge warder-br0 senders { \"wdr1\" : jump to-wdr1 }\n");
	has(&with, "add element bridge warder-br0 receivers { \"wdr1\" : jump to-wdr1 }\n");
}

/* Whatever is created under the port's name is deleted, after it was added, so that it need not be there. */
static void
removing_names_everything_that_adding_made(void **state)
{
	static const char *const things[] = {"chain bridge warder-br0 from-wdr1\n", "chain bridge warder-br0 to-wdr1\n",
		"set bridge warder-br0 peers-wdr1", "element bridge warder-br0 from { \"wdr1\" : jump from-wdr1 }\n",
		"element bridge warder-br0 senders { \"wdr1\" : jump to-wdr1 }\n",
		"element bridge warder-br0 receivers { \"wdr1\" : jump to-wdr1 }\n",
		"element bridge warder-br0 own { \"wdr1\" }\n"};
	str_auto text = {0};

	rules_remove_port("br0", "wdr1", &text);
	for (size_t i = 0; i < ARRAY_LEN(things); i++) {
		str_auto add = {0}, delete = {0};

		str_addf(&add, "add %s", things[i]);
		str_addf(&delete, "delete %s", things[i]);
		has(&text, str_text(&add));
		has(&text, str_text(&delete));
		assert_true(strstr(str_text(&text), str_text(&add)) < strstr(str_text(&text), str_text(&delete)));
	}
}

static void
a_table_drops_what_no_pair_allows_and_what_the_host_would_route_back(void **state)
{
	static const uint8_t mac[6] = {2, 1, 0, 0, 0, 1};
	str_auto text = {0}, removed = {0};

	rules_add_table("br0", mac, &text);
	has(&text, "create table bridge warder-br0\n");
	has(&text, "add rule bridge warder-br0 forward iifname @own drop\n");
	has(&text, "add rule bridge warder-br0 forward oifname @own drop\n");
	has(&text, "meta iifgroup 2002874980 meta oifgroup 2002874980 ether daddr 02:01:00:00:00:01 drop\n");
	rules_remove_table("br0", &removed);
	has(&removed, "delete table bridge warder-br0\n");
	has(&removed, "delete table inet warder-br0\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_sends_only_from_its_mac_and_addresses),
		cmocka_unit_test(the_chain_drops_forged_mac_first_and_everything_else_last),
		cmocka_unit_test(a_family_without_an_address_is_not_let_through),
		cmocka_unit_test(only_a_port_with_peers_has_a_way_to_others),
		cmocka_unit_test(removing_names_everything_that_adding_made),
		cmocka_unit_test(a_table_drops_what_no_pair_allows_and_what_the_host_would_route_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
