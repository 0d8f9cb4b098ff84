/* The Linux backend's pure half: what steps of a plan become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "init/brief.h"
#include "model/caps.h"
#include "plan/plan.h"
#include "run/brief.h"
#include "run/linux/child.h"
#include "run/linux/landlock.h"
#include "run/linux/linux.h"
#include "run/linux/mount.h"
#include "run/linux/net.h"
#include "run/linux/process.h"
#include "run/linux/rights.h"
#include "run/linux/sys.h"
#include "run/messages.h"
#include "seccomp/filter.h"

static const char *const exec_dirs[] = {"/usr", "/s", NULL};
static struct pin base_pins[] = {{"/var/lib/dpkg", PIN_FROM_BASE, "pins/var/lib/dpkg"}};

static struct base_meta meta = {.name = "b", .generation = 1, .pins = base_pins, .npins = 1};
static struct jail jail = {.name = "j", .base = "b", .hostname = "j", .stop_timeout = 10, .stop_signal = 15};
static struct jail_facts facts = {
	.root = "/jails", .base_generation = 1, .skel_generation = 1, .id_base = 65536, .base = &meta, .tty_gid = 5};

static void
build(struct arena *a, struct plan *p)
{
	struct err e = {0};

	meta.exec_dirs = (struct strv){(const char **)exec_dirs, 2};
	jail.caps = cap_default_mask();
	assert_int_equal(plan_build(&jail, &facts, a, p, &e), 0);
}

static void
each_mount_flag_has_its_kernel_attribute(void **state)
{
	assert_int_equal(mount_attrs(0), 0);
	assert_int_equal(mount_attrs(MNT_RO), MOUNT_ATTR_RDONLY);
	assert_int_equal(mount_attrs(MNT_NOSUID | MNT_NODEV | MNT_NOEXEC),
		MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	assert_int_equal(mount_attrs(MNT_NOSYMFOLLOW | MNT_IDMAP), MOUNT_ATTR_NOSYMFOLLOW | MOUNT_ATTR_IDMAP);
	assert_int_equal(mount_attrs(MNT_OPTIONAL | MNT_FILE), 0);
}

static void
landlock_handles_only_what_the_abi_knows(void **state)
{
	assert_false(landlock_handled(1) & LANDLOCK_ACCESS_FS_REFER);
	assert_true(landlock_handled(2) & LANDLOCK_ACCESS_FS_REFER);
	assert_false(landlock_handled(2) & LANDLOCK_ACCESS_FS_TRUNCATE);
	assert_true(landlock_handled(3) & LANDLOCK_ACCESS_FS_TRUNCATE);
	assert_false(landlock_handled(4) & LANDLOCK_ACCESS_FS_IOCTL_DEV);
	assert_true(landlock_handled(5) & LANDLOCK_ACCESS_FS_IOCTL_DEV);
	for (int abi = 1; abi < 8; abi++)
		for (unsigned rights = 0; rights < 8; rights++)
			assert_int_equal(landlock_access(rights, abi) & ~landlock_handled(abi), 0);
}

static void
no_right_ever_makes_device_nodes_or_reads(void **state)
{
	uint64_t all = landlock_access(RIGHT_EXECUTE | RIGHT_WRITE | RIGHT_DEVICE, 7);

	assert_int_equal(all & (LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK), 0);
	assert_true(landlock_handled(1) & LANDLOCK_ACCESS_FS_MAKE_BLOCK);
	assert_int_equal(landlock_access(RIGHT_WRITE, 7) & LANDLOCK_ACCESS_FS_EXECUTE, 0);
}

static const struct op *
mount_on(const struct plan *p, const char *target)
{
	for (size_t i = 0; i < p->nops; i++)
		if (p->ops[i].kind == OP_MOUNT && strcmp(p->ops[i].u.mount.target, target) == 0)
			return &p->ops[i];
	return NULL;
}

static void
only_state_is_writable_and_nothing_writable_is_executable(void **state)
{
	struct arena a = {0};
	struct plan p;

	build(&a, &p);
	for (size_t i = 0; i < p.nops; i++) {
		const struct op *o = &p.ops[i];

		if (o->kind != OP_MOUNT)
			continue;
		assert_true(o->u.mount.flags & MNT_NOSUID);
		if (!(o->u.mount.flags & MNT_RO)) {
			assert_true(o->u.mount.flags & MNT_NOEXEC);
			assert_true(strncmp(o->u.mount.target, "/t/", 3) == 0 ||
				    strcmp(o->u.mount.target, "/dev/pts") == 0);
		}
	}
	assert_true(mount_on(&p, "/t")->u.mount.flags & MNT_RO);
	arena_done(&a);
}

static void
every_parent_of_a_pin_is_an_anchor_before_it(void **state)
{
	struct arena a = {0};
	struct plan p;

	build(&a, &p);
	assert_non_null(mount_on(&p, "/t/var/lib"));
	assert_true(mount_on(&p, "/t/var") < mount_on(&p, "/t/var/lib"));
	assert_true(mount_on(&p, "/t/var/lib") < mount_on(&p, "/t/var/lib/dpkg"));
	assert_true(mount_on(&p, "/t/var/lib/dpkg")->u.mount.flags & MNT_RO);
	arena_done(&a);
}

static void
the_host_tree_is_gone_before_the_jail_has_its_user_namespace(void **state)
{
	struct arena a = {0};
	struct plan p;
	size_t at[OP_NKINDS] = {0};

	build(&a, &p);
	for (size_t i = 0; i < p.nops; i++)
		at[p.ops[i].kind] = i + 1;
	assert_true(at[OP_NAMESPACES] < at[OP_MOUNT]);
	assert_true(at[OP_MOUNT] < at[OP_PIVOT]);
	assert_true(at[OP_PIVOT] < at[OP_LOCK]);
	assert_true(at[OP_LOCK] < at[OP_CAPS]);
	assert_true(at[OP_CAPS] < at[OP_SECCOMP]);
	assert_true(at[OP_SECCOMP] < at[OP_SERVICE]);
	arena_done(&a);
}

static void
a_range_of_ids_below_the_first_is_refused(void **state)
{
	struct arena a = {0};
	struct plan p;
	struct err e = {0};
	struct jail_facts bad = facts;

	bad.id_base = 0;
	assert_int_equal(plan_build(&jail, &bad, &a, &p, &e), -1);
	bad.id_base = 65537;
	assert_int_equal(plan_build(&jail, &bad, &a, &p, &e), -1);
	arena_done(&a);
}

static void
the_brief_says_what_the_plan_says(void **state)
{
	const struct filter_variant *f = filter_by_name("no-memfd-shm");
	static const char *words[] = {"/bin/true", "--x", NULL};
	struct arena a = {0};
	struct plan p;
	struct err e = {0};
	str_auto out = {0};
	struct brief h;

	jail.service = (struct strv){words, 2};
	build(&a, &p);
	assert_int_equal(brief_for_init(&p, &out, &e), 0);
	memcpy(&h, out.s, sizeof(h));
	assert_int_equal(h.magic, BRIEF_MAGIC);
	assert_int_equal(h.size, out.len);
	assert_int_equal(h.mode, BRIEF_INIT);
	assert_int_equal(h.caps, cap_default_mask());
	assert_int_equal(h.argv.n, 2);
	assert_string_equal(out.s + h.argv.off, "/bin/true");
	assert_string_equal(out.s + h.argv.off + sizeof("/bin/true"), "--x");
	assert_int_equal(h.seccomp.len, f->len * sizeof(*f->code));
	assert_memory_equal(out.s + h.seccomp.off, f->code, h.seccomp.len);
	assert_int_equal(h.seccomp.off % 8, 0);
	assert_int_equal(h.rlimits.n, 1);
	jail.service = (struct strv){0};
	arena_done(&a);
}

static void
an_environment_that_is_too_long_is_a_configuration_error(void **state)
{
	struct arena a = {0};
	char *huge = arena_alloc(&a, BRIEF_MAX + 8);
	const char *words[] = {huge, NULL};
	struct plan p;
	struct err e = {0};
	str_auto out = {0};

	memset(huge, 'x', BRIEF_MAX + 4);
	jail.environment = (struct strv){words, 1};
	build(&a, &p);
	assert_int_equal(brief_for_init(&p, &out, &e), -1);
	assert_int_equal(e.kind, ERR_CONFIG);
	jail.environment = (struct strv){0};
	arena_done(&a);
}

/* A plan with every kind of right, and with what a line-based text would trip over. */
static void
build_with_rights(struct arena *a, struct plan *p, struct str *text)
{
	static const char *odd_dirs[] = {"/usr", "/s p\nwx", NULL}, *variables[] = {"A=1", "B=x y", NULL};

	jail.wx = WX_DENY;
	jail.nofile = 64;
	jail.environment = (struct strv){variables, 2};
	build(a, p);
	meta.exec_dirs = (struct strv){odd_dirs, 2};
	assert_int_equal(plan_build(&jail, &facts, a, p, &(struct err){0}), 0);
	rights_print(p, text);
	jail.wx = WX_ALLOW;
	jail.nofile = 0;
	jail.environment = (struct strv){0};
}

static size_t
count_steps(const struct plan *p, enum op_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < p->nops; i++)
		n += p->ops[i].kind == kind;
	return n;
}

static void
rights_that_were_kept_are_those_of_the_start(void **state)
{
	struct arena a = {0};
	struct plan p, kept;
	struct err e = {0};
	str_auto text = {0}, again = {0};
	size_t n = 0;

	build_with_rights(&a, &p, &text);
	assert_int_equal(rights_parse(text.s, text.len, "j", &a, &kept, &e), 0);
	for (enum op_kind k = OP_RLIMIT; k <= OP_SECCOMP; k++) {
		/* What every process gets anyway need not be kept. */
		assert_int_equal(count_steps(&kept, k), k == OP_PROCESS ? 0 : count_steps(&p, k));
		n += count_steps(&kept, k);
	}
	assert_int_equal(kept.nops, n);
	assert_int_equal(kept.jail->environment.n, 2);
	assert_string_equal(kept.jail->environment.v[1], "B=x y");
	rights_print(&kept, &again);
	assert_int_equal(again.len, text.len);
	assert_memory_equal(again.s, text.s, text.len);
	arena_done(&a);
}

static void
rights_that_are_not_whole_are_refused(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} rows[] = {
#define TEXT(s) {s, sizeof(s)}
		TEXT(""),
		TEXT("end"),
		TEXT("caps 0\0end"),
		TEXT("seccomp default\0end"),
		TEXT("caps 0\0caps 1\0seccomp default\0end"),
		TEXT("caps 0\0seccomp nothing-of-ours\0end"),
		TEXT("caps 0\0seccomp default"),
		TEXT("caps 0\0seccomp default\0end\0wx"),
		TEXT("caps -1\0seccomp default\0end"),
		TEXT("caps\0seccomp default\0end"),
		TEXT("caps 0\0seccomp default\0rlimit nofile 4\0end"),
		TEXT("caps 0\0seccomp default\0rlimit frob 4 4\0end"),
		TEXT("caps 0\0seccomp default\0landlock 9 /usr\0end"),
		TEXT("caps 0\0seccomp default\0landlock 1 usr\0end"),
		TEXT("caps 0\0seccomp default\0landlock 1\0end"),
		TEXT("caps 0\0seccomp default\0wx 0\0end"),
		TEXT("caps 0\0seccomp default\0mount /\0end"),
#undef TEXT
	};
	struct arena a = {0};
	struct plan p;
	str_auto text = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = {0};

		assert_int_equal(rights_parse(rows[i].text, rows[i].len, "j", &a, &p, &e), -1);
		assert_string_equal(e.hint, "warder restart j");
	}
	build_with_rights(&a, &p, &text);
	for (size_t len = 0; len < text.len; len++)
		assert_int_equal(rights_parse(text.s, len, "j", &a, &p, &(struct err){0}), -1);
	arena_done(&a);
}

static void
a_jail_without_address_needs_no_network_program(void **state)
{
	struct arena a = {0};
	struct plan p;
	struct strv argv;

	build(&a, &p);
	net_up_arguments(&p, "/x/warder-net", 7, &a, &argv);
	assert_int_equal(argv.n, 0);
	arena_done(&a);
}

static void
the_network_arguments_name_address_mac_bridge_and_peers(void **state)
{
	static const char *peers[] = {"k", NULL};
	struct addr addr;
	struct arena a = {0};
	struct plan p;
	struct strv argv;
	struct err e = {0};
	char veth[16];

	assert_int_equal(addr_parse("10.66.0.4", 4, &addr, &e), 0);
	jail.addrs = (struct addrs){&addr, 1};
	jail.bridge = "warder0";
	jail.peers = (struct strv){peers, 1};
	build(&a, &p);
	net_up_arguments(&p, "/x/warder-net", 7, &a, &argv);
	veth_name_for("/jails", "k", veth);
	assert_string_equal(argv.v[0], "/x/warder-net");
	assert_true(strv_has(&argv, "10.66.0.4/24"));
	assert_true(strv_has(&argv, "10.66.0.1/24"));
	assert_true(strv_has(&argv, veth));
	assert_true(strv_has(&argv, "warder0"));
	assert_true(strv_has(&argv, "/jails"));
	jail.addrs = (struct addrs){0};
	jail.peers = (struct strv){0};
	arena_done(&a);
}

static void
a_process_is_known_by_its_start_time(void **state)
{
	struct run_record r = {.pid = getpid()};
	struct err e = {0};

	assert_true(process_start_ticks(getpid()) > 0);
	assert_int_equal(process_start_ticks(0x7ffffffe), 0);
	r.start_ticks = process_start_ticks(getpid()) + 1;
	r.pidns = process_ns_inode(getpid(), "pid");
	assert_int_equal(process_open_recorded(&r, "j", &e), -1);
	assert_string_equal(e.reason, "is not running");
}

static void
a_report_without_its_end_is_cut_not_overrun(void **state)
{
	struct report r = {.kind = 99, .err_no = 1};
	struct err e = {0};

	memset(r.op, 'a', sizeof(r.op));
	memset(r.subject, 'b', sizeof(r.subject));
	memset(r.reason, 'c', sizeof(r.reason));
	assert_int_equal(messages_report_error(&r, &e), -1);
	assert_int_equal(e.kind, ERR_FAILED);
	assert_int_equal(strlen(e.op), sizeof(e.op) - 1);
	assert_int_equal(strlen(e.subject), sizeof(e.subject) - 1);
}

static void
every_step_of_the_view_has_someone_who_does_it(void **state)
{
	static const enum op_kind childs[] = {
		OP_NAMESPACES, OP_LOOPBACK, OP_MOUNT, OP_PIVOT, OP_HOSTNAME, OP_SYSCTL, OP_LOCK, OP_ASSERT};

	for (size_t i = 0; i < sizeof(childs) / sizeof(childs[0]); i++)
		assert_non_null(child_step_for(childs[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mount_flag_has_its_kernel_attribute),
		cmocka_unit_test(landlock_handles_only_what_the_abi_knows),
		cmocka_unit_test(no_right_ever_makes_device_nodes_or_reads),
		cmocka_unit_test(only_state_is_writable_and_nothing_writable_is_executable),
		cmocka_unit_test(every_parent_of_a_pin_is_an_anchor_before_it),
		cmocka_unit_test(the_host_tree_is_gone_before_the_jail_has_its_user_namespace),
		cmocka_unit_test(a_range_of_ids_below_the_first_is_refused),
		cmocka_unit_test(the_brief_says_what_the_plan_says),
		cmocka_unit_test(an_environment_that_is_too_long_is_a_configuration_error),
		cmocka_unit_test(rights_that_were_kept_are_those_of_the_start),
		cmocka_unit_test(rights_that_are_not_whole_are_refused),
		cmocka_unit_test(a_jail_without_address_needs_no_network_program),
		cmocka_unit_test(the_network_arguments_name_address_mac_bridge_and_peers),
		cmocka_unit_test(a_process_is_known_by_its_start_time),
		cmocka_unit_test(a_report_without_its_end_is_cut_not_overrun),
		cmocka_unit_test(every_step_of_the_view_has_someone_who_does_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
