/*
 * The store on a real directory: what it makes, what it refuses, what it leaves.  Needs root.
 */
#include <sys/prctl.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "opens.h"
#include "store_fixture.h"

static void
test_init_makes_the_tree_once_and_closes_it_to_others(void **state)
{
	struct fixture *f = fixture(state);
	bool made = true;

	ok(store_init(f->root, &made, E));
	assert_false(made);
	assert_int_equal(fixture_stat(f->s.rootfd, ".warder").st_mode & 07777, 0700);
	assert_int_equal(fixture_stat(f->s.rootfd, "t").st_mode & 07777, 0700);
	assert_int_equal(fixture_stat(f->s.rootfd, "s").st_mode & 07777, 0755);
}

static void
test_a_path_that_others_can_change_is_refused(void **state)
{
	struct fixture *f = fixture(state);
	struct store s;

	assert_int_equal(chmod(f->dir, 0777), 0);
	fails(store_open(f->root, &s, E), ERR_NOPERM);
	assert_int_equal(chmod(f->dir, 01777), 0);
	ok(store_open(f->root, &s, E));
	store_close(&s);
	assert_int_equal(chmod(f->root, 01777), 0);
	fails(store_open(f->root, &s, E), ERR_NOPERM);
	assert_int_equal(chmod(f->root, 0755), 0);
	assert_int_equal(chown(f->dir, 1000, 0), 0);
	fails(store_open(f->root, &s, E), ERR_NOPERM);
	assert_int_equal(chown(f->dir, 0, 0), 0);
}

static void
test_a_link_of_another_user_on_the_way_is_refused(void **state)
{
	struct fixture *f = fixture(state);
	struct store s;
	char link[96];

	snprintf(link, sizeof(link), "%s/link", f->dir);
	assert_int_equal(symlink("jails", link), 0);
	ok(store_open(link, &s, E));
	store_close(&s);
	assert_int_equal(lchown(link, 1000, 1000), 0);
	fails(store_open(link, &s, E), ERR_NOPERM);
}

static void
test_open_says_how_to_make_a_store(void **state)
{
	struct fixture *f = fixture(state);
	struct store s;

	fails(store_open(f->dir, &s, E), ERR_FAILED);
	assert_non_null(strstr(fixture_err.hint, "warder init"));
	fails(store_open("/nowhere-at-all/x", &s, E), ERR_FAILED);
	fails(store_open("jails", &s, E), ERR_USAGE);
	fixture_file(f->s.dotfd, "format", "2\n");
	fails(store_open(f->root, &s, E), ERR_CONFIG);
}

static void
test_device_nodes_that_differ_are_made_again(void **state)
{
	struct fixture *f = fixture(state);
	struct stat st = fixture_stat(f->s.dotfd, "dev/null");

	assert_true(S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3) && (st.st_mode & 07777) == 0666);
	ino_t before = fixture_stat(f->s.dotfd, "dev").st_ino;
	ok(store_dev_make(&f->s, E));
	assert_int_equal(fixture_stat(f->s.dotfd, "dev").st_ino, before);
	assert_int_equal(fchmodat(f->s.dotfd, "dev/null", 0600, 0), 0);
	ok(store_dev_make(&f->s, E));
	assert_int_equal(fixture_stat(f->s.dotfd, "dev/null").st_mode & 07777, 0666);
	fixture_file(f->s.dotfd, "dev/extra", "");
	ok(store_dev_make(&f->s, E));
	assert_false(fixture_there(f->s.dotfd, "dev/extra"));
	assert_false(fixture_there(f->s.dotfd, "dev.tmp"));
}

static void
test_a_second_holder_learns_who_has_the_lock(void **state)
{
	struct fixture *f = fixture(state);
	static const char *const torn[] = {"", "1", "1 2", "1 2 create", "1 2 \n", " 2 create\n", "-1 2 create\n",
		"1 2x create\n", "4294967296 2 create\n"};
	int first, second;
	char want[64];

	ok(store_lock(&f->s, "jail.ns", "create", 0, &first, E));
	fails(store_lock(&f->s, "jail.ns", "start", 20, &second, E), ERR_BUSY);
	snprintf(want, sizeof(want), "held by process %d (create) since ", (int)getpid());
	assert_non_null(strstr(fixture_err.reason, want));
	for (size_t i = 0; i < sizeof(torn) / sizeof(*torn); i++) {
		assert_int_equal(ftruncate(first, 0), 0);
		assert_int_equal(pwrite(first, torn[i], strlen(torn[i]), 0), strlen(torn[i]));
		fails(store_lock(&f->s, "jail.ns", "start", 0, &second, E), ERR_BUSY);
		assert_string_equal(fixture_err.reason, "held by another process");
	}
	ok(store_lock(&f->s, "jail.other", "start", 0, &second, E));
	fd_close(&second);
	fd_close(&first);
	ok(store_lock(&f->s, "jail.ns", "start", 0, &second, E));
	fd_close(&second);
}

static void
test_shared_holders_keep_out_one_that_wants_it_alone(void **state)
{
	struct fixture *f = fixture(state);
	int first, second, alone;

	ok(store_lock_shared(&f->s, "enter.ns", 0, &first, E));
	ok(store_lock_shared(&f->s, "enter.ns", 0, &second, E));
	fails(store_lock(&f->s, "enter.ns", "stop", 20, &alone, E), ERR_BUSY);
	assert_string_equal(fixture_err.reason, "held by another process");
	fd_close(&first);
	fails(store_lock(&f->s, "enter.ns", "stop", 0, &alone, E), ERR_BUSY);
	fd_close(&second);
	ok(store_lock(&f->s, "enter.ns", "stop", 0, &alone, E));
	fails(store_lock_shared(&f->s, "enter.ns", 20, &first, E), ERR_BUSY);
	assert_non_null(strstr(fixture_err.reason, "(stop)"));
	fd_close(&alone);
	/* What that one wrote is not taken for the shared holder's. */
	ok(store_lock_shared(&f->s, "enter.ns", 0, &first, E));
	fails(store_lock(&f->s, "enter.ns", "stop", 0, &alone, E), ERR_BUSY);
	assert_string_equal(fixture_err.reason, "held by another process");
	fd_close(&first);
}

static void
test_a_killed_holder_keeps_no_lock(void **state)
{
	struct fixture *f = fixture(state);
	int fd, pair[2];
	char c;

	assert_int_equal(pipe(pair), 0);
	pid_t pid = fork();
	if (pid == 0) {
		if (store_lock(&f->s, "store", "create", 0, &fd, E) == 0 && write(pair[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(pair[0], &c, 1), 1);
	fails(store_lock(&f->s, "store", "destroy", 0, &fd, E), ERR_BUSY);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	ok(store_lock(&f->s, "store", "destroy", 0, &fd, E));
	fd_close(&fd);
	close(pair[0]);
	close(pair[1]);
}

static void
test_a_range_of_ids_is_never_given_to_another_name(void **state)
{
	struct fixture *f = fixture(state);
	uint32_t a, b, again, none;

	ok(store_ids_allot(&f->s, "ns", &a, E));
	assert_true(a >= ID_COUNT && a % ID_COUNT == 0);
	ok(store_ids_retire(&f->s, "ns", E));
	ok(store_ids_find(&f->s, "ns", &none, E));
	assert_int_equal(none, 0);
	ok(store_ids_allot(&f->s, "ns2", &b, E));
	assert_int_not_equal(a, b);
	ok(store_ids_allot(&f->s, "ns", &again, E));
	assert_int_equal(a, again);
	ok(store_ids_find(&f->s, "ns2", &again, E));
	assert_int_equal(b, again);
}

static void
test_a_base_is_switched_by_its_link(void **state)
{
	struct fixture *f = fixture(state);
	struct arena a = {0};
	const struct base_meta *m;
	struct base_row *rows;
	size_t n;
	char target[64] = "";

	fails(store_base_meta(&f->s, "mroot", &a, &m, E), ERR_FAILED);
	assert_int_equal(fixture_base(&f->s, "mroot"), 1);
	assert_int_equal(fixture_base(&f->s, "mroot"), 2);
	ok(store_base_meta(&f->s, "mroot", &a, &m, E));
	assert_int_equal(m->generation, 2);
	assert_true(readlinkat(f->s.rootfd, "j/mroot", target, sizeof(target) - 1) > 0);
	assert_string_equal(target, "../.warder/base/mroot/2/root");
	ok(store_bases(&f->s, &a, &rows, &n, E));
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].ngenerations, 2);
	arena_done(&a);
}

static void
test_an_unfinished_base_is_cleared_by_the_next(void **state)
{
	struct fixture *f = fixture(state);
	unsigned g;
	int dir;

	ok(store_base_begin(&f->s, "mroot", &g, &dir, E));
	fixture_dir(dir, "root/usr");
	fd_close(&dir);
	ok(store_base_begin(&f->s, "mroot", &g, &dir, E));
	assert_int_equal(g, 1);
	assert_false(fixture_there(dir, "root"));
	fd_close(&dir);
	ok(store_base_abandon(&f->s, "mroot", g, E));
	assert_false(fixture_there(f->s.dotfd, "base/mroot"));
}

static void
test_a_base_in_use_stays_and_names_its_jails(void **state)
{
	struct fixture *f = fixture(state);
	struct jail j = fixture_jail("ns");

	fixture_base(&f->s, "mroot");
	ok(store_jail_create(&f->s, &j, NULL, E));
	fails(store_base_remove(&f->s, "mroot", E), ERR_BUSY);
	assert_non_null(strstr(fixture_err.reason, "ns"));
	assert_true(fixture_there(f->s.rootfd, "j/mroot/usr"));
	ok(store_jail_destroy(&f->s, "ns", E));
	ok(store_base_remove(&f->s, "mroot", E));
	assert_false(fixture_there(f->s.rootfd, "j/mroot"));
	assert_false(fixture_there(f->s.dotfd, "base/mroot"));
	fails(store_base_remove(&f->s, "mroot", E), ERR_FAILED);
}

static void
check_files(const struct fixture *f)
{
	struct arena a = {0};
	char *text;
	char target[64] = "";

	fd_auto skel = ok(path_open_beneath(f->s.dotfd, "skel/ns/1", O_PATH | O_DIRECTORY, 0, E));
	ok(file_read(skel, "etc/hostname", 4096, &a, &text, NULL, E));
	assert_string_equal(text, "ns.example.org\n");
	assert_true(S_ISREG(fixture_stat(skel, "etc/hosts").st_mode));
	assert_int_equal(access("/tmp/warder-test-outside", F_OK), -1);
	assert_true(readlinkat(skel, "etc/localtime", target, sizeof(target) - 1) > 0);
	assert_string_equal(target, "/usr/share/zoneinfo/Europe/Athens");
	assert_int_equal(fixture_stat(skel, "etc/passwd").st_uid, 0);
	arena_done(&a);
}

static void
test_a_created_jail_has_shifted_state_and_an_own_skeleton(void **state)
{
	struct fixture *f = fixture(state);
	struct jail j = fixture_jail("ns");
	static const char *pins[] = {"/var/lib/own", NULL};
	uint32_t first;

	j.timezone = "Europe/Athens";
	j.pins = (struct strv){pins, 1};
	fixture_base(&f->s, "mroot");
	ok(store_jail_create(&f->s, &j, NULL, E));
	assert_true(store_jail_exists(&f->s, "ns"));
	fails(store_jail_create(&f->s, &j, NULL, E), ERR_CANTCREATE);
	assert_true(store_jail_exists(&f->s, "ns"));
	ok(store_ids_find(&f->s, "ns", &first, E));
	check_files(f);

	struct stat top = fixture_stat(f->s.rootfd, "t/ns"), var = fixture_stat(f->s.rootfd, "t/ns/var");
	assert_true(top.st_uid == 0 && (top.st_mode & 07777) == 0755);
	assert_int_equal(var.st_uid, first);
	assert_int_equal(fixture_stat(f->s.rootfd, "t/ns/tmp").st_mode & 07777, 01777);
	assert_int_equal(fixture_stat(f->s.rootfd, "t/ns/var/spool").st_uid, first);
	static const char *const points[] = {"t/ns/var/lib/dpkg", "t/ns/var/lib/own", "t/ns/var/spool/cron"};
	for (size_t i = 0; i < 3; i++) {
		struct stat st = fixture_stat(f->s.rootfd, points[i]);
		assert_true(S_ISDIR(st.st_mode) && st.st_uid == 0 && (st.st_mode & 07777) == 0755 && st.st_nlink == 2);
	}
	assert_false(fixture_there(f->s.rootfd, "t/ns/var/lib/own/data"));
	struct stat data = fixture_stat(f->s.dotfd, "skel/ns/1/pins/var/lib/own/data");
	assert_true(data.st_uid == 101 && data.st_gid == 105);
}

static void
test_destroy_leaves_nothing_but_the_retired_ids(void **state)
{
	struct fixture *f = fixture(state);
	struct jail j = fixture_jail("ns");
	struct strv before, after;
	struct arena a = {0};
	static const char *const dirs[] = {
		".", "j", "s", "t", "manage", ".warder", ".warder/skel", ".warder/run", ".warder/log", ".warder/lock"};
	uint32_t first, again;

	fixture_base(&f->s, "mroot");
	int lock;
	ok(store_lock(&f->s, "store", "test", 0, &lock, E));
	ok(store_ids_allot(&f->s, "other", &first, E));
	fd_close(&lock);
	ok(store_lock(&f->s, "journal", "test", 0, &lock, E));
	fd_close(&lock);
	struct strv seen[sizeof(dirs) / sizeof(*dirs)];
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		ok(store_names(f->s.rootfd, dirs[i], &a, &seen[i], E));
	ok(store_lock(&f->s, "jail.ns", "create", 0, &lock, E));
	ok(store_jail_create(&f->s, &j, NULL, E));
	ok(store_ids_find(&f->s, "ns", &first, E));
	int fd = ok(store_log_open(&f->s, &j, true, E));
	fd_close(&fd);
	fd = ok(store_status_open(&f->s, "ns", E));
	fd_close(&fd);
	ok(store_jail_destroy(&f->s, "ns", E));
	fd_close(&lock);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		before = seen[i];
		ok(store_names(f->s.rootfd, dirs[i], &a, &after, E));
		assert_int_equal(before.n, after.n);
		for (size_t k = 0; k < after.n; k++)
			assert_string_equal(before.v[k], after.v[k]);
	}
	fails(store_jail_destroy(&f->s, "ns", E), ERR_FAILED);
	ok(store_jail_create(&f->s, &j, NULL, E));
	ok(store_ids_find(&f->s, "ns", &again, E));
	assert_int_equal(first, again);
	arena_done(&a);
}

static void
test_a_create_that_fails_leaves_no_jail(void **state)
{
	struct fixture *f = fixture(state);
	struct jail j = fixture_jail("ns");
	struct strv names;
	struct arena a = {0};

	fails(store_jail_create(&f->s, &j, NULL, E), ERR_FAILED);
	fixture_base(&f->s, "mroot");
	j.timezone = "Europe/Nowhere";
	fails(store_jail_create(&f->s, &j, NULL, E), ERR_CONFIG);
	assert_false(store_jail_exists(&f->s, "ns"));
	ok(store_names(f->s.rootfd, "t", &a, &names, E));
	assert_int_equal(names.n, 0);
	ok(store_names(f->s.dotfd, "skel", &a, &names, E));
	assert_int_equal(names.n, 0);
	j.name = "mroot";
	fails(store_jail_create(&f->s, &j, NULL, E), ERR_CANTCREATE);
	assert_true(fixture_there(f->s.rootfd, "j/mroot/usr"));
	j.name = "../x";
	fails(store_jail_create(&f->s, &j, NULL, E), ERR_USAGE);
	arena_done(&a);
}

static void
test_facts_know_users_of_the_skeleton(void **state)
{
	struct fixture *f = fixture(state);
	struct jail j = fixture_jail("ns");
	struct run_dir dirs[] = {{"named", "bind", NULL, 0775}, {"x", "root", "ssl", 0755}};
	struct arena a = {0};
	struct jail_facts facts;
	struct store_trees t;

	j.service_user = "bind";
	j.run_dirs = dirs;
	j.nrun_dirs = 2;
	fixture_base(&f->s, "mroot");
	fails(store_jail_facts(&f->s, &j, &a, &facts, E), ERR_FAILED);
	ok(store_jail_create(&f->s, &j, NULL, E));
	ok(store_jail_facts(&f->s, &j, &a, &facts, E));
	assert_int_equal(facts.service_uid, 101);
	assert_int_equal(facts.service_gid, 105);
	assert_int_equal(facts.nservice_groups, 2);
	assert_int_equal(facts.run_dir_ids[0].gid, 105);
	assert_int_equal(facts.run_dir_ids[1].uid, 0);
	assert_int_equal(facts.run_dir_ids[1].gid, 110);
	assert_int_equal(facts.tty_gid, 6);
	assert_int_equal(facts.base_generation, 1);
	assert_true(facts.id_base >= ID_COUNT);
	ok(store_trees_open(&f->s, &facts.trees, &t, E));
	assert_true(fixture_there(t.base, "usr") && fixture_there(t.generation, "pins") &&
		    fixture_there(t.skel, "etc") && fixture_there(t.state, "var") && fixture_there(t.dev, "null"));
	store_trees_close(&t);
	j.base = "another";
	fails(store_jail_facts(&f->s, &j, &a, &facts, E), ERR_CONFIG);
	arena_done(&a);
}

static void
test_accounts_that_are_no_file_are_not_opened(void **state)
{
	struct fixture *f = fixture(state);
	struct jail j = fixture_jail("ns");
	struct arena a = {0};
	struct jail_facts facts;
	int watch;

	fixture_base(&f->s, "mroot");
	ok(store_jail_create(&f->s, &j, NULL, E));
	ok(store_unlink(f->s.rootfd, "s/ns/etc/passwd", 0, E));
	assert_int_equal(mkfifoat(f->s.rootfd, "s/ns/etc/passwd", 0644), 0);
	watch = watch_opens(f->s.rootfd, "s/ns/etc/passwd");
	fails(store_jail_facts(&f->s, &j, &a, &facts, E), ERR_FAILED);
	assert_string_equal(fixture_err.reason, "not a regular file");
	assert_false(was_opened(watch));
	arena_done(&a);
}

static struct run_record
record_of(pid_t pid)
{
	struct run_record r = {.pid = pid, .started = 1700000000, .bridge = "warder0", .cgroup = "warder/x/ns"};
	char path[32], text[1024], state;

	ok(boot_id_read(r.boot_id, E));
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd_auto fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	assert_true(n > 0);
	text[n] = '\0';
	assert_int_equal(proc_stat_parse(text, &state, &r.start_ticks), 0);
	return r;
}

static enum jail_state
state_with(const struct fixture *f, const struct run_record *r)
{
	struct jail_status st;

	ok(store_run_write(&f->s, "ns", r, E));
	ok(store_jail_status(&f->s, "ns", &st, E));
	return st.state;
}

static void
test_only_the_recorded_process_counts_as_running(void **state)
{
	struct fixture *f = fixture(state);
	struct jail_status st;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	ok(store_jail_status(&f->s, "ns", &st, E));
	assert_int_equal(st.state, JAIL_STOPPED);
	struct run_record r = record_of(pid), other = r;
	assert_int_equal(state_with(f, &r), JAIL_RUNNING);
	fd_auto page = ok(store_status_open(&f->s, "ns", E));
	ok(fd_write_all(page, "starting 0 - 0\n", 15, "page", E));
	assert_int_equal(state_with(f, &r), JAIL_STARTING);
	assert_int_equal(pwrite(page, "starting 1 2 0\n", 15, 0), 15); /* it ran, and is about to be run again */
	assert_int_equal(state_with(f, &r), JAIL_RUNNING);
	ok(store_jail_status(&f->s, "ns", &st, E));
	assert_memory_equal(&st.record, &r, sizeof(r));
	fails(store_jail_destroy(&f->s, "ns", E), ERR_BUSY);
	other.start_ticks++;
	assert_int_equal(state_with(f, &other), JAIL_FAILED); /* gone without a word of its end */
	assert_int_equal(pwrite(page, "stopped 1 0 0\n", 14, 0), 14);
	assert_int_equal(state_with(f, &other), JAIL_STOPPED);
	other = r;
	other.boot_id[0] ^= 1;
	assert_int_equal(state_with(f, &other), JAIL_STOPPED);
	other = r;
	other.pid = 0;
	other.starter_pid = pid;
	other.starter_ticks = r.start_ticks;
	assert_int_equal(state_with(f, &other), JAIL_STARTING);
	kill(pid, SIGKILL);
	siginfo_t si;
	assert_int_equal(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT), 0);
	assert_int_equal(state_with(f, &other), JAIL_STOPPED);
	assert_int_equal(state_with(f, &r), JAIL_STOPPED);
	assert_int_equal(pwrite(page, "stopping 1 0 0\n", 15, 0), 15);
	assert_int_equal(state_with(f, &r), JAIL_FAILED);
	assert_int_equal(pwrite(page, "failed 2 1 0\n", 13, 0), 13);
	assert_int_equal(state_with(f, &r), JAIL_FAILED);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	ok(store_run_remove(&f->s, "ns", E));
	ok(store_jail_status(&f->s, "ns", &st, E));
	assert_int_equal(st.state, JAIL_STOPPED);
}

static void
test_a_log_is_a_regular_file_outside_the_store(void **state)
{
	struct fixture *f = fixture(state);
	struct jail j = fixture_jail("ns");
	char path[128];

	fails(store_log_open(&f->s, &j, false, E), ERR_FAILED);
	fd_auto fd = ok(store_log_open(&f->s, &j, true, E));
	assert_int_equal(fixture_stat(f->s.dotfd, "log/ns.log").st_mode & 07777, 0600);
	j.consolelog = path;
	snprintf(path, sizeof(path), "%s/t/ns/var/log", f->root);
	fails(store_log_open(&f->s, &j, true, E), ERR_CONFIG);
	snprintf(path, sizeof(path), "%s/fifo", f->dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	fails(store_log_open(&f->s, &j, false, E), ERR_FAILED);
	snprintf(path, sizeof(path), "%s/link", f->dir);
	assert_int_equal(symlink("fifo", path), 0);
	fails(store_log_open(&f->s, &j, true, E), ERR_FAILED);
}

static void
test_a_log_elsewhere_lies_where_only_root_can_write_and_is_a_log(void **state)
{
	struct fixture *f = fixture(state);
	struct jail j = fixture_jail("ns");
	char path[128], dir[96];

	j.consolelog = path;
	snprintf(dir, sizeof(dir), "%s/logs", f->dir);
	snprintf(path, sizeof(path), "%s/ns.log", dir);
	fails(store_log_open(&f->s, &j, true, E), ERR_FAILED);
	assert_int_equal(mkdir(dir, 0700), 0);
	fd_auto fd = ok(store_log_open(&f->s, &j, true, E));
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_WRONLY);
	ok(fd_write_all(fd, "2026-11-23T23:31:00.123Z one\n", 29, path, E));
	fd_auto again = ok(store_log_open(&f->s, &j, true, E));

	static const mode_t open_to_others[] = {0720, 0702, 01777};
	for (size_t i = 0; i < sizeof(open_to_others) / sizeof(*open_to_others); i++) {
		assert_int_equal(chmod(dir, open_to_others[i]), 0);
		fails(store_log_open(&f->s, &j, true, E), ERR_NOPERM);
	}
	assert_int_equal(chmod(dir, 0755), 0);

	snprintf(path, sizeof(path), "%s/passwd", dir);
	fd_auto other = ok(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	ok(fd_write_all(other, "root:x:0:0\n", 11, path, E));
	fails(store_log_open(&f->s, &j, true, E), ERR_FAILED);
	assert_int_equal(fixture_stat(AT_FDCWD, path).st_size, 11);
}

static void
test_a_log_in_the_store_by_another_name_of_it_is_refused(void **state)
{
	struct fixture *f = fixture(state);
	struct jail j = fixture_jail("ns");
	char path[128];

	snprintf(path, sizeof(path), "%s/other", f->dir);
	assert_int_equal(symlink("jails", path), 0);
	snprintf(path, sizeof(path), "%s/other/s/ns.log", f->dir);
	j.consolelog = path;
	fails(store_log_open(&f->s, &j, true, E), ERR_CONFIG);
	snprintf(path, sizeof(path), "%s/other/ns.log", f->dir);
	fails(store_log_open(&f->s, &j, true, E), ERR_CONFIG);
	assert_false(fixture_there(f->s.rootfd, "ns.log") || fixture_there(f->s.rootfd, "s/ns.log"));
	snprintf(path, sizeof(path), "%s/ns.log", f->dir);
	fd_auto fd = ok(store_log_open(&f->s, &j, true, E));
}

#define row(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		row(test_init_makes_the_tree_once_and_closes_it_to_others),
		row(test_a_path_that_others_can_change_is_refused),
		row(test_a_link_of_another_user_on_the_way_is_refused),
		row(test_open_says_how_to_make_a_store),
		row(test_device_nodes_that_differ_are_made_again),
		row(test_a_second_holder_learns_who_has_the_lock),
		row(test_shared_holders_keep_out_one_that_wants_it_alone),
		row(test_a_killed_holder_keeps_no_lock),
		row(test_a_range_of_ids_is_never_given_to_another_name),
		row(test_a_base_is_switched_by_its_link),
		row(test_an_unfinished_base_is_cleared_by_the_next),
		row(test_a_base_in_use_stays_and_names_its_jails),
		row(test_a_created_jail_has_shifted_state_and_an_own_skeleton),
		row(test_destroy_leaves_nothing_but_the_retired_ids),
		row(test_a_create_that_fails_leaves_no_jail),
		row(test_facts_know_users_of_the_skeleton),
		row(test_accounts_that_are_no_file_are_not_opened),
		row(test_only_the_recorded_process_counts_as_running),
		row(test_a_log_is_a_regular_file_outside_the_store),
		row(test_a_log_elsewhere_lies_where_only_root_can_write_and_is_a_log),
		row(test_a_log_in_the_store_by_another_name_of_it_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
