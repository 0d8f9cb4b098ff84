/*
 * The state of a jail from outside: copies in and out, reset, seeding; with a jail that swaps links meanwhile.
 * Needs root.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "store/copy.h"
#include "store/state.h"
#include "store_fixture.h"

static const char *const declared_paths[] = {"/var/keep/inner", NULL};
static const struct strv declared = {(const char **)declared_paths, 1};

struct world {
	struct fixture *f;
	struct jail j;
	uint32_t first;
	int root; /* of the store */
};

static struct world
world_make(void **state)
{
	struct world w = {.f = fixture(state), .j = fixture_jail("ns")};
	fd_auto lock = -1;

	w.j.pins = declared;
	w.root = w.f->s.rootfd;
	fixture_base(&w.f->s, "mroot");
	ok(store_lock(&w.f->s, "jail.ns", "create", 0, &lock, E));
	ok(store_jail_create(&w.f->s, &w.j, NULL, E));
	ok(store_ids_find(&w.f->s, "ns", &w.first, E));
	fixture_dir(w.root, "src/d");
	fixture_file(w.root, "src/d/f", "content");
	assert_int_equal(fchmodat(w.root, "src/d/f", 06755, 0), 0);
	assert_int_equal(fchownat(w.root, "src/d/f", 12, 34, 0), 0);
	assert_int_equal(mkfifoat(w.root, "src/fifo", 0600), 0);
	return w;
}

static void
on_left_out(void *ctx, const char *path, const char *why)
{
	(*(unsigned *)ctx)++;
}

static int
copy_in(struct world *w, const char *from, const char *path, const char *owner)
{
	struct arena a = {0};
	const char *ret;
	unsigned left_out = 0;
	struct tree_copy_options o = {.left_out = on_left_out, .ctx = &left_out};
	const char *slash = strrchr(from, '/');
	fd_auto source = openat(w->root, from, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	assert_true(source >= 0);
	struct copy_in c = {
		"ns", &declared, path, source, slash ? slash + 1 : from, owner, .dry_run = false, .options = &o};
	int r = store_copy_in(&w->f->s, &c, &a, &ret, E);
	arena_done(&a);
	return r;
}

static int
copy_out(struct world *w, const char *path, const char *to)
{
	static const struct tree_owner caller = {UINT32_MAX, UINT32_MAX};
	unsigned left_out = 0;
	struct tree_copy_options o = {.owner = &caller, .strip_setid = true, .left_out = on_left_out, .ctx = &left_out};
	fd_auto fd = store_copy_source(&w->f->s, "ns", &declared, path, E);

	return fd < 0 ? -1 : tree_copy(fd, w->root, to, &o, E);
}

static void
nothing_is_left_beside(struct world *w)
{
	assert_false(fixture_there(w->root, "t/ns.in"));
	assert_false(fixture_there(w->root, "t/ns.tmp"));
}

static void
test_what_comes_in_is_the_jails_and_has_no_rights(void **state)
{
	struct world w = world_make(state);

	ok(copy_in(&w, "src", "/var/lib", NULL));
	struct stat st = fixture_stat(w.root, "t/ns/var/lib/src/d/f");
	assert_int_equal(st.st_uid, w.first);
	assert_int_equal(st.st_gid, w.first);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_false(fixture_there(w.root, "t/ns/var/lib/src/fifo"));
	ok(copy_in(&w, "src/d/f", "/tmp/named", "bind"));
	st = fixture_stat(w.root, "t/ns/tmp/named");
	assert_int_equal(st.st_uid, w.first + 101);
	assert_int_equal(st.st_gid, w.first + 105);
	fails(copy_in(&w, "src/d/f", "/tmp/x", "nobody-here"), ERR_FAILED);
	nothing_is_left_beside(&w);
}

static void
test_a_file_is_replaced_and_a_directory_added_to(void **state)
{
	struct world w = world_make(state);

	ok(copy_in(&w, "src/d/f", "/var/lib/own/data", NULL));
	assert_int_equal(fixture_stat(w.root, "t/ns/var/lib/own/data").st_size, 7);
	fixture_dir(w.root, "own/data2");
	fixture_file(w.root, "own/data2/f", "x");
	ok(copy_in(&w, "own", "/var/lib/", NULL));
	assert_true(fixture_there(w.root, "t/ns/var/lib/own/data"));
	assert_true(fixture_there(w.root, "t/ns/var/lib/own/data2/f"));
	fixture_dir(w.root, "more/own/data");
	fails(copy_in(&w, "more/own", "/var/lib", NULL), ERR_CANTCREATE);
	fails(copy_in(&w, "src", "/var/lib/own/data", NULL), ERR_CANTCREATE);
	fixture_file(w.root, "more/lib", "x");
	fails(copy_in(&w, "more/lib", "/var", NULL), ERR_CANTCREATE);
	fails(copy_in(&w, "src/d/f", "/var/lib/none/x", NULL), ERR_FAILED);
	fails(copy_in(&w, "src/d/f", "/var/lib/none/", NULL), ERR_FAILED);
	nothing_is_left_beside(&w);
}

static void
test_only_the_state_is_written_and_no_pin(void **state)
{
	static const struct {
		const char *path, *hint;
	} rows[] = {
		{"/etc", "warder manage ns"},
		{"/etc/passwd", "warder manage ns"},
		{"/s/etc/x", "warder manage ns"},
		{"/usr/x", "warder base edit mroot"},
		{"/", "warder base edit mroot"},
		{"/var/lib/dpkg", "warder base edit mroot"},
		{"/var/lib/dpkg/info/x.postinst", "warder base edit mroot"},
		{"/var/spool/cron", "warder manage ns"},
		{"/t/var/spool/cron/x", "warder manage ns"},
		{"/var/keep/inner/x", "warder manage ns"},
		{"/t", ""},
		{"/t/x", ""},
	};
	struct world w = world_make(state);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		fails(copy_in(&w, "src/d/f", rows[i].path, NULL), ERR_NOPERM);
		assert_string_equal(fixture_err.hint, rows[i].hint);
	}
	fixture_file(w.root, "cron", "x");
	fails(copy_in(&w, "cron", "/var/spool", NULL), ERR_NOPERM);
	fixture_dir(w.root, "lib/dpkg");
	fails(copy_in(&w, "lib", "/var", NULL), ERR_NOPERM);
	assert_string_equal(fixture_err.hint, "warder base edit mroot");
	assert_false(fixture_there(w.root, "t/ns/x"));
	assert_int_equal(fixture_stat(w.root, "t/ns/var/lib/dpkg").st_uid, 0);
	nothing_is_left_beside(&w);
}

/* A pin of a declaration that is gone is known by its owner alone. */
static void
test_what_is_the_hosts_own_in_a_state_is_not_filled(void **state)
{
	struct world w = world_make(state);
	struct arena a = {0};
	const char *ret;
	struct tree_copy_options o = {0};
	fd_auto source = openat(w.root, "src/d/f", O_PATH | O_CLOEXEC);
	struct copy_in c = {.jail = "ns", .path = "/var/keep/inner/x", .source = source, .name = "f", .options = &o};

	fails(store_copy_in(&w.f->s, &c, &a, &ret, E), ERR_NOPERM);
	assert_false(fixture_there(w.root, "t/ns/var/keep/inner/x"));
	arena_done(&a);
}

static void
test_links_of_the_jail_are_not_followed(void **state)
{
	struct world w = world_make(state);
	char outside[128];

	fixture_dir(w.root, "outside");
	fixture_file(w.root, "outside/secret", "secret");
	snprintf(outside, sizeof(outside), "%s/outside", w.f->root);
	assert_int_equal(symlinkat(outside, w.root, "t/ns/var/lib/abs"), 0);
	assert_int_equal(symlinkat("../../../../outside", w.root, "t/ns/var/lib/rel"), 0);
	assert_int_equal(symlinkat("../../../../outside/secret", w.root, "t/ns/var/lib/file"), 0);
	fails(copy_in(&w, "src/d/f", "/var/lib/abs", NULL), ERR_FAILED);
	fails(copy_in(&w, "src/d/f", "/var/lib/abs/x", NULL), ERR_FAILED);
	fails(copy_in(&w, "src/d/f", "/var/lib/rel/x", NULL), ERR_FAILED);
	fails(copy_in(&w, "src/d/f", "/var/lib/file", NULL), ERR_FAILED);
	fails(copy_out(&w, "/var/lib/abs/secret", "got"), ERR_FAILED);
	fails(copy_out(&w, "/var/lib/rel/secret", "got"), ERR_FAILED);
	ok(copy_out(&w, "/var/lib/file", "link"));
	assert_true(S_ISLNK(fixture_stat(w.root, "link").st_mode));
	ok(copy_out(&w, "/var/lib", "lib"));
	assert_true(S_ISLNK(fixture_stat(w.root, "lib/abs").st_mode));
	fixture_file(w.root, "more", "x");
	assert_int_equal(renameat(w.root, "more", w.root, "file"), 0);
	fails(copy_in(&w, "file", "/var/lib", NULL), ERR_NOPERM); /* the link is not the jail's own yet */
	assert_int_equal(fchownat(w.root, "t/ns/var/lib/file", w.first, w.first, AT_SYMLINK_NOFOLLOW), 0);
	ok(copy_in(&w, "file", "/var/lib", NULL));
	assert_true(S_ISREG(fixture_stat(w.root, "t/ns/var/lib/file").st_mode));
	assert_int_equal(fixture_stat(w.root, "outside/secret").st_size, 6);
	assert_false(fixture_there(w.root, "outside/x"));
}

static void
test_out_comes_what_the_jail_sees_without_rights(void **state)
{
	struct world w = world_make(state);

	assert_int_equal(fchmodat(w.root, "t/ns/var/lib/own/data", 04755, 0), 0);
	ok(copy_out(&w, "/var/lib/own/data", "data"));
	struct stat st = fixture_stat(w.root, "data");
	assert_int_equal(st.st_uid, 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	ok(copy_out(&w, "/etc/hostname", "hostname"));
	ok(copy_out(&w, "/usr/share/zoneinfo/Europe/Athens", "zone"));
	fixture_file(w.f->s.dotfd, "base/mroot/1/pins/var/lib/dpkg/status", "Package: x");
	ok(copy_out(&w, "/var/lib/dpkg/status", "status"));
	assert_int_equal(mkfifoat(w.root, "t/ns/tmp/fifo", 0600), 0);
	fails(copy_out(&w, "/tmp/fifo", "fifo"), ERR_FAILED);
	fails(copy_out(&w, "/tmp/none", "none"), ERR_FAILED);
	fails(copy_out(&w, "/proc/self/mem", "mem"), ERR_FAILED);
	fails(copy_out(&w, "/tmp/../etc/shadow", "shadow"), ERR_USAGE);
}

/* ---- with somebody who swaps a directory and a link to the outside ---- */

static pid_t
swapper(int root, const char *one, const char *other)
{
	pid_t pid = fork();

	if (pid == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0)
		for (;;)
			renameat2(root, one, root, other, RENAME_EXCHANGE);
	return pid;
}

static void
swapper_end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* The plain ways, to see that the race is one. */
static bool
plain_copy_out_is_led_astray(int root)
{
	for (int i = 0; i < 200000; i++)
		if (fixture_there(root, "t/ns/var/lib/d/secret"))
			return true;
	return false;
}

static bool
plain_copy_in_is_led_astray(int root)
{
	for (int i = 0; i < 200000; i++) {
		int fd = openat(root, "t/ns/var/lib/d/planted", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd >= 0)
			close(fd);
		if (fixture_there(root, "outside/planted"))
			return unlinkat(root, "outside/planted", 0) == 0;
	}
	return false;
}

static void
set_up_swap(struct world *w)
{
	fixture_dir(w->root, "outside");
	fixture_file(w->root, "outside/secret", "secret");
	fixture_dir(w->root, "t/ns/var/lib/d");
	fixture_file(w->root, "t/ns/var/lib/d/own", "x");
	assert_int_equal(fchownat(w->root, "t/ns/var/lib/d", w->first, w->first, 0), 0);
	assert_int_equal(symlinkat("../../../../outside", w->root, "t/ns/var/lib/l"), 0);
}

static void
check_outside(const struct world *w)
{
	struct tree_size size;
	struct stat st = fixture_stat(w->root, "outside");
	fd_auto outside = openat(w->root, "outside", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ok(tree_measure(outside, &size, E));
	assert_int_equal(size.entries, 2);
	assert_int_equal(st.st_uid, 0);
	assert_int_equal(st.st_mode & 07777, 0755);
}

static void
test_a_link_swapped_in_leads_no_copy_out_of_the_state(void **state)
{
	struct world w = world_make(state);
	unsigned in = 0, out = 0;

	set_up_swap(&w);
	pid_t pid = swapper(w.root, "t/ns/var/lib/d", "t/ns/var/lib/l");
	bool astray_out = plain_copy_out_is_led_astray(w.root), astray_in = plain_copy_in_is_led_astray(w.root);
	for (int i = 0; i < 300; i++) {
		in += copy_in(&w, "src", "/var/lib/d", NULL) == 0;
		in += copy_in(&w, "src/d/f", "/var/lib/d/f", NULL) == 0;
		out += copy_out(&w, "/var/lib/d", "got") == 0;
		assert_false(fixture_there(w.root, "got/secret"));
		ok(tree_remove(w.root, "got", E));
		out += copy_out(&w, "/var/lib", "got") == 0;
		assert_false(fixture_there(w.root, "got/d/secret") || fixture_there(w.root, "got/l/secret"));
		ok(tree_remove(w.root, "got", E));
	}
	swapper_end(pid);
	assert_true(astray_out && astray_in);
	assert_true(in > 0 && out > 0);
	check_outside(&w);
	nothing_is_left_beside(&w);
}

/* ---- reset ---- */

static int
reset(struct world *w, const struct strv *keep)
{
	fd_auto lock = -1;

	ok(store_lock(&w->f->s, "jail.ns", "reset", 0, &lock, E));
	return store_jail_reset(&w->f->s, &w->j, keep, NULL, E);
}

static void
dirty(struct world *w)
{
	fixture_dir(w->root, "t/ns/var/lib/app/db");
	fixture_file(w->root, "t/ns/var/lib/app/db/table", "rows");
	assert_int_equal(fchmodat(w->root, "t/ns/var/lib/app", 0750, 0), 0);
	assert_int_equal(fchownat(w->root, "t/ns/var/lib/app", w->first + 5, w->first + 6, 0), 0);
	fixture_file(w->root, "t/ns/var/lib/own/data", "changed by the jail");
	fixture_file(w->root, "t/ns/tmp/x", "x");
	assert_int_equal(unlinkat(w->root, "t/ns/var/run", AT_REMOVEDIR), 0);
}

static void
test_a_reset_state_is_as_created(void **state)
{
	struct world w = world_make(state);
	struct strv none = {0};

	dirty(&w);
	fixture_dir(w.root, "t/ns.tmp/left");
	ok(reset(&w, &none));
	assert_false(fixture_there(w.root, "t/ns/var/lib/app"));
	assert_false(fixture_there(w.root, "t/ns/tmp/x"));
	assert_true(fixture_there(w.root, "t/ns/var/run"));
	assert_int_equal(fixture_stat(w.root, "t/ns").st_uid, 0);
	struct stat st = fixture_stat(w.root, "t/ns/var/lib/own/data");
	assert_int_equal(st.st_size, strlen("pristine"));
	assert_int_equal(st.st_uid, w.first + 101);
	assert_int_equal(fixture_stat(w.root, "t/ns/tmp").st_mode & 07777, 01777);
	assert_int_equal(fixture_stat(w.root, "t/ns/var/keep/inner").st_uid, 0);
	assert_int_equal(fixture_stat(w.root, "t/ns/var/keep").st_uid, w.first);
	assert_false(fixture_there(w.root, "t/ns/var/lib/dpkg/info"));
	nothing_is_left_beside(&w);
}

static void
test_a_reset_keeps_what_it_is_told_to(void **state)
{
	struct world w = world_make(state);
	const char *paths[] = {"/var/lib/app/db", "/var/lib/own", "/var/lib/own/data", "/tmp/link"};
	struct strv keep = {paths, 4};
	struct reset_loss loss;

	dirty(&w);
	assert_int_equal(symlinkat("/etc/shadow", w.root, "t/ns/tmp/link"), 0);
	ino_t table = fixture_stat(w.root, "t/ns/var/lib/app/db/table").st_ino;
	ok(store_reset_loss(&w.f->s, &w.j, &keep, &loss, E));
	assert_int_equal(loss.kept_entries, 5);
	ok(reset(&w, &keep));
	struct stat st = fixture_stat(w.root, "t/ns/var/lib/app/db/table");
	assert_true(st.st_ino == table && st.st_nlink == 1);
	st = fixture_stat(w.root, "t/ns/var/lib/app");
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(st.st_uid, w.first + 5);
	assert_int_equal(fixture_stat(w.root, "t/ns/var/lib/own/data").st_size, strlen("changed by the jail"));
	assert_true(S_ISLNK(fixture_stat(w.root, "t/ns/tmp/link").st_mode));
	assert_false(fixture_there(w.root, "t/ns/tmp/x"));
	nothing_is_left_beside(&w);
}

static void
test_a_reset_keeps_all_of_var_with_its_mount_points(void **state)
{
	struct world w = world_make(state);
	const char *paths[] = {"/var"};
	struct strv keep = {paths, 1};

	dirty(&w);
	ok(reset(&w, &keep));
	assert_true(fixture_there(w.root, "t/ns/var/lib/app/db/table"));
	assert_false(fixture_there(w.root, "t/ns/tmp/x"));
	assert_int_equal(fixture_stat(w.root, "t/ns/var/lib/dpkg").st_uid, 0);
	assert_int_equal(fixture_stat(w.root, "t/ns/var").st_uid, w.first);
}

static void
test_what_cannot_be_kept_stops_a_reset_before_it_begins(void **state)
{
	static const struct {
		const char *path;
		enum err_kind kind;
	} rows[] = {
		{"/etc", ERR_USAGE},
		{"var/lib", ERR_USAGE},
		{"/var/../etc", ERR_USAGE},
		{"/var/lib/dpkg", ERR_USAGE},
		{"/var/spool/cron/x", ERR_USAGE},
		{"/var/keep/inner", ERR_USAGE},
		{"/varx", ERR_USAGE},
		{"/var/lib/none", ERR_FAILED},
		{"/var/lib/l/secret", ERR_FAILED},
	};
	struct world w = world_make(state);

	dirty(&w);
	fixture_dir(w.root, "outside");
	fixture_file(w.root, "outside/secret", "x");
	assert_int_equal(symlinkat("../../../../outside", w.root, "t/ns/var/lib/l"), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *path = rows[i].path;
		struct strv keep = {&path, 1};
		struct reset_loss loss;
		fails(store_reset_loss(&w.f->s, &w.j, &keep, &loss, E), rows[i].kind);
		fails(reset(&w, &keep), rows[i].kind);
	}
	assert_true(fixture_there(w.root, "t/ns/var/lib/app/db/table"));
	nothing_is_left_beside(&w);
}

static void
test_copies_keep_reset_and_destroy_waiting(void **state)
{
	struct world w = world_make(state);
	struct strv none = {0};
	fd_auto lock = -1;

	ok(store_lock(&w.f->s, "state.ns", "cp", 0, &lock, E));
	fails(reset(&w, &none), ERR_BUSY);
	fails(store_jail_destroy(&w.f->s, "ns", E), ERR_BUSY);
	assert_true(store_jail_exists(&w.f->s, "ns"));
	fd_close(&lock);
	fixture_dir(w.root, "t/ns.in/left");
	ok(store_jail_destroy(&w.f->s, "ns", E));
	nothing_is_left_beside(&w);
	assert_false(fixture_there(w.f->s.dotfd, "lock/state.ns"));
}

/* ---- seeding ---- */

static struct pin more_pins[] = {
	{"/var/lib/dpkg", PIN_FROM_BASE, "pins/var/lib/dpkg"},
	{"/var/lib/new/db", PIN_FROM_BASE, "pins/var/lib/dpkg"},
	{"/var/spool/cron", PIN_FROM_SKEL, "spool/cron"},
};

static int
seed(struct world *w, const char *from, uint64_t *made)
{
	struct base_meta m = fixture_meta("mroot", 1);
	fd_auto fd = openat(w->root, from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	m.pins = more_pins;
	m.npins = 3;
	return store_state_seed(&w->f->s, "ns", fd, &m, &declared, NULL, made, E);
}

static void
make_var(int root)
{
	fixture_dir(root, "var/lib/app/conf");
	fixture_file(root, "var/lib/app/conf/f", "new");
	assert_int_equal(fchmodat(root, "var/lib/app/conf/f", 06755, 0), 0);
	assert_int_equal(fchownat(root, "var/lib/app/conf/f", 101, 105, 0), 0);
	fixture_dir(root, "var/lib/own");
	fixture_file(root, "var/lib/own/data", "of the packages");
	fixture_file(root, "var/lib/own/second", "x");
	fixture_dir(root, "var/run/app");
	fixture_dir(root, "var/lib/dpkg/info");
	fixture_file(root, "var/lib/dpkg/info/x.postinst", "x");
	fixture_dir(root, "var/spool/cron/tabs");
}

static void
test_seeding_adds_what_is_missing_and_nothing_else(void **state)
{
	struct world w = world_make(state);
	uint64_t made = 0;

	make_var(w.root);
	ok(seed(&w, "var", &made));
	assert_int_equal(made, 2);
	struct stat st = fixture_stat(w.root, "t/ns/var/lib/app/conf/f");
	assert_int_equal(st.st_uid, w.first + 101);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(fixture_stat(w.root, "t/ns/var/lib/app").st_uid, w.first);
	assert_int_equal(fixture_stat(w.root, "t/ns/var/lib/own/data").st_size, strlen("pristine"));
	assert_true(fixture_there(w.root, "t/ns/var/lib/own/second"));
	assert_false(fixture_there(w.root, "t/ns/var/run/app"));
	assert_false(fixture_there(w.root, "t/ns/var/lib/dpkg/info"));
	assert_false(fixture_there(w.root, "t/ns/var/spool/cron/tabs"));
	assert_int_equal(fixture_stat(w.root, "t/ns/var/lib/new/db").st_uid, 0);
	assert_int_equal(fixture_stat(w.root, "t/ns/var/lib/new").st_uid, w.first);
	ok(seed(&w, "var", &made));
	assert_int_equal(made, 0);
	nothing_is_left_beside(&w);
}

static void
test_seeding_is_not_led_out_of_the_state(void **state)
{
	struct world w = world_make(state);
	uint64_t made = 0, all = 0;

	set_up_swap(&w);
	fixture_dir(w.root, "var/lib/d/sub");
	fixture_file(w.root, "var/lib/d/planted", "x");
	more_pins[1].path = "/var/lib/d/new/db";
	pid_t pid = swapper(w.root, "t/ns/var/lib/d", "t/ns/var/lib/l");
	bool astray = plain_copy_in_is_led_astray(w.root);
	for (int i = 0; i < 500; i++) {
		if (seed(&w, "var", &made) == 0)
			all += made;
		static const char *const again[] = {"d/planted", "d/sub", "l/planted", "l/sub", "d/new", "l/new"};
		for (size_t k = 0; k < sizeof(again) / sizeof(*again); k++) {
			fd_auto lib = openat(w.root, "t/ns/var/lib", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			int r = tree_remove(lib, again[k], E);
			(void)r;
		}
	}
	swapper_end(pid);
	more_pins[1].path = "/var/lib/new/db";
	assert_true(astray);
	assert_true(all > 0);
	check_outside(&w);
	nothing_is_left_beside(&w);
}

/* What is made in the state has the name of a link a moment later. */
static void
put_link(const struct world *w)
{
	fd_auto d = openat(w->root, "t/ns/var/lib/d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (tree_remove(d, "new", E) < 0 || tree_remove(d, "l", E) < 0)
		assert_int_equal(fixture_err.err_no, ENOTDIR); /* the two changed places between two looks */
	if (symlinkat("../../../../../outside", d, "l") < 0)
		assert_int_equal(errno, EEXIST);
}

static bool
plain_mkdir_is_led_astray(const struct world *w)
{
	for (int i = 0; i < 20000; i++) {
		put_link(w);
		if (mkdirat(w->root, "t/ns/var/lib/d/new", 0700) == 0)
			(void)!fchmodat(w->root, "t/ns/var/lib/d/new", 0755, 0);
		if ((fixture_stat(w->root, "outside").st_mode & 07777) == 0755)
			return fchmodat(w->root, "outside", 0700, 0) == 0;
	}
	return false;
}

static void
test_no_rights_are_given_through_a_link_that_takes_a_new_directorys_place(void **state)
{
	struct world w = world_make(state);
	uint64_t made = 0;
	unsigned done = 0;

	set_up_swap(&w);
	fixture_dir(w.root, "var");
	assert_int_equal(fchmodat(w.root, "outside", 0700, 0), 0);
	more_pins[1].path = "/var/lib/d/new/db";
	pid_t pid = swapper(w.root, "t/ns/var/lib/d/new", "t/ns/var/lib/d/l");
	bool astray = plain_mkdir_is_led_astray(&w);
	for (int i = 0; i < 1500; i++) {
		put_link(&w);
		done += seed(&w, "var", &made) == 0;
		struct stat st = fixture_stat(w.root, "outside");
		assert_int_equal(st.st_mode & 07777, 0700);
		assert_int_equal(st.st_uid, 0);
		assert_false(fixture_there(w.root, "outside/db"));
	}
	swapper_end(pid);
	more_pins[1].path = "/var/lib/new/db";
	assert_true(astray);
	assert_true(done > 0);
}

#define row(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		row(test_what_comes_in_is_the_jails_and_has_no_rights),
		row(test_a_file_is_replaced_and_a_directory_added_to),
		row(test_only_the_state_is_written_and_no_pin),
		row(test_what_is_the_hosts_own_in_a_state_is_not_filled),
		row(test_links_of_the_jail_are_not_followed),
		row(test_out_comes_what_the_jail_sees_without_rights),
		row(test_a_link_swapped_in_leads_no_copy_out_of_the_state),
		row(test_a_reset_state_is_as_created),
		row(test_a_reset_keeps_what_it_is_told_to),
		row(test_a_reset_keeps_all_of_var_with_its_mount_points),
		row(test_what_cannot_be_kept_stops_a_reset_before_it_begins),
		row(test_copies_keep_reset_and_destroy_waiting),
		row(test_seeding_adds_what_is_missing_and_nothing_else),
		row(test_seeding_is_not_led_out_of_the_state),
		row(test_no_rights_are_given_through_a_link_that_takes_a_new_directorys_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
