/* What a plan gives on FreeBSD, and what the probe writes there.  Pure, and so tested on every system. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/plan.h"
#include "surface/surface.h"

static struct base_meta meta = {.name = "b", .generation = 1};
static const struct jail_facts jail_facts = {
	.root = "/jails", .base_generation = 1, .skel_generation = 1, .id_base = 65536, .base = &meta, .tty_gid = 5};

static struct facts
declared(struct jail *j, struct arena *a)
{
	struct plan p;
	struct facts f;
	struct err e = {0};

	j->name = j->hostname = "j";
	j->base = "b";
	assert_int_equal(plan_build(j, &jail_facts, a, &p, &e), 0);
	surface_declared(&p, a, &f);
	return f;
}

static void
assert_mounts(const struct facts *f, const char *const *expected)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].kind == FACT_MOUNT)
			assert_string_equal(f->v[i].text, expected[n++]);
	assert_null(expected[n]);
}

static void
a_plain_declaration_gives_only_var_and_tmp(void **state)
{
	static const char *const mounts[] = {"/", "/dev", "/s", "/t", "/t/tmp", "/t/var", NULL};
	struct arena a = {0};
	struct jail j = {0};
	struct facts f = declared(&j, &a);

	assert_mounts(&f, mounts);
	for (size_t i = 0; i < f.n; i++)
		if (f.v[i].kind == FACT_WRITE)
			assert_true(strcmp(f.v[i].text, "/t/var") == 0 || strcmp(f.v[i].text, "/t/tmp") == 0);
	assert_true(facts_has(&f, FACT_MOUNT_RIGHT, "/t/var rw"));
	assert_false(facts_has(&f, FACT_MOUNT_RIGHT, "/t/var exec"));
	assert_false(facts_has(&f, FACT_MOUNT_RIGHT, "/ rw"));
	assert_false(facts_has(&f, FACT_MOUNT_RIGHT, "/ dev"));
	assert_true(facts_has(&f, FACT_MOUNT_RIGHT, "/dev dev"));
	assert_false(facts_has(&f, FACT_CAPABILITY, "kldload"));
	for (size_t i = 0; i < f.n; i++) {
		assert_int_not_equal(f.v[i].kind, FACT_MOUNTING);
		assert_int_not_equal(f.v[i].kind, FACT_NAMESPACE);
		assert_int_not_equal(f.v[i].kind, FACT_EXECUTE);
		assert_int_not_equal(f.v[i].kind, FACT_SETID);
		assert_int_not_equal(f.v[i].kind, FACT_ROOT);
		assert_int_not_equal(f.v[i].kind, FACT_SYSCALL);
	}
	arena_done(&a);
}

static void
a_directory_above_a_pin_is_no_mount_and_the_pin_is_one(void **state)
{
	static const char *const mounts[] = {"/", "/dev", "/s", "/t", "/t/tmp", "/t/var", "/t/var/db/pkg", NULL};
	struct arena a = {0};
	struct jail j = {0};
	struct jail_facts f = jail_facts;
	struct pin pin = {.path = "/var/db/pkg", .source = PIN_FROM_SKEL, .from = "pins/var/db/pkg"};
	struct plan p;
	struct facts given;
	struct err e = {0};

	f.skel_pins = &pin;
	f.nskel_pins = 1;
	j.name = j.hostname = "j";
	j.base = "b";
	assert_int_equal(plan_build(&j, &f, &a, &p, &e), 0);
	surface_declared(&p, &a, &given);
	assert_mounts(&given, mounts);
	assert_false(facts_has(&given, FACT_MOUNT_RIGHT, "/t/var/db/pkg rw"));
	arena_done(&a);
}

static void
sockets_follow_the_addresses(void **state)
{
	struct addr four = {.family = 4};
	struct arena a = {0};
	struct jail own = {0}, shared = {.addrs = {&four, 1}};
	struct facts f = declared(&own, &a);

	assert_true(facts_has(&f, FACT_SOCKET, "inet raw"));
	assert_true(facts_has(&f, FACT_SOCKET, "inet6 stream"));
	f = declared(&shared, &a);
	assert_true(facts_has(&f, FACT_SOCKET, "inet stream"));
	assert_true(facts_has(&f, FACT_SOCKET, "route raw"));
	assert_false(facts_has(&f, FACT_SOCKET, "inet raw"));
	assert_false(facts_has(&f, FACT_SOCKET, "inet6 stream"));
	arena_done(&a);
}

static void
shared_memory_is_given_where_it_is_declared(void **state)
{
	static const char name[] = "System V shared memory can be made";
	struct arena a = {0};
	struct jail off = {.sysvshm = SYSVSHM_DISABLE}, on = {.sysvshm = SYSVSHM_NEW};
	struct facts f = declared(&off, &a);

	assert_false(facts_has(&f, FACT_MEMORY, name));
	assert_true(facts_has(&f, FACT_MEMORY, "shm_open mprotect"));
	f = declared(&on, &a);
	assert_true(facts_has(&f, FACT_MEMORY, name));
	arena_done(&a);
}

/* What the probe would write in a jail that is as declared, and then in one that is not. */
static void
records_of_the_probe_are_held_against_it(void **state)
{
#define PLAIN                                                                                                          \
	"mount\0/\0ro,nosuid,nodev,- nullfs\0mount\0/dev\0ro,nosuid,noexec,- devfs\0"                                  \
	"mount\0/s\0ro,nosuid,nodev,- nullfs\0mount\0/t\0ro,nosuid,nodev,noexec,- nullfs\0"                            \
	"mount\0/t/tmp\0nosuid,nodev,noexec,- nullfs\0mount\0/t/var\0nosuid,nodev,noexec,- nullfs\0"                   \
	"write\0/t/var\0\0write\0/t/tmp\0\0device\0/dev/null\0\0privilege\0setuid\0\0memory\0shm_open\0mmap\0"         \
	"socket\0001\0stream\0socket\00017\0raw\0untried\0all\0nothing filters them\0"
	static const char plain[] = PLAIN "end\00014\0\0",
			  wide[] = PLAIN "privilege\0kldload\0\0socket\00099\0raw\0namespace\0jail\0\0end\00017\0\0";
	struct arena a = {0};
	struct jail j = {0};
	struct facts given = declared(&j, &a);
	struct surface s;
	struct comparison c;
	struct err e = {0};

	assert_int_equal(surface_parse(plain, sizeof(plain) - 1, &a, &s, &e), 0);
	surface_compare(&s.facts, &given, NULL, &a, &c);
	assert_int_equal(c.nwider, 0);
	assert_int_equal(c.nmissing, 0);
	assert_int_equal(surface_parse(wide, sizeof(wide) - 1, &a, &s, &e), 0);
	surface_compare(&s.facts, &given, NULL, &a, &c);
	assert_int_equal(c.nwider, 3);
	assert_string_equal(c.wider[0].fact->text, "jail");
	assert_string_equal(c.wider[1].fact->text, "kldload");
	assert_string_equal(c.wider[2].fact->text, "family 99 raw");
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_declaration_gives_only_var_and_tmp),
		cmocka_unit_test(a_directory_above_a_pin_is_no_mount_and_the_pin_is_one),
		cmocka_unit_test(sockets_follow_the_addresses),
		cmocka_unit_test(shared_memory_is_given_where_it_is_declared),
		cmocka_unit_test(records_of_the_probe_are_held_against_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
