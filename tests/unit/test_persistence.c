/* store/persistence: what in a state could run again is found, whatever the state is made of; nothing is waited for. */
#include "unit.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>

#include "base/fd.h"
#include "base/path.h"
#include "store/persistence.h"

enum { DEEP = 100000, MODE_FILE = S_IFREG | 0644 };

/* ---- pure ---- */

static unsigned
classified(const char *path, mode_t mode, const char *head)
{
	struct persist_entry p = {.path = path, .mode = mode, .nhead = strlen(head)};

	memcpy(p.head, head, p.nhead);
	return persistence_classify(&p);
}

static void
first_bytes_name_and_mode_say_what_a_file_could_be(void **state)
{
	static const struct {
		const char *path, *head;
		mode_t mode;
		unsigned kinds;
	} rows[] = {
		{"/var/lib/x", "", MODE_FILE, 0},
		{"/var/lib/x", "#", MODE_FILE, 0},
		{"/var/lib/x", "# !/bin/sh", MODE_FILE, 0},
		{"/var/lib/x", "#!/bin/sh\n", MODE_FILE, PERSIST_SCRIPT},
		{"/var/lib/x", "#! perl", S_IFREG, PERSIST_SCRIPT},
		{"/var/lib/x", "\177ELF\002", MODE_FILE, PERSIST_ELF},
		{"/var/lib/x", "\177EL", MODE_FILE, 0},
		{"/var/lib/x", "", S_IFREG | 04755, PERSIST_SETID},
		{"/var/lib/x", "", S_IFREG | 02644, PERSIST_SETID},
		{"/var/lib/x", "\177ELF", S_IFREG | 06755, PERSIST_SETID | PERSIST_ELF},
		{"/var/lib/x", "", S_IFDIR | 02775, 0},
		{"/var/lib/x", "", S_IFSOCK | 0777, PERSIST_SOCKET},
		{"/var/lib/x", "", S_IFIFO | 0777, 0},
		{"/var/lib/x", "", S_IFCHR | 0666, PERSIST_DEVICE},
		{"/var/lib/x", "", S_IFBLK | 0666, PERSIST_DEVICE},
		{"/var/lib/pg/.profile", "", MODE_FILE, PERSIST_LOGIN},
		{"/var/lib/pg/.ssh/authorized_keys", "", MODE_FILE, PERSIST_LOGIN},
		{"/var/lib/pg/.ssh/authorized_keys", "", S_IFLNK | 0777, PERSIST_LOGIN},
		{"/var/lib/pg/profile", "", MODE_FILE, 0},
		{".../.bashrc", "#!", MODE_FILE, PERSIST_LOGIN | PERSIST_SCRIPT},
		{"", "#!", MODE_FILE, PERSIST_SCRIPT},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (classified(rows[i].path, rows[i].mode, rows[i].head) != rows[i].kinds)
			fail_msg("row %zu: %x, not %x", i, classified(rows[i].path, rows[i].mode, rows[i].head),
				rows[i].kinds);
	for (size_t i = 0; i < PERSIST_NKINDS; i++)
		assert_true(strlen(persist_names[i]) > 0 && strlen(persist_texts[i]) > 0);
}

static void
what_configuration_names_is_found_in_lines_that_include(void **state)
{
	static const char text[] = "include \"/var/lib/bind/more.conf\";\n"
				   "log /var/log/named.log\n"
				   "LoadModule x /t/var/lib/mod/x.so\n"
				   "IncludeOptional /var/lib/site/*.conf\n"
				   "source=/tmp/a:/tmp/b,/tmp/c\n"
				   "moduleload /var/lib/one/../x.\n"
				   "include chroot/var/lib/not\n"
				   "include /variable/x /var /tmp/ /etc/x\n"
				   "exec /var/lib/caf\303\251/run";
	static const struct {
		const char *path;
		bool is_included;
	} rows[] = {
		{"/var/lib/bind/more.conf", true},
		{"/var/lib/bind/more.con", false},
		{"/var/lib/bind/more.conf2", false},
		{"/var/lib/bind/more.conf/below", true},
		{"/var/log/named.log", false},
		{"/var/lib/mod/x.so", true},
		{"/var/lib/site/a.conf", true},
		{"/var/lib/site", true},
		{"/var/lib/sites", false},
		{"/tmp/a", true},
		{"/tmp/b", true},
		{"/tmp/c", true},
		{"/tmp/d", false},
		{"/var/lib/not", false},
		{"/var/lib/caf\303\251/run", true},
		{"/var/x", false},
		{"", false},
	};
	struct arena a = {0};
	struct persist_names n = {.a = &a};

	persistence_names_add(&n, text, strlen(text));
	persistence_names_add_word(&n, "--config=/var/lib/declared");
	persistence_names_add_word(&n, "-d");
	persistence_names_sort(&n);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (persistence_is_included(&n, rows[i].path) != rows[i].is_included)
			fail_msg("%s", rows[i].path);
	assert_true(persistence_is_included(&n, "/var/lib/declared"));
	assert_false(n.is_full);
	arena_done(&a);
}

static void
names_without_end_are_cut_and_it_is_said(void **state)
{
	struct arena a = {0};
	struct persist_names n = {.a = &a};
	char line[2000];

	memset(line, 'x', sizeof(line));
	memcpy(line, "/var/", 5);
	line[sizeof(line) - 1] = '\0';
	for (int i = 0; i < 4000; i++)
		persistence_names_add_word(&n, line);
	assert_true(n.is_full);
	assert_true(n.bytes <= PERSIST_NAMES_MAX);
	/* One that is no path at all. */
	char *huge = arena_alloc(&a, 100001);
	memset(huge, 'y', 100000);
	memcpy(huge, "/tmp/", 5);
	persistence_names_add_word(&n, huge);
	persistence_names_sort(&n);
	assert_int_equal(n.paths.n, 1);
	arena_done(&a);
}

/* ---- the walk ---- */

static struct pin pins[] = {{"/var/spool/cron", PIN_FROM_SKEL, "spool/cron"}, {"/var/lib/one", PIN_FROM_BASE, "x"}};
static struct base_meta meta = {.pins = pins, .npins = ARRAY_LEN(pins)};
static struct jail_facts facts = {.id_base = 65536, .base = &meta, .trees = {.state = "t", .skel = "s"}};

struct look {
	struct arena a;
	struct persistence p;
};

static void
file(int dirfd, const char *path, const char *text, mode_t mode)
{
	struct err e;
	const char *slash = strrchr(path, '/');
	fd_auto dir = slash == NULL ? dup(dirfd) : path_make_dirs(dirfd, strndupa(path, slash - path), 0755, &e);
	fd_auto fd = openat(dir, slash == NULL ? path : slash + 1, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
}

static void
make_trees(int dirfd)
{
	struct err e;
	fd_auto a = path_make_dirs(dirfd, "t/var", 0755, &e), b = path_make_dirs(dirfd, "t/tmp", 0755, &e),
		c = path_make_dirs(dirfd, "s/etc", 0755, &e);

	assert_true(a >= 0 && b >= 0 && c >= 0);
}

static void
look(const struct scratch *s, struct look *l)
{
	struct store store = {.rootfd = s->fd, .dotfd = -1};
	static const struct jail j;
	struct err e = {0};

	memset(l, 0, sizeof(*l));
	if (store_persistence(&store, &j, &facts, &l->a, &l->p, &e) < 0) {
		err_print(stderr, &e, "test", NULL);
		fail();
	}
}

static unsigned
found(const struct look *l, const char *path)
{
	for (size_t i = 0; i < l->p.n; i++)
		if (strcmp(l->p.v[i].path, path) == 0)
			return l->p.v[i].kinds;
	return 0;
}

static void
an_ordinary_state_has_nothing(void **state)
{
	struct scratch *s = *state;
	struct look l;

	make_trees(s->fd);
	file(s->fd, "t/var/lib/x/data", "data", 0644);
	file(s->fd, "t/var/log/log", "", 0600);
	file(s->fd, "s/etc/conf", "log /var/log/log\n", 0644);
	look(s, &l);
	assert_int_equal(l.p.found, 0);
	assert_int_equal(l.p.n, 0);
	assert_int_equal(l.p.stopped.kind, ERR_NONE);
	assert_int_equal(l.p.entries, 7);
	arena_done(&l.a);
}

static void
each_kind_is_found_where_it_is_and_not_what_pins_cover(void **state)
{
	struct scratch *s = *state;
	struct look l;

	make_trees(s->fd);
	file(s->fd, "t/var/spool/at/a/b", "job", 0600);
	file(s->fd, "t/var/spool/cron/root", "#!covered", 0600);
	file(s->fd, "t/var/lib/one/x", "#!covered", 0755);
	file(s->fd, "t/var/run/x", "#!emptied", 0755);
	file(s->fd, "t/var/lib/oneself/x", "#!/bin/sh -e\nrm", 0755);
	file(s->fd, "t/tmp/prog", "\177ELF", 04755);
	file(s->fd, "t/var/lib/pg/.profile", "", 0644);
	file(s->fd, "t/var/lib/inc/more", "", 0644);
	file(s->fd, "s/etc/deep/er/conf", "include /var/lib/inc/more\n", 0644);
	look(s, &l);
	assert_int_equal(found(&l, "/var/spool/at/a/b"), PERSIST_CRON);
	assert_int_equal(found(&l, "/var/lib/oneself/x"), PERSIST_SCRIPT);
	assert_int_equal(found(&l, "/tmp/prog"), PERSIST_ELF | PERSIST_SETID);
	assert_int_equal(found(&l, "/var/lib/pg/.profile"), PERSIST_LOGIN);
	assert_int_equal(found(&l, "/var/lib/inc/more"), PERSIST_INCLUDED);
	assert_int_equal(l.p.found, 5);
	assert_int_equal(l.p.counts[3], 1);
	for (size_t i = 0; i < l.p.n; i++)
		if (l.p.v[i].kinds & PERSIST_SCRIPT)
			assert_string_equal(l.p.v[i].detail, "#!/bin/sh -e");
	for (size_t i = 1; i < l.p.n; i++)
		assert_true(strcmp(l.p.v[i - 1].path, l.p.v[i].path) < 0);
	arena_done(&l.a);
}

static void
capabilities_sockets_and_owners_are_shown(void **state)
{
	/* vfs_cap_data, revision 2, cap_net_raw */
	static const unsigned char cap[20] = {1, 0, 0, 2, 0, 0x20};
	struct scratch *s = *state;
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	fd_auto sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char path[128];
	struct look l;

	if (geteuid() != 0)
		skip();
	make_trees(s->fd);
	file(s->fd, "t/tmp/cap", "", 0755);
	snprintf(path, sizeof(path), "%s/t/tmp/cap", s->path);
	assert_int_equal(chown(path, 65536 + 7, 5), 0);
	if (setxattr(path, "security.capability", cap, sizeof(cap), 0) < 0)
		skip();
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/t/tmp/sock", s->path);
	assert_int_equal(bind(sock, (struct sockaddr *)&addr, sizeof(addr)), 0);
	look(s, &l);
	assert_int_equal(found(&l, "/tmp/cap"), PERSIST_CAPABILITY);
	assert_int_equal(found(&l, "/tmp/sock"), PERSIST_SOCKET);
	assert_int_equal(l.p.v[0].uid, 7);
	assert_int_equal(l.p.v[0].gid, 5);
	arena_done(&l.a);
}

static void
names_of_any_bytes_are_names(void **state)
{
	struct scratch *s = *state;
	char longest[300] = "t/tmp/", name[300];
	struct look l;

	make_trees(s->fd);
	memset(longest + 6, 'n', 255);
	file(s->fd, longest, "#!x", 0755);
	file(s->fd, "t/tmp/new\nline\033[31m\377", "#!a\033[31mb", 0755);
	look(s, &l);
	snprintf(name, sizeof(name), "/tmp/%.255s", longest + 6);
	assert_int_equal(found(&l, name), PERSIST_SCRIPT);
	assert_int_equal(found(&l, "/tmp/new\nline\033[31m\377"), PERSIST_SCRIPT);
	for (size_t i = 0; i < l.p.n; i++)
		assert_null(strchr(l.p.v[i].detail, '\033'));
	arena_done(&l.a);
}

/* Waiting would be for ever: the alarm ends the test. */
static void
fifos_are_not_opened_and_links_not_followed(void **state)
{
	struct scratch *s = *state;
	struct look l;

	make_trees(s->fd);
	file(s->fd, "secret", "#!/outside", 0755);
	assert_int_equal(mkfifoat(s->fd, "t/tmp/fifo", 0666), 0);
	assert_int_equal(symlinkat("/dev/zero", s->fd, "t/tmp/zero"), 0);
	assert_int_equal(symlinkat("../../secret", s->fd, "t/tmp/link"), 0);
	assert_int_equal(symlinkat("..", s->fd, "t/tmp/loop"), 0);
	assert_int_equal(symlinkat("/etc/passwd", s->fd, "t/tmp/.profile"), 0);
	assert_int_equal(mkfifoat(s->fd, "s/etc/fifo", 0666), 0);
	assert_int_equal(symlinkat("/", s->fd, "s/etc/root"), 0);
	alarm(20);
	look(s, &l);
	alarm(0);
	assert_int_equal(l.p.found, 1);
	assert_int_equal(found(&l, "/tmp/.profile"), PERSIST_LOGIN);
	arena_done(&l.a);
}

static void
a_lease_is_not_waited_for_and_the_file_not_passed_over(void **state)
{
	struct scratch *s = *state;
	char path[128];
	struct look l;

	make_trees(s->fd);
	file(s->fd, "t/tmp/leased", "#!x", 0755);
	snprintf(path, sizeof(path), "%s/t/tmp/leased", s->path);
	fd_auto fd = open(path, O_RDWR | O_CLOEXEC);
	signal(SIGIO, SIG_IGN);
	if (fcntl(fd, F_SETLEASE, F_WRLCK) < 0)
		skip();
	alarm(20);
	look(s, &l);
	alarm(0);
	assert_int_equal(found(&l, "/tmp/leased"), PERSIST_UNREAD);
	arena_done(&l.a);
}

static void
make_deep(int dirfd, unsigned levels)
{
	fd_auto at = openat(dirfd, "t/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (unsigned i = 0; i < levels; i++) {
		assert_int_equal(mkdirat(at, "d", 0700), 0);
		int next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		if (i + 1 == levels || i == 0)
			file(next, "x", "#!deep", 0755);
		fd_close(&at);
		at = next;
	}
}

static void
a_directory_of_100_000_levels_is_gone_through_with_few_descriptors(void **state)
{
	struct rlimit few = {64, 64}, before;
	struct scratch *s = *state;
	struct look l;

	make_trees(s->fd);
	make_deep(s->fd, DEEP);
	getrlimit(RLIMIT_NOFILE, &before);
	few.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_NOFILE, &few);
	look(s, &l);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_int_equal(l.p.stopped.kind, ERR_NONE);
	assert_int_equal(l.p.entries, DEEP + 4);
	assert_int_equal(l.p.found, 2);
	assert_int_equal(found(&l, "/tmp/d/x"), PERSIST_SCRIPT);
	assert_int_equal(strncmp(l.p.v[0].path, ".../d/d/", 8), 0);
	assert_true(strlen(l.p.v[0].path) < 4096);
	arena_done(&l.a);
}

static void
more_than_can_be_listed_is_counted(void **state)
{
	struct scratch *s = *state;
	struct look l;

	make_trees(s->fd);
	fd_auto tmp = openat(s->fd, "t/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < PERSIST_LISTED + 5; i++) {
		char name[32];

		snprintf(name, sizeof(name), "s%d", i);
		assert_int_equal(mknodat(tmp, name, S_IFSOCK | 0600, 0), 0);
	}
	look(s, &l);
	assert_int_equal(l.p.n, PERSIST_LISTED);
	assert_int_equal(l.p.found, PERSIST_LISTED + 5);
	assert_int_equal(l.p.counts[7], PERSIST_LISTED + 5);
	arena_done(&l.a);
}

/* A directory, a link out of the state and a FIFO take each other's places as fast as they can. */
static void
swap_for_ever(int dirfd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		renameat2(dirfd, "t/tmp/a", dirfd, "t/tmp/b", RENAME_EXCHANGE);
		renameat2(dirfd, "t/tmp/b", dirfd, "t/tmp/c", RENAME_EXCHANGE);
	}
}

static void
what_changes_under_the_walk_leads_nowhere_else(void **state)
{
	struct scratch *s = *state;
	struct look l;

	make_trees(s->fd);
	file(s->fd, "outside/x", "#!/outside", 0755);
	file(s->fd, "t/tmp/a/x", "#!/inside", 0755);
	assert_int_equal(symlinkat("../../outside", s->fd, "t/tmp/b"), 0);
	assert_int_equal(mkfifoat(s->fd, "t/tmp/c", 0666), 0);
	pid_t pid = fork();
	if (pid == 0)
		swap_for_ever(s->fd);
	alarm(60);
	for (int i = 0; i < 3000; i++) {
		look(s, &l);
		assert_int_equal(l.p.stopped.kind, ERR_NONE);
		/* The one file, once under each of the three names that its directory has had meanwhile. */
		assert_true(l.p.found <= 3);
		for (size_t k = 0; k < l.p.n; k++)
			assert_string_equal(l.p.v[k].detail, "#!/inside");
		arena_done(&l.a);
	}
	alarm(0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

#define one(t) cmocka_unit_test_setup_teardown(t, scratch_open, scratch_close)
#define many(t) cmocka_unit_test_setup_teardown(t, scratch_open_memory, scratch_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_bytes_name_and_mode_say_what_a_file_could_be),
		cmocka_unit_test(what_configuration_names_is_found_in_lines_that_include),
		cmocka_unit_test(names_without_end_are_cut_and_it_is_said),
		one(an_ordinary_state_has_nothing),
		one(each_kind_is_found_where_it_is_and_not_what_pins_cover),
		one(capabilities_sockets_and_owners_are_shown),
		one(names_of_any_bytes_are_names),
		one(fifos_are_not_opened_and_links_not_followed),
		one(a_lease_is_not_waited_for_and_the_file_not_passed_over),
		many(a_directory_of_100_000_levels_is_gone_through_with_few_descriptors),
		many(more_than_can_be_listed_is_counted),
		many(what_changes_under_the_walk_leads_nowhere_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
