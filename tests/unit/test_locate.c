/* store/locate: which tree a path of a jail lies in, and where. */
#include "unit.h"

#include "base/fd.h"
#include "base/path.h"
#include "store/locate.h"

static const struct pin pins[] = {
	{"/var/lib/dpkg", PIN_FROM_BASE, "pins/var/lib/dpkg"},
	{"/var/lib/dpkg/own", PIN_FROM_SKEL, "pins/var/lib/dpkg/own"},
	{"/var/spool/cron", PIN_FROM_SKEL, "spool/cron"},
};

static const char *const dirs[] = {"gen/root/usr/bin", "gen/root/usr/lib", "gen/root/usr/deep/er",
	"gen/pins/var/lib/dpkg/info", "skel/etc", "skel/usr-local/sbin", "skel/spool/cron"};
static const struct {
	const char *target, *path;
} links[] = {
	{"s/etc", "gen/root/etc"},
	{"t/var", "gen/root/var"},
	{"t/tmp", "gen/root/tmp"},
	{"t/var/run", "gen/root/run"},
	{"usr/bin", "gen/root/bin"},
	{"../s/usr-local", "gen/root/usr/local"},
	{"s/x", "gen/root/usr/deep/shallow"},
	{"../../../s/up", "gen/root/usr/deep/er/up"},
	{"loop", "gen/root/loop"},
	{"b", "gen/root/a"},
	{"a", "gen/root/b"},
	{"../../../../etc", "gen/root/up"},
	{"../../etc", "gen/pins/var/lib/dpkg/etc"},
	{"../usr", "skel/usr"},
	{"../run", "skel/run"},
	{"/usr/share/zoneinfo/UTC", "skel/etc/localtime"},
	{"../usr/lib/release", "skel/etc/release"},
	{"../../../../../../etc", "skel/etc/out"},
};

static int
view_open(struct scratch *s, struct locate_view *v)
{
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		fd_auto fd = path_make_dirs(s->fd, dirs[i], 0755, &e);
		assert_true(fd >= 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		assert_int_equal(symlinkat(links[i].target, s->fd, links[i].path), 0);
	*v = (struct locate_view){openat(s->fd, "gen", O_PATH | O_CLOEXEC), openat(s->fd, "skel", O_PATH | O_CLOEXEC),
		pins, ARRAY_LEN(pins)};
	return 0;
}

static void
view_close(struct locate_view *v)
{
	close(v->generation);
	close(v->skel);
}

enum { B = LOCATE_BASE, S = LOCATE_SKEL, T = LOCATE_STATE };
static const struct {
	const char *path;
	int tree;
	const char *rel;
	int pin; /* index, -1: none */
} rows[] = {
	{"/", B, "root", -1},
	{"/usr/bin/x", B, "root/usr/bin/x", -1},
	{"//usr/./bin//x/", B, "root/usr/bin/x", -1},
	{"/no/such/path", B, "root/no/such/path", -1},
	{"/bin/x", B, "root/usr/bin/x", -1},
	{"/bin", B, "root/bin", -1},
	{"/bin/", B, "root/bin", -1},
	{"/etc", S, "etc", -1},
	{"/etc/passwd", S, "etc/passwd", -1},
	{"/usr/local", S, "usr-local", -1},
	{"/usr/local/sbin/y", S, "usr-local/sbin/y", -1},
	{"/usr/deep/shallow", B, "root/usr/deep/shallow", -1},
	{"/usr/deep/er/up", S, "up", -1},
	{"/s", S, ".", -1},
	{"/s/etc/x", S, "etc/x", -1},
	{"/s/run/x", T, "var/run/x", -1},
	{"/s/run", S, "run", -1},
	{"/sx/y", B, "root/sx/y", -1},
	{"/etc/localtime", S, "etc/localtime", -1},
	{"/etc/localtime/x", B, "root/usr/share/zoneinfo/UTC/x", -1},
	{"/etc/release/x", B, "root/usr/lib/release/x", -1},
	{"/etc/out/passwd", S, "etc/passwd", -1},
	{"/up/passwd", S, "etc/passwd", -1},
	{"/var", T, "var", -1},
	{"/var/lib/x/y", T, "var/lib/x/y", -1},
	{"/tmp/x", T, "tmp/x", -1},
	{"/run/x", T, "var/run/x", -1},
	{"/t", T, ".", -1},
	{"/t/var/x", T, "var/x", -1},
	{"/var/lib/dpkg", B, "pins/var/lib/dpkg", 0},
	{"/t/var/lib/dpkg/status", B, "pins/var/lib/dpkg/status", 0},
	{"/var/lib/dpkg/info/../x", B, NULL, -1},
	{"/var/lib/dpkg/etc/x", T, "var/etc/x", -1},
	{"/var/lib/dpkg/etc", B, "pins/var/lib/dpkg/etc", 0},
	{"/var/lib/dpkg/own/x", S, "pins/var/lib/dpkg/own/x", 1},
	{"/var/lib/dpkg-not", T, "var/lib/dpkg-not", -1},
	{"/var/lib", T, "var/lib", -1},
	{"/var/spool/cron/tabs", S, "spool/cron/tabs", 2},
	{"/etc/../etc", S, NULL, -1},
	{"/..", S, NULL, -1},
	{"/usr/..x/...", B, "root/usr/..x/...", -1},
	{"etc", S, NULL, -1},
	{"", S, NULL, -1},
	{"/loop", B, "root/loop", -1},
};

static void
a_path_leads_where_the_jail_would_see_it(void **state)
{
	struct locate_view v;
	struct arena a = {0};
	view_open(*state, &v);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct location l = {.rel = NULL};
		struct err e = {0};
		int r = locate(&v, rows[i].path, &a, &l, &e);
		if (r != (rows[i].rel == NULL ? -1 : 0) || (r == 0 && strcmp(l.rel, rows[i].rel) != 0))
			fail_msg("%s: %d %s", rows[i].path, r, l.rel);
		if (r < 0) {
			assert_int_equal(e.kind, ERR_USAGE);
			continue;
		}
		assert_int_equal(l.tree, rows[i].tree);
		assert_ptr_equal(l.pin, rows[i].pin < 0 ? NULL : &pins[rows[i].pin]);
	}
	view_close(&v);
	arena_done(&a);
}

static void
a_circle_of_links_ends(void **state)
{
	static const char *const circles[] = {"/loop/x", "/a/x"};
	struct locate_view v;
	struct location l;
	struct arena a = {0};
	view_open(*state, &v);
	for (size_t i = 0; i < ARRAY_LEN(circles); i++) {
		struct err e = {0};
		assert_int_equal(locate(&v, circles[i], &a, &l, &e), -1);
		assert_int_equal(e.err_no, ELOOP);
	}
	view_close(&v);
	arena_done(&a);
}

/* What the jail can write is never asked where a path leads: there is no descriptor of it in the view at all. */
static void
the_state_is_not_looked_at(void **state)
{
	struct locate_view v;
	struct location l;
	struct arena a = {0};
	struct err e = {0};
	view_open(*state, &v);
	assert_int_equal(locate(&v, "/var/link/that/is/not/read", &a, &l, &e), 0);
	assert_string_equal(l.path, "/t/var/link/that/is/not/read");
	view_close(&v);
	arena_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_path_leads_where_the_jail_would_see_it, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(a_circle_of_links_ends, scratch_open, scratch_close),
		cmocka_unit_test_setup_teardown(the_state_is_not_looked_at, scratch_open, scratch_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
