/* Surfaces as sets: what the probe may write, what a plan gives, what is too much, and the file of what is expected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/caps.h"
#include "plan/plan.h"
#include "seccomp/filter.h"
#include "surface/surface.h"

/* ---- the probe's records ---- */

#define RECORDS(text) text, sizeof(text) - 1

static void
assert_refused(const char *text, size_t n, const char *why)
{
	struct arena a = {0};
	struct surface s;
	struct err e = {0};

	assert_int_equal(surface_parse(text, n, &a, &s, &e), -1);
	assert_int_equal(e.kind, ERR_FAILED);
	assert_non_null(strstr(e.reason, why));
	arena_done(&a);
}

/* Where a system has no numbers of rights, and none of its calls can be tried. */
static void
a_privilege_and_calls_that_were_not_tried_are_told(void **state)
{
	static const char text[] = "privilege\0mlock\0\0untried\0all\0no filter\0end\0002\0\0";
	struct arena a = {0};
	struct surface s;
	struct err e;

	assert_int_equal(surface_parse(text, sizeof(text) - 1, &a, &s, &e), 0);
	assert_true(facts_has(&s.facts, FACT_CAPABILITY, "mlock"));
	assert_int_equal(s.facts.n, 1);
	assert_int_equal(s.nuntried, 1);
	assert_string_equal(s.untried[0].text, "all: no filter");
	assert_refused(RECORDS("untried\0all\0\0end\0001\0\0"), "record 1");
	arena_done(&a);
}

static void
records_become_facts_with_names(void **state)
{
	static const char text[] = "mount\0/\0ro,nosuid,- ext4\0"
				   "mount\0/t/var\0- ext4\0"
				   "covered\0/s\0ro,- ext4\0"
				   "covered\0/s\0ro,- ext4\0"
				   "write\0/t/var\0\0"
				   "alias\0/var\0/t/var\0"
				   "capability\0000\0\0"
				   "capability\00063\0\0"
				   "socket\00016\0000\0"
				   "socket\0002\0stream\0"
				   "socket\00099\0dgram\0"
				   "syscall\0ia32\0\0"
				   "syscall\000501\0\0"
				   "memory\0memfd\0mmap\0"
				   "tried\0files\00012\0"
				   "untried\000500\0why\0"
				   "end\00016\0\0";
	static const struct fact expected[] = {
		{FACT_MOUNT, "/"},
		{FACT_MOUNT, "/t/var"},
		{FACT_MOUNT_RIGHT, "/ dev"},
		{FACT_MOUNT_RIGHT, "/ exec"},
		{FACT_MOUNT_RIGHT, "/t/var dev"},
		{FACT_MOUNT_RIGHT, "/t/var exec"},
		{FACT_MOUNT_RIGHT, "/t/var rw"},
		{FACT_MOUNT_RIGHT, "/t/var suid"},
		{FACT_COVERED, "/s"},
		{FACT_COVERED, "/s (2)"},
		{FACT_WRITE, "/t/var"},
		{FACT_ALIAS, "/var -> /t/var"},
		{FACT_MEMORY, "memfd mmap"},
		{FACT_CAPABILITY, "chown"},
		{FACT_CAPABILITY, "number 63"},
		{FACT_SYSCALL, "ia32"},
		{FACT_SYSCALL, "number 501"},
		{FACT_SOCKET, "family 99 dgram"},
		{FACT_SOCKET, "inet stream"},
		{FACT_SOCKET, "netlink route"},
	};
	struct arena a = {0};
	struct surface s;
	struct err e = {0};

	assert_int_equal(surface_parse(text, sizeof(text) - 1, &a, &s, &e), 0);
	assert_int_equal(s.facts.n, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < s.facts.n; i++) {
		assert_int_equal(s.facts.v[i].kind, expected[i].kind);
		assert_string_equal(s.facts.v[i].text, expected[i].text);
	}
	assert_int_equal(s.nmounts, 2);
	assert_int_equal(s.mounts[0].flags, MNT_RO | MNT_NOSUID);
	assert_int_equal(s.ntried, 1);
	assert_int_equal(s.tried[0].n, 12);
	assert_string_equal(s.untried[0].text, "number 500: why");
	arena_done(&a);
}

static void
a_measurement_without_its_end_is_none(void **state)
{
	assert_refused("", 0, "ended before it was through");
	assert_refused(RECORDS("write\0/t/var\0\0"), "ended before it was through");
	assert_refused(RECORDS("write\0/t/var\0"), "record 1");
	assert_refused(RECORDS("write\0/t/v"), "record 1");
	assert_refused(RECORDS("write\0/t/var\0\0end\0001\0"), "record 2");
	/* Fewer came than were written. */
	assert_refused(RECORDS("write\0/t/var\0\0end\0002\0\0"), "record 2");
	/* Something came after it. */
	assert_refused(RECORDS("end\0000\0\0write\0/t/var\0\0"), "record 2");
	assert_refused(RECORDS("end\0000\0\0\0"), "record 2");
}

static void
what_the_probe_could_not_measure_is_an_error(void **state)
{
	assert_refused(RECORDS("failed\0fork\0No space\0end\0001\0\0"), "No space");
}

static void
records_that_the_probe_does_not_write_are_refused(void **state)
{
	static const struct {
		const char *text;
		size_t n;
	} cases[] = {
		{RECORDS("nonsense\0x\0\0end\0001\0\0")},
		{RECORDS("write\0\0\0end\0001\0\0")},
		{RECORDS("write\0/x\0more\0end\0001\0\0")},
		{RECORDS("capability\0x\0\0end\0001\0\0")},
		{RECORDS("capability\0-1\0\0end\0001\0\0")},
		{RECORDS("syscall\000999999999999999999999\0\0end\0001\0\0")},
		{RECORDS("socket\0002\0\0end\0001\0\0")},
		{RECORDS("mount\0relative\0- ext4\0end\0001\0\0")},
		{RECORDS("mount\0/x\0rw,- ext4\0end\0001\0\0")},
		{RECORDS("mount\0/x\0ro ext4\0end\0001\0\0")},
		{RECORDS("mount\0/x\0ro,-\0end\0001\0\0")},
		{RECORDS("tried\0files\0many\0end\0001\0\0")},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_refused(cases[i].text, cases[i].n, "record 1");
}

/* ---- what a plan gives ---- */

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
	j->caps |= cap_default_mask();
	assert_int_equal(plan_build(j, &jail_facts, a, &p, &e), 0);
	surface_declared(&p, a, &f);
	return f;
}

static void
a_plain_declaration_gives_only_var_and_tmp(void **state)
{
	struct arena a = {0};
	struct jail j = {0};
	struct facts f = declared(&j, &a);

	for (size_t i = 0; i < f.n; i++)
		if (f.v[i].kind == FACT_WRITE)
			assert_true(strcmp(f.v[i].text, "/t/var") == 0 || strcmp(f.v[i].text, "/t/tmp") == 0);
	assert_true(facts_has(&f, FACT_MOUNT_RIGHT, "/t/var rw"));
	assert_false(facts_has(&f, FACT_MOUNT_RIGHT, "/t/var exec"));
	assert_false(facts_has(&f, FACT_MOUNT_RIGHT, "/ rw"));
	assert_true(facts_has(&f, FACT_DEVICE, "/dev/null c 1:3"));
	assert_true(facts_has(&f, FACT_CAPABILITY, "chown"));
	assert_false(facts_has(&f, FACT_CAPABILITY, "sys_admin"));
	assert_true(facts_has(&f, FACT_SYSCALL, "read"));
	assert_true(facts_has(&f, FACT_SYSCALL, "clone"));
	assert_false(facts_has(&f, FACT_SYSCALL, "mount"));
	assert_false(facts_has(&f, FACT_SYSCALL, "memfd_create"));
	assert_false(facts_has(&f, FACT_SYSCALL, "shmget"));
	assert_true(facts_has(&f, FACT_MEMORY, "private memory mmap"));
	for (size_t i = 0; i < f.n; i++) {
		assert_int_not_equal(f.v[i].kind, FACT_EXECUTE);
		assert_int_not_equal(f.v[i].kind, FACT_SETID);
		assert_int_not_equal(f.v[i].kind, FACT_NAMESPACE);
		assert_int_not_equal(f.v[i].kind, FACT_MOUNTING);
		assert_true(fact_rows[f.v[i].kind].declared);
	}
	arena_done(&a);
}

static void
each_key_gives_what_it_says(void **state)
{
	struct arena a = {0};
	struct jail j = {.wx = WX_DENY,
		.shm = 1 << 20,
		.sysvshm = SYSVSHM_NEW,
		.caps = UINT64_C(1) << cap_by_name("sys_admin")->number};
	struct facts f = declared(&j, &a);

	assert_true(facts_has(&f, FACT_WRITE, "/dev/shm"));
	assert_true(facts_has(&f, FACT_CAPABILITY, "sys_admin"));
	assert_true(facts_has(&f, FACT_SYSCALL, "shmget"));
	assert_true(facts_has(&f, FACT_MEMORY, "System V shared memory can be made"));
	assert_false(facts_has(&f, FACT_MEMORY, "System V shared memory mprotect"));
	assert_false(facts_has(&f, FACT_MEMORY, "private memory mmap"));
	arena_done(&a);
}

static void
the_names_of_calls_are_those_of_the_build(void **state)
{
	struct arena a = {0};
	struct strv none = {0};

	assert_string_equal(syscall_name(451), "cachestat");
	assert_null(syscall_name(1 << 19));
	filter_allowed("no such filter", &a, &none);
	assert_int_equal(none.n, 0);
	arena_done(&a);
}

/* ---- comparing ---- */

static void
add(struct facts *f, enum fact_kind kind, const char *text, struct arena *a)
{
	facts_add(f, kind, text, a);
	facts_sort(f);
}

static void
what_is_not_expected_is_wider_and_what_is_gone_is_not(void **state)
{
	struct arena a = {0};
	struct facts measured = {0}, given = {0}, recorded = {0};
	struct comparison c;

	add(&measured, FACT_WRITE, "/t/var", &a);
	add(&measured, FACT_WRITE, "/usr", &a);
	add(&measured, FACT_ALIAS, "/x -> /t/var", &a);
	add(&given, FACT_WRITE, "/t/var", &a);
	add(&given, FACT_WRITE, "/t/tmp", &a);
	add(&given, FACT_MOUNT, "/t/var/lib/dpkg", &a);
	add(&recorded, FACT_WRITE, "/usr", &a);
	add(&recorded, FACT_DEVICE, "/dev/null c 1:3", &a);

	surface_compare(&measured, &given, NULL, &a, &c);
	assert_int_equal(c.nwider, 1);
	assert_string_equal(c.wider[0].fact->text, "/usr");
	assert_true(c.wider[0].than[THAN_DECLARED] && !c.wider[0].than[THAN_RECORDED]);
	/* A pin that is not there lays open what it would cover. */
	assert_int_equal(c.nmissing, 1);
	assert_string_equal(c.missing[0]->text, "/t/var/lib/dpkg");
	assert_int_equal(c.nnarrower, 0);

	surface_compare(&measured, &given, &recorded, &a, &c);
	assert_int_equal(c.nwider, 3);
	assert_true(c.wider[0].than[THAN_RECORDED] && !c.wider[0].than[THAN_DECLARED]); /* /t/var */
	assert_true(c.wider[1].than[THAN_DECLARED] && !c.wider[1].than[THAN_RECORDED]); /* /usr */
	assert_int_equal(c.wider[2].fact->kind, FACT_ALIAS); /* of which the declaration says nothing */
	assert_true(c.wider[2].than[THAN_RECORDED] && !c.wider[2].than[THAN_DECLARED]);
	assert_int_equal(c.nnarrower, 1);
	assert_string_equal(c.narrower[0]->text, "/dev/null c 1:3");

	surface_compare(&measured, &measured, &measured, &a, &c);
	assert_int_equal(c.nwider + c.nmissing + c.nnarrower, 0);
	arena_done(&a);
}

static void
a_set_has_each_fact_once_and_in_order(void **state)
{
	struct arena a = {0};
	struct facts f = {0};

	facts_sort(&f);
	assert_false(facts_has(&f, FACT_WRITE, "x"));
	facts_add(&f, FACT_SYSCALL, "b", &a);
	facts_add(&f, FACT_SYSCALL, "a", &a);
	facts_add(&f, FACT_WRITE, "z", &a);
	facts_add(&f, FACT_SYSCALL, "b", &a);
	facts_sort(&f);
	assert_int_equal(f.n, 3);
	assert_string_equal(f.v[0].text, "z");
	assert_string_equal(f.v[2].text, "b");
	assert_false(facts_has(&f, FACT_WRITE, "a"));
	arena_done(&a);
}

static void
a_record_reads_back_as_it_was_written(void **state)
{
	struct arena a = {0};
	struct facts f = {0}, again;
	struct err e = {0};
	str_auto text = {0};

	add(&f, FACT_WRITE, "/a\nwritable /b", &a);
	add(&f, FACT_ALIAS, "/tab\t -> /back\\slash \xff\x01 \xc3\xa9", &a);
	add(&f, FACT_CAPABILITY, "chown", &a);
	facts_print(&f, &text);
	assert_int_equal(facts_parse(str_text(&text), "surface", &a, &again, &e), 0);
	assert_int_equal(again.n, f.n);
	for (size_t i = 0; i < f.n; i++) {
		assert_int_equal(again.v[i].kind, f.v[i].kind);
		assert_string_equal(again.v[i].text, f.v[i].text);
	}
	arena_done(&a);
}

static void
a_record_that_warder_did_not_write_is_an_error(void **state)
{
	static const char *const texts[] = {"", "\n", "# warder surface 2\n", "# warder surface 1\nwritable\n",
		"# warder surface 1\nnonsense /x\n", "# warder surface 1\nwritable /x",
		"# warder surface 1\nwritable \\q\n", "# warder surface 1\nwritable \\x4\n",
		"# warder surface 1\n\nwritable /x\n"};
	struct arena a = {0};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct facts f;
		struct err e = {0};

		assert_int_equal(facts_parse(texts[i], "surface", &a, &f, &e), -1);
		assert_int_equal(e.kind, ERR_FAILED);
	}
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_become_facts_with_names),
		cmocka_unit_test(a_privilege_and_calls_that_were_not_tried_are_told),
		cmocka_unit_test(a_measurement_without_its_end_is_none),
		cmocka_unit_test(what_the_probe_could_not_measure_is_an_error),
		cmocka_unit_test(records_that_the_probe_does_not_write_are_refused),
		cmocka_unit_test(a_plain_declaration_gives_only_var_and_tmp),
		cmocka_unit_test(each_key_gives_what_it_says),
		cmocka_unit_test(the_names_of_calls_are_those_of_the_build),
		cmocka_unit_test(what_is_not_expected_is_wider_and_what_is_gone_is_not),
		cmocka_unit_test(a_set_has_each_fact_once_and_in_order),
		cmocka_unit_test(a_record_reads_back_as_it_was_written),
		cmocka_unit_test(a_record_that_warder_did_not_write_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
