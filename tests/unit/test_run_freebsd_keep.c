/*
 * run/freebsd: what a start writes down before it makes anything, and what is held against the plan before the first
 * process is in the jail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/str.h"
#include "run/freebsd/keep.h"
#include "run/freebsd/mounts.h"

static const char *take_away[] = {"/sbin/ifconfig", "warder0", "inet", "10.66.0.4/32", "-alias", NULL};
static const char *variables[] = {"A=b c", NULL};

/* As translate.c makes them; a host's own address is not taken away again. */
static struct fbsd_plan
steps(void)
{
	static struct op rlimit = {.kind = OP_RLIMIT, .u.rlimit = {"nofile", 512, 1024}};
	static struct fbsd_arg jail[] = {{.name = "name", .kind = FBSD_TEXT, .text = "ldap"},
		{.name = "path", .kind = FBSD_TEXT, .text = "/my jails/j/ldap"}};
	static struct fbsd_step all[] = {
		{.kind = FBSD_LIMIT, .rule = "jail:ldap:maxproc:deny=128", .filter = "jail:ldap:maxproc:deny"},
		{.kind = FBSD_ADDRESS, .command = {take_away, 5}},
		{.kind = FBSD_ADDRESS, .command = {take_away, 5}, .undo = {take_away, 5}},
		{.kind = FBSD_ANCHOR, .root = "/my jails/t/ldap", .path = "var/db"},
		{.kind = FBSD_ANCHOR, .root = "/my jails/t/ldap", .path = "var/my spool"},
		{.kind = FBSD_JAIL, .args = {jail, 2}},
		{.kind = FBSD_RLIMIT, .op = &rlimit},
	};

	return (struct fbsd_plan){.steps = all, .nsteps = sizeof(all) / sizeof(all[0])};
}

static void
write_down(struct str *out)
{
	struct jail j = {.name = "ldap", .environment = {variables, 1}};
	struct plan p = {.jail = &j};
	struct fbsd_plan f = steps();

	fbsd_keep_print(&p, &f, out);
}

static void
all_that_outlives_a_start_is_read_back(void **state)
{
	struct arena a = {0};
	struct fbsd_keep k;
	struct err e = {0};
	str_auto text = {0};

	write_down(&text);
	assert_int_equal(fbsd_keep_parse(text.s, text.len, "ldap", &a, &k, &e), 0);
	assert_string_equal(k.jail, "ldap");
	assert_string_equal(k.view, "/my jails/j/ldap");
	assert_string_equal(k.state, "/my jails/t/ldap");
	assert_int_equal(k.limits.n, 1);
	assert_string_equal(k.limits.v[0], "jail:ldap:maxproc:deny");
	assert_int_equal(k.anchors.n, 2);
	assert_string_equal(k.anchors.v[1], "var/my spool");
	assert_int_equal(k.naddresses, 1);
	assert_int_equal(k.addresses[0].n, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(k.addresses[0].v[i], take_away[i]);
	assert_string_equal(k.plan.jail->name, "ldap");
	assert_int_equal(k.plan.jail->environment.n, 1);
	assert_string_equal(k.plan.jail->environment.v[0], "A=b c");
	assert_int_equal(k.plan.nops, 1);
	assert_string_equal(k.plan.ops[0].u.rlimit.name, "nofile");
	assert_int_equal(k.plan.ops[0].u.rlimit.soft, 512);
	assert_int_equal(k.plan.ops[0].u.rlimit.hard, 1024);
	arena_done(&a);
}

/* A machine that went down in the midst of writing it. */
static void
a_text_that_is_cut_anywhere_is_refused(void **state)
{
	str_auto text = {0};

	write_down(&text);
	for (size_t len = 0; len < text.len; len++) {
		struct arena a = {0};
		struct fbsd_keep k;

		assert_int_equal(fbsd_keep_parse(text.s, len, "ldap", &a, &k, &(struct err){0}), -1);
		arena_done(&a);
	}
}

static void
entries_that_no_start_writes_are_refused(void **state)
{
#define TEXT(t)                                                                                                        \
	{                                                                                                              \
		t, sizeof(t)                                                                                           \
	}
	static const struct {
		const char *text;
		size_t len;
	} rows[] = {
		TEXT("jail a\0view /j/a\0end"),
		TEXT("jail a\0end"),
		TEXT("view /j/a\0end"),
		TEXT("jail a\0view j/a\0end"),
		TEXT("jail a\0view /j/a\0anchor var/db\0end"),
		TEXT("jail a\0view /j/a\0state t/a\0end"),
		TEXT("jail a\0view /j/a\0address ifconfig lo0\0end"),
		TEXT("jail a\0view /j/a\0rlimit nofile 1\0end"),
		TEXT("jail a\0view /j/a\0rlimit nofile 1 -1\0end"),
		TEXT("jail a\0view /j/a\0new entry\0end"),
		TEXT("jail a\0view /j/a\0jail\0end"),
		TEXT("jail a\0view /j/a\0end\0end"),
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena a = {0};
		struct fbsd_keep k;

		assert_int_equal(
			fbsd_keep_parse(rows[i].text, rows[i].len, "a", &a, &k, &(struct err){0}), i == 0 ? 0 : -1);
		arena_done(&a);
	}
}

/* ---- mounts ---- */

static struct fbsd_arg base[] = {{.name = "fstype", .kind = FBSD_TEXT, .text = "nullfs"},
	{.name = "fspath", .kind = FBSD_TEXT, .text = "/link/j/a"},
	{.name = "target", .kind = FBSD_TEXT, .text = "/link/.warder/base/b/1/root"}, {.name = "ro"},
	{.name = "nosuid"}};
static struct fbsd_arg pin[] = {{.name = "fstype", .kind = FBSD_TEXT, .text = "nullfs"},
	{.name = "fspath", .kind = FBSD_TEXT, .text = "/link/j/a/t/var/db"},
	{.name = "target", .kind = FBSD_TEXT, .text = "/link/pin"}, {.name = "ro"}};
static struct fbsd_arg dev[] = {{.name = "fstype", .kind = FBSD_TEXT, .text = "devfs"},
	{.name = "fspath", .kind = FBSD_TEXT, .text = "/link/j/a/dev"}, {.name = "noexec"}};
static struct fbsd_step mounts[] = {
	{.kind = FBSD_MOUNT, .root = "/link/j/a", .path = "", .args = {base, 5}},
	{.kind = FBSD_ANCHOR, .root = "/link/t/a", .path = "var"},
	{.kind = FBSD_MOUNT, .root = "/link/j/a", .path = "t/var/db", .optional = true, .args = {pin, 4}},
	{.kind = FBSD_MOUNT, .root = "/link/j/a", .path = "dev", .args = {dev, 3}},
};
static const struct fbsd_plan mount_plan = {.steps = mounts, .nsteps = 4};

#define ROOT_SEEN                                                                                                      \
	{                                                                                                              \
		.fstype = "nullfs", .on = "/real/j/a", .from = "/link/.warder/base/b/1/root", .ro = true,              \
		.nosuid = true                                                                                         \
	}
#define PIN_SEEN                                                                                                       \
	{                                                                                                              \
		.fstype = "nullfs", .on = "/real/j/a/t/var/db", .from = "/link/pin", .ro = true                        \
	}
#define DEV_SEEN                                                                                                       \
	{                                                                                                              \
		.fstype = "devfs", .on = "/real/j/a/dev", .from = "devfs", .noexec = true, .nosuid = true              \
	}

static const char *
fault(const struct fbsd_seen *seen, size_t n)
{
	static struct err e;

	e = (struct err){0};
	return fbsd_mounts_check(&mount_plan, "/real/j/a", seen, n, &e) < 0 ? e.reason : NULL;
}

static void
the_mounts_of_the_plan_pass_and_no_others(void **state)
{
	const struct fbsd_seen all[] = {ROOT_SEEN, PIN_SEEN, DEV_SEEN}, less[] = {ROOT_SEEN, DEV_SEEN};
	const struct fbsd_seen more[] = {ROOT_SEEN, DEV_SEEN, PIN_SEEN};
	struct fbsd_seen other[] = {ROOT_SEEN, DEV_SEEN};

	assert_null(fault(all, 3));
	assert_null(fault(less, 2)); /* a pin that this base does not have */
	assert_string_equal(fault(less, 1), "it is not there");
	assert_string_equal(fault(more, 3), "the plan has no such mount");
	assert_string_equal(fault(all + 1, 2), "another mount is in its place");
	other[1].fstype = "tmpfs";
	assert_string_equal(fault(other, 2), "it is of type tmpfs");
	other[1] = less[1];
	other[1].noexec = false;
	assert_string_equal(fault(other, 2), "it lacks a flag of the plan");
	other[1] = less[1];
	other[0].ro = false;
	assert_string_equal(fault(other, 2), "it lacks a flag of the plan");
	other[0] = less[0];
	other[0].from = "/link/.warder/base/b/2/root";
	assert_string_equal(fault(other, 2), "it is /link/.warder/base/b/2/root");
	other[0] = less[0];
	other[1].on = "/real/j/a/devil";
	assert_string_equal(fault(other, 2), "another mount is in its place");
}

static void
a_name_that_only_begins_alike_is_not_beneath(void **state)
{
	assert_true(fbsd_is_beneath("/j/a", "/j/a"));
	assert_true(fbsd_is_beneath("/j/a", "/j/a/t/var"));
	assert_false(fbsd_is_beneath("/j/a", "/j/ab"));
	assert_false(fbsd_is_beneath("/j/a", "/j"));
	assert_false(fbsd_is_beneath("/j/a", "/k/a"));
}

static void
a_device_of_the_host_is_no_device_of_a_jail(void **state)
{
	static const char *const good[] = {"null", "zero", "full", "random", "urandom", "tty", "fd", "stdin", "pts"};
	static const char *const bad[] = {"mem", "kmem", "ada0", "bpf", "pf", "null0", "io", "console", "pci", ""};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(fbsd_device_is_allowed(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(fbsd_device_is_allowed(bad[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_outlives_a_start_is_read_back),
		cmocka_unit_test(a_text_that_is_cut_anywhere_is_refused),
		cmocka_unit_test(entries_that_no_start_writes_are_refused),
		cmocka_unit_test(the_mounts_of_the_plan_pass_and_no_others),
		cmocka_unit_test(a_name_that_only_begins_alike_is_not_beneath),
		cmocka_unit_test(a_device_of_the_host_is_no_device_of_a_jail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
