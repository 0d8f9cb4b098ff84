/* model: addresses, capabilities, words, look-ups. */
#include "unit.h"

#include "model/caps.h"
#include "model/plan.h"

static void
addresses_print_as_they_were_written(void **state)
{
	static const struct {
		unsigned family;
		const char *in, *out;
	} rows[] = {{4, "10.66.0.4", "10.66.0.4/24"}, {4, "10.66.0.5/30", NULL}, {4, "10.0.0.1/32", NULL},
		{6, "fd66::4", "fd66::4/64"}, {6, "FD66:0:0::4/112", "fd66::4/112"}, {4, "10.0.0.0/31", NULL}};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct addr a;
		struct err e;
		str_auto b = {0};
		assert_int_equal(addr_parse(rows[i].in, rows[i].family, &a, &e), 0);
		addr_print(&a, true, &b);
		assert_string_equal(str_text(&b), rows[i].out == NULL ? rows[i].in : rows[i].out);
	}
}

static void
refused_addresses_say_why(void **state)
{
	static const struct {
		unsigned family;
		const char *text, *why;
	} rows[] = {
		{4, "10.66.0.0", "network's own"},
		{4, "10.66.0.255", "network's broadcast"},
		{4, "10.66.0.4/30", "network's own"},
		{4, "0.0.0.0", "unspecified"},
		{4, "127.0.0.1", "loopback"},
		{4, "224.0.0.1", "multicast"},
		{4, "169.254.3.4", "link-local"},
		{4, "255.255.255.255", "broadcast"},
		{4, "250.1.1.1", "reserved"},
		{6, "::", "unspecified"},
		{6, "::1", "loopback"},
		{6, "fe80::1", "link-local"},
		{6, "ff02::1", "multicast"},
		{6, "fd66::", "network's own"},
		{6, "::ffff:10.0.0.1", "IPv4 address in IPv6 form"},
		{4, "10.66.0.4/0", "prefix"},
		{4, "10.66.0.4/33", "prefix"},
		{4, "10.66.0.4/", "prefix"},
		{4, "10.66.0.4/-1", "prefix"},
		{4, "10.66.0.4/24/24", "prefix"},
		{6, "fd66::4/129", "prefix"},
		{4, "10.66.0", "not an IPv4"},
		{4, "10.66.0.256", "not an IPv4"},
		{4, "010.66.0.4", "not an IPv4"},
		{4, " 10.66.0.4", "not an IPv4"},
		{4, "fd66::4", "not an IPv4"},
		{6, "10.66.0.4", "not an IPv6"},
		{6, "fd66::4%eth0", "not an IPv6"},
		{4, "", "not an IPv4"},
		{5, "10.66.0.4", "family"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct addr a = {.family = 9};
		struct err e;
		assert_int_equal(addr_parse(rows[i].text, rows[i].family, &a, &e), -1);
		if (strstr(e.reason, rows[i].why) == NULL)
			fail_msg("%s: \"%s\" lacks \"%s\"", rows[i].text, e.reason, rows[i].why);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_int_equal(a.family, 9);
	}
	char longer[300];
	memset(longer, '1', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	struct addr a;
	struct err e;
	assert_int_equal(addr_parse(longer, 4, &a, &e), -1);
}

static void
networks_are_compared_by_bits(void **state)
{
	struct addr a, b, c, d;
	struct err e;
	str_auto text = {0};
	assert_int_equal(addr_parse("10.66.3.4/22", 4, &a, &e), 0);
	assert_int_equal(addr_parse("10.66.0.9/22", 4, &b, &e), 0);
	assert_int_equal(addr_parse("10.66.4.9/22", 4, &c, &e), 0);
	assert_int_equal(addr_parse("10.66.3.4/24", 4, &d, &e), 0);
	assert_true(addr_same_network(&a, &b));
	assert_false(addr_same_network(&a, &c));
	assert_false(addr_same_network(&a, &d));
	assert_true(addr_equal(&a, &d));
	assert_false(addr_equal(&a, &b));
	struct addr first = addr_first_host(&a);
	addr_print(&first, true, &text);
	assert_string_equal(str_text(&text), "10.66.0.1/22");
	assert_int_equal(addr_parse("fd66::abcd:1:2", 6, &a, &e), 0);
	first = addr_first_host(&a);
	text.len = 0;
	addr_print(&first, true, &text);
	assert_string_equal(str_text(&text), "fd66::1/64");
}

static void
macs_and_interface_names_are_stable_and_valid(void **state)
{
	uint8_t a[6], b[6], c[6];
	char name[16], other[16];
	mac_for("/jails", "ldap", a);
	mac_for("/jails", "ldap", b);
	mac_for("/jails", "bind", c);
	assert_memory_equal(a, b, 6);
	assert_memory_not_equal(a, c, 6);
	assert_int_equal(a[0], 0x02);
	veth_name_for("/jails", "ldap", name);
	assert_int_equal(strlen(name), 15);
	assert_int_equal(strncmp(name, "wdr", 3), 0);
	assert_int_equal(strspn(name + 3, "0123456789abcdef"), 12);
	veth_name_for("/jailsl", "dap", other); /* the names' border counts */
	assert_string_not_equal(name, other);
}

static void
every_capability_has_its_number_once(void **state)
{
	assert_int_equal(ncaps_table, 41);
	for (size_t i = 0; i < ncaps_table; i++) {
		assert_int_equal(caps_table[i].number, i);
		assert_ptr_equal(cap_by_name(caps_table[i].name), &caps_table[i]);
	}
	assert_int_equal(cap_by_name("CAP_SYS_ADMIN")->number, 21);
	assert_int_equal(cap_by_name("Cap_Kill")->number, 5);
	static const char *const bad[] = {"", "cap_", "sys", "sys_adminx", "cap_cap_kill", "0"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_null(cap_by_name(bad[i]));
}

static void
the_default_set_is_the_documented_one(void **state)
{
	str_auto b = {0};
	cap_mask_print(cap_default_mask(), &b);
	assert_string_equal(str_text(&b), "chown dac_override fowner kill setgid setuid");
	b.len = 0;
	str_add(&b, "");
	cap_mask_print(0, &b);
	assert_string_equal(str_text(&b), "");
}

static void
capabilities_over_the_host_are_forbidden(void **state)
{
	static const char *const names[] = {"sys_admin", "sys_module", "sys_rawio", "sys_ptrace", "sys_boot",
		"sys_time", "dac_read_search", "mknod", "bpf", "perfmon", "mac_admin", "mac_override", "syslog",
		"net_admin"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_int_equal(cap_by_name(names[i])->class, CAP_FORBIDDEN);
	assert_int_equal(cap_by_name("net_bind_service")->class, CAP_ALLOWED);
}

static void
every_kind_type_and_tree_has_a_word(void **state)
{
	for (int k = 0; k < OP_NKINDS; k++)
		assert_string_not_equal(op_kind_name((enum op_kind)k), "unknown");
	for (int t = MOUNT_BIND; t <= MOUNT_DEVPTS; t++)
		assert_string_not_equal(mount_type_name((enum mount_type)t), "unknown");
	for (int t = TREE_NONE; t <= TREE_VIEW; t++)
		assert_string_not_equal(mount_tree_name((enum mount_tree)t), "unknown");
	assert_string_equal(op_kind_name(OP_NKINDS), "unknown");
}

static void
flags_print_in_the_order_of_their_bits(void **state)
{
	str_auto b = {0};
	mount_flags_print(MNT_RO | MNT_NOSUID | MNT_NODEV | MNT_IDMAP, &b);
	assert_string_equal(str_text(&b), "ro,nosuid,nodev,idmap");
	str_auto all = {0}, none = {0};
	mount_flags_print(MNT_NOEXEC | MNT_NOSYMFOLLOW | MNT_OPTIONAL | MNT_FILE, &all);
	assert_string_equal(str_text(&all), "noexec,nosymfollow,optional,file");
	mount_flags_print(0, &none);
	assert_string_equal(str_text(&none), "");
}

static void
declarations_are_found_by_name(void **state)
{
	struct jail jails[2] = {{.name = "a"}, {.name = "b"}};
	struct base_decl bases[1] = {{.name = "mroot"}};
	struct config c = {.jails = jails, .njails = 2, .bases = bases, .nbases = 1};
	assert_ptr_equal(config_jail(&c, "b"), &jails[1]);
	assert_null(config_jail(&c, "mroot"));
	assert_ptr_equal(config_base(&c, "mroot"), &bases[0]);
	assert_null(config_base(&c, "a"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_print_as_they_were_written),
		cmocka_unit_test(refused_addresses_say_why),
		cmocka_unit_test(networks_are_compared_by_bits),
		cmocka_unit_test(macs_and_interface_names_are_stable_and_valid),
		cmocka_unit_test(every_capability_has_its_number_once),
		cmocka_unit_test(the_default_set_is_the_documented_one),
		cmocka_unit_test(capabilities_over_the_host_are_forbidden),
		cmocka_unit_test(every_kind_type_and_tree_has_a_word),
		cmocka_unit_test(flags_print_in_the_order_of_their_bits),
		cmocka_unit_test(declarations_are_found_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
