/* The mounts that are there, against those of the plan: each way in which they can differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "model/caps.h"
#include "plan/plan.h"
#include "run/linux/mounts.h"

static const char *const exec_dirs[] = {"/usr", "/s", NULL};
static struct pin base_pins[] = {{"/var/lib/dpkg", PIN_FROM_BASE, "pins/var/lib/dpkg"}};
static struct base_meta meta = {
	.name = "b", .generation = 1, .pins = base_pins, .npins = 1, .exec_dirs = {(const char **)exec_dirs, 2}};
static struct jail jail = {.name = "j", .base = "b", .hostname = "j", .shm = 1 << 20};
static struct jail_facts facts = {.root = "/jails", .id_base = 65536, .base = &meta, .tty_gid = 5};

struct fixture {
	struct arena a;
	struct plan p;
	bool drafts;
	struct seen_mount *seen; /* as the plan has them */
	size_t n;
	const char **places;
	struct err e;
};

/* What the kernel would show of a plan that was carried out. */
static void
see(struct fixture *f)
{
	f->places = arena_array(&f->a, f->p.nops + 1, sizeof(*f->places));
	f->seen = arena_array(&f->a, f->p.nops + 1, sizeof(*f->seen));
	f->n = 0;
	for (size_t i = 0; i < f->p.nops; i++) {
		const struct op *o = &f->p.ops[i];

		if (o->kind != OP_MOUNT)
			continue;
		f->seen[f->n].path = o->u.mount.target;
		f->seen[f->n].type = o->u.mount.type == MOUNT_BIND ? "ext4" : mount_type_name(o->u.mount.type);
		f->seen[f->n].options = o->u.mount.type == MOUNT_PROC ? "rw,hidepid=invisible,subset=pid" : "rw";
		f->seen[f->n].flags = o->u.mount.flags & ~(unsigned)(MNT_OPTIONAL | MNT_FILE);
		/* A clone of an id-mapped mount is one. */
		f->seen[f->n++].flags |= o->u.mount.tree == TREE_VIEW ? MNT_IDMAP : 0;
	}
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	jail.caps = cap_default_mask();
	if (f == NULL || plan_build(&jail, &facts, &f->a, &f->p, &f->e) < 0)
		return -1;
	see(f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	arena_done(&f->a);
	free(f);
	return 0;
}

static int
compare(struct fixture *f)
{
	memset(&f->e, 0, sizeof(f->e));
	return mounts_compare(&f->p, f->places, f->seen, f->n, f->drafts, &f->e);
}

static struct seen_mount *
seen_on(struct fixture *f, const char *path)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->seen[i].path, path) == 0)
			return &f->seen[i];
	fail_msg("no mount on %s", path);
	return NULL;
}

/* It is refused, naming the path; what and how is in the reason. */
static void
refused(struct fixture *f, const char *path, const char *why)
{
	assert_int_equal(compare(f), -1);
	assert_int_equal(f->e.kind, ERR_FAILED);
	assert_string_equal(f->e.op, "assert");
	assert_string_equal(f->e.subject, path);
	if (strstr(f->e.reason, why) == NULL)
		fail_msg("no '%s' in: %s", why, f->e.reason);
}

static void
the_mounts_of_a_plan_are_accepted_in_any_order(void **state)
{
	struct fixture *f = *state;

	assert_true(f->n >= 10);
	assert_int_equal(compare(f), 0);
	for (size_t i = 0; i < f->n / 2; i++) {
		struct seen_mount m = f->seen[i];

		f->seen[i] = f->seen[f->n - 1 - i];
		f->seen[f->n - 1 - i] = m;
	}
	assert_int_equal(compare(f), 0);
}

static void
each_flag_that_is_missing_or_too_many_on_any_mount_is_refused(void **state)
{
	static const unsigned flags[] = {MNT_RO, MNT_NOSUID, MNT_NODEV, MNT_NOEXEC, MNT_NOSYMFOLLOW, MNT_IDMAP};
	struct fixture *f = *state;
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; k < sizeof(flags) / sizeof(flags[0]); k++, n++) {
			f->seen[i].flags ^= flags[k];
			refused(f, f->seen[i].path, "planned ");
			f->seen[i].flags ^= flags[k];
		}
	assert_true(n >= 60);
	assert_int_equal(compare(f), 0);
}

static void
the_difference_says_what_is_planned_and_what_was_found(void **state)
{
	struct fixture *f = *state;

	seen_on(f, "/")->flags = MNT_NOSUID;
	refused(f, "/", "planned ro,nosuid,nodev,idmap, found rw,nosuid");
}

static void
each_mount_that_is_missing_is_refused(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < f->n; i++) {
		struct seen_mount last = f->seen[f->n - 1], gone = f->seen[i];

		f->seen[i] = last;
		f->n--;
		refused(f, gone.path, "is not there");
		f->seen[f->n++] = last;
		f->seen[i] = gone;
	}
	assert_int_equal(compare(f), 0);
}

static void
a_mount_too_many_is_refused_also_the_same_one_again(void **state)
{
	struct fixture *f = *state;
	static const struct seen_mount extra = {
		"/s/etc", "tmpfs", "rw", MNT_RO | MNT_NOSUID | MNT_NODEV | MNT_NOEXEC, false};

	f->seen[f->n++] = extra;
	refused(f, "/s/etc", "not in the plan (tmpfs)");
	f->seen[f->n - 1] = *seen_on(f, "/t/tmp");
	refused(f, "/t/tmp", "not in the plan");
}

static void
a_mount_that_hears_of_others_is_refused(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < f->n; i++) {
		f->seen[i].is_shared = true;
		refused(f, f->seen[i].path, "propagation");
		f->seen[i].is_shared = false;
	}
}

static void
another_file_system_than_planned_is_refused(void **state)
{
	struct fixture *f = *state;

	seen_on(f, "/dev/shm")->type = "ext4";
	refused(f, "/dev/shm", "planned tmpfs");
}

static void
a_proc_that_shows_more_is_refused(void **state)
{
	static const char *const wrong[] = {"rw", "rw,subset=pid", "rw,hidepid=invisible",
		"rw,xsubset=pid,hidepid=invisible", "", "rw,hidepid=invisible,subset=pids"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		seen_on(f, "/proc")->options = wrong[i];
		refused(f, "/proc", "planned proc (subset=pid,hidepid=invisible)");
	}
	seen_on(f, "/proc")->options = "subset=pid,gid=5,hidepid=invisible";
	assert_int_equal(compare(f), 0);
}

/* The plan's own mount, wrong: what the kernel has is what was planned, and it is refused all the same. */
static void
plan_wrongly(struct fixture *f, const char *target, unsigned flags, const char *why)
{
	for (size_t i = 0; i < f->p.nops; i++) {
		struct op *o = &f->p.ops[i];

		if (o->kind != OP_MOUNT || strcmp(o->u.mount.target, target) != 0)
			continue;
		unsigned right = o->u.mount.flags;

		o->u.mount.flags = flags;
		see(f);
		refused(f, target, why);
		o->u.mount.flags = right;
		see(f);
		assert_int_equal(compare(f), 0);
		return;
	}
	fail_msg("no mount on %s", target);
}

static void
a_plan_that_is_wrong_itself_is_refused(void **state)
{
	struct fixture *f = *state;

	plan_wrongly(f, "/", MNT_NOSUID | MNT_NODEV | MNT_IDMAP, "gives too much");
	plan_wrongly(f, "/s", MNT_NOSUID | MNT_NODEV | MNT_NOEXEC, "gives too much");
	plan_wrongly(f, "/t", MNT_NOSUID | MNT_NODEV | MNT_NOEXEC, "gives too much");
	plan_wrongly(f, "/t/var", MNT_NOSUID | MNT_NODEV, "planned rw,nosuid,nodev,noexec");
	plan_wrongly(f, "/t/tmp", MNT_NODEV | MNT_NOEXEC, "gives too much");
	plan_wrongly(f, "/t/tmp", MNT_NOSUID | MNT_NOEXEC, "gives too much");
	plan_wrongly(f, "/dev/shm", MNT_NOSUID | MNT_NODEV, "gives too much");
	plan_wrongly(f, "/dev", MNT_NOSUID | MNT_NOEXEC | MNT_IDMAP, "gives too much");
}

static void
a_management_view_has_an_expectation_of_its_own(void **state)
{
	static const struct strv none = {0};
	static const enum view_kind kinds[] = {VIEW_SKEL, VIEW_SKEL_AND_BASE, VIEW_BASE};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct view_options o = {kinds[i], false, &none};

		assert_int_equal(plan_build_view(&jail, &facts, &o, &f->a, &f->p, &f->e), 0);
		see(f);
		seen_on(f, "/proc")->options = "hidepid=invisible,subset=pid";
		f->drafts = true;
		assert_int_equal(compare(f), 0);
		seen_on(f, "/s")->flags &= ~(unsigned)MNT_NOSUID;
		refused(f, "/s", "planned rw,nosuid,nodev,idmap, found rw,nodev,idmap");
		see(f);
		seen_on(f, "/")->flags ^= MNT_RO;
		refused(f, "/", "not as planned");
		/* A draft is writable where no jail's view may be. */
		see(f);
		f->drafts = false;
		assert_int_equal(compare(f), -1);
	}
}

static void
a_target_that_is_a_link_is_looked_for_where_it_leads(void **state)
{
	static const char *allowed[] = {"/bin/cat", NULL}, *libs[] = {"/lib", NULL};
	struct fixture *f = *state;
	struct base_meta m = meta;
	struct jail_facts own = facts;
	struct jail j = jail;

	m.library_dirs = (struct strv){libs, 1};
	own.base = &m;
	j.exec_allow = (struct strv){allowed, 1};
	assert_int_equal(plan_build(&j, &own, &f->a, &f->p, &f->e), 0);
	see(f);
	seen_on(f, "/bin/cat")->path = "/usr/bin/cat";
	seen_on(f, "/lib")->path = "/usr/lib";
	refused(f, "/usr/lib", "not in the plan");
	for (size_t i = 0; i < f->p.nops; i++)
		if (f->p.ops[i].kind == OP_MOUNT && f->p.ops[i].u.mount.tree == TREE_VIEW)
			f->places[i] = arena_printf(&f->a, "/usr%s", f->p.ops[i].u.mount.target);
	assert_int_equal(compare(f), 0);
}

static int
parse(struct fixture *f, const char *text)
{
	return mounts_parse(arena_strdup(&f->a, text), &f->a, &f->seen, &f->n, &f->e);
}

static void
mountinfo_is_read_as_the_kernel_writes_it(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "31 29 254:0 /jails/.warder/base/b/1/root / ro,nosuid,nodev,noatime,idmapped - ext4 "
				  "/dev/vda rw,errors=remount-ro\n"
				  "32 31 254:0 /x\\040y /t/var/a\\040b\\011c\\134d\\12 "
				  "rw,nosuid,noexec,relatime,nosymfollow "
				  "shared:7 master:1 - fuse.x none rw\n"
				  "33 31 0:5 / /proc ro - proc none rw,subset=pid\n"),
		0);
	assert_int_equal(f->n, 3);
	assert_string_equal(f->seen[0].path, "/");
	assert_string_equal(f->seen[0].type, "ext4");
	assert_string_equal(f->seen[0].options, "rw,errors=remount-ro");
	assert_int_equal(f->seen[0].flags, MNT_RO | MNT_NOSUID | MNT_NODEV | MNT_IDMAP);
	assert_false(f->seen[0].is_shared);
	assert_string_equal(f->seen[1].path, "/t/var/a b\tc\\d\\12");
	assert_int_equal(f->seen[1].flags, MNT_NOSUID | MNT_NOEXEC | MNT_NOSYMFOLLOW);
	assert_true(f->seen[1].is_shared);
	assert_string_equal(f->seen[2].options, "rw,subset=pid");
}

static void
a_line_that_is_none_is_refused_and_no_mounts_are_not_the_plans(void **state)
{
	static const char *const bad[] = {"x\n", "1 2 3:4 / /\n", "1 2 3:4 / / rw\n", "1 2 3:4 / / rw - ext4\n",
		"1 2 3:4 / / rw shared:1 ext4 /dev/vda rw\n", "1 2 3:4 / / rw - ext4 /dev/vda"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse(f, bad[i]), -1);
	assert_int_equal(parse(f, ""), 0);
	assert_int_equal(f->n, 0);
	refused(f, "/", "is not there");
}

/* ---- what a live renewal left ---- */

/* A jail's mounts, then those after a first renewal, and after a second one. */
#define ROOT "1 0 8:1 /r / ro,nosuid,nodev,idmapped - ext4 /dev/vda rw\n"
#define PROC "2 1 0:5 / /proc ro,nosuid,nodev,noexec - proc none rw,subset=pid\n"
#define SKEL "3 1 8:1 /s /s ro,nosuid,nodev,idmapped - ext4 /dev/vda rw\n"
#define PIN "4 1 8:1 /p /t/var/lib/own ro,nosuid,nodev,noexec,nosymfollow,idmapped - ext4 /dev/vda rw\n"
#define SKEL2 "5 3 8:1 /s2 /s ro,nosuid,nodev,idmapped - ext4 /dev/vda rw\n"
#define PIN2 "6 4 8:1 /p2 /t/var/lib/own ro,nosuid,nodev,noexec,nosymfollow,idmapped - ext4 /dev/vda rw\n"
#define ALLOW2 "7 5 8:1 /s2/x /s/x ro,nosuid,nodev,idmapped - ext4 /dev/vda rw\n"
#define SKEL3 "8 3 8:1 /s3 /s ro,nosuid,nodev,idmapped - ext4 /dev/vda rw\n"
#define PIN3 "9 4 8:1 /p3 /t/var/lib/own ro,nosuid,nodev,noexec,nosymfollow,idmapped - ext4 /dev/vda rw\n"
#define ALLOW3 "10 8 8:1 /s3/x /s/x ro,nosuid,nodev,idmapped - ext4 /dev/vda rw\n"
#define FIRST ROOT PROC SKEL PIN
#define SECOND FIRST SKEL2 PIN2 ALLOW2
#define THIRD FIRST SKEL3 PIN3 ALLOW3

static struct op renewed_ops[] = {
	{.kind = OP_MOUNT,
		.u.mount = {MOUNT_BIND, TREE_SKEL, ".", "/s", MNT_RO | MNT_NOSUID | MNT_NODEV | MNT_IDMAP, NULL}},
	{.kind = OP_MOUNT,
		.u.mount = {MOUNT_BIND, TREE_SKEL, "p", "/t/var/lib/own",
			MNT_RO | MNT_NOSUID | MNT_NODEV | MNT_NOEXEC | MNT_NOSYMFOLLOW | MNT_IDMAP, NULL}},
	{.kind = OP_MOUNT, .u.mount = {MOUNT_BIND, TREE_VIEW, "/link", "/link", MNT_RO | MNT_NOSUID | MNT_NODEV, NULL}},
};

static int
compare_renewed(struct fixture *f, const char *before, const char *after, bool again)
{
	static const char *const places[] = {NULL, NULL, "/s/x"};
	struct plan p = {.ops = renewed_ops, .nops = 3};
	struct seen_mounts was, is;

	memset(&f->e, 0, sizeof(f->e));
	assert_int_equal(mounts_parse(arena_strdup(&f->a, before), &f->a, &was.v, &was.n, &f->e), 0);
	assert_int_equal(mounts_parse(arena_strdup(&f->a, after), &f->a, &is.v, &is.n, &f->e), 0);
	return mounts_compare_renewed(&p, places, &was, &is, again, &f->e);
}

static void
a_renewal_is_what_was_there_and_what_was_renewed(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(compare_renewed(f, FIRST, SECOND, false), 0);
	assert_int_equal(compare_renewed(f, SECOND, THIRD, true), 0);
}

static void
each_other_mount_after_a_renewal_is_refused(void **state)
{
	static const struct {
		const char *before, *after;
		bool again;
		const char *path, *why;
	} rows[] = {
		{FIRST, FIRST, false, "/s", "a mount that was renewed is not there"},
		{FIRST, FIRST SKEL2, false, "/t/var/lib/own", "a mount that was renewed is not there"},
		{FIRST, FIRST SKEL2 PIN2, false, "/s/x", "a mount that was renewed is not there"},
		{FIRST, SECOND SKEL3, false, "/s", "a mount that is not in the plan"},
		{FIRST, SECOND "11 1 0:9 / /s/etc ro,nosuid,nodev - tmpfs none rw\n", false, "/s/etc",
			"a mount that is not in the plan (tmpfs)"},
		{FIRST, FIRST "5 3 8:1 /s2 /s ro,nosuid,nodev - ext4 /dev/vda rw\n" PIN2 ALLOW2, false, "/s",
			"planned ro,nosuid,nodev,idmap, found ro,nosuid,nodev"},
		{FIRST, FIRST "5 3 8:1 /s2 /s rw,nosuid,nodev,idmapped - ext4 /dev/vda rw\n" PIN2 ALLOW2, false, "/s",
			"a mount gives too much"},
		{FIRST, FIRST "5 3 8:1 /s2 /s ro,nosuid,nodev,idmapped shared:1 - ext4 /dev/vda rw\n" PIN2 ALLOW2,
			false, "/s", "propagation"},
		{FIRST, ROOT PROC PIN SKEL2 PIN2 ALLOW2, false, "/s", "a mount that was there is gone"},
		{FIRST, ROOT SKEL PIN SKEL2 PIN2 ALLOW2, false, "/proc", "a mount that was there is gone"},
		{FIRST, ROOT "2 1 0:5 / /proc ro,nosuid,nodev,noexec - proc none rw\n" SKEL PIN SKEL2 PIN2 ALLOW2,
			false, "/proc", "a mount is not as it was"},
		{FIRST,
			ROOT PROC SKEL "4 1 8:1 /p /t/var/lib/own ro,nosuid,nodev,noexec,idmapped - ext4 /dev/vda "
				       "rw\n" SKEL2 PIN2 ALLOW2,
			false, "/t/var/lib/own", "a mount is not as it was"},
		{SECOND, SECOND SKEL3 PIN3 ALLOW3, true, "/s", "a mount that was replaced is there still"},
		{SECOND, THIRD PIN2, true, "/t/var/lib/own", "a mount that was replaced is there still"},
		{SECOND, ROOT SKEL PIN SKEL3 PIN3 ALLOW3, true, "/proc", "a mount that was there is gone"},
		{SECOND, ROOT PROC PIN SKEL3 PIN3 ALLOW3, true, "/s", "a mount that was there is gone"},
		{SECOND, FIRST SKEL3 PIN3, true, "/s/x", "a mount that was renewed is not there"},
		{SECOND, SECOND, true, "/s", "a mount that was renewed is not there"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (compare_renewed(f, rows[i].before, rows[i].after, rows[i].again) == 0)
			fail_msg("row %zu is accepted", i);
		assert_int_equal(f->e.kind, ERR_FAILED);
		assert_string_equal(f->e.op, "assert");
		if (strcmp(f->e.subject, rows[i].path) != 0 || strstr(f->e.reason, rows[i].why) == NULL)
			fail_msg("row %zu: %s: %s", i, f->e.subject, f->e.reason);
	}
}

#define one(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		one(the_mounts_of_a_plan_are_accepted_in_any_order),
		one(each_flag_that_is_missing_or_too_many_on_any_mount_is_refused),
		one(the_difference_says_what_is_planned_and_what_was_found),
		one(each_mount_that_is_missing_is_refused),
		one(a_mount_too_many_is_refused_also_the_same_one_again),
		one(a_mount_that_hears_of_others_is_refused),
		one(another_file_system_than_planned_is_refused),
		one(a_proc_that_shows_more_is_refused),
		one(a_plan_that_is_wrong_itself_is_refused),
		one(a_management_view_has_an_expectation_of_its_own),
		one(a_target_that_is_a_link_is_looked_for_where_it_leads),
		one(a_renewal_is_what_was_there_and_what_was_renewed),
		one(each_other_mount_after_a_renewal_is_refused),
		one(mountinfo_is_read_as_the_kernel_writes_it),
		one(a_line_that_is_none_is_refused_and_no_mounts_are_not_the_plans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
