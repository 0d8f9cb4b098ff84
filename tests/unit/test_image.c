/*
 * How a plain tree becomes base + skeleton + pins.
 */
#include "image_test.h"

#include "base/spawn.h"
#include "base/str.h"
#include "image/apt.h"
#include "image/debian.h"
#include "image/split.h"
#include "opens.h"

#include <linux/capability.h>
#include <sys/sysmacros.h>

static void
make_debian(int root)
{
	MAKE_TREE(root, {'d', "usr"}, {'d', "usr/bin"}, {'d', "usr/sbin"}, {'d', "usr/lib"}, {'d', "usr/lib64"},
		{'d', "usr/lib/x86_64-linux-gnu"}, {'d', "usr/local"}, {'f', "usr/local/mine", "local"},
		{'f', "usr/lib/os-release", "debian"}, {'l', "bin", "usr/bin"}, {'l', "lib64", "usr/lib64"},
		{'d', "etc"}, {'f', "etc/debian_version", "12"}, {'l', "etc/os-release", "../usr/lib/os-release"},
		{'d', "root", NULL, 0700}, {'f', "root/.profile", "p"}, {'d', "home"}, {'d', "srv"}, {'d', "dev"},
		{'f', "dev/left", "x"}, {'d', "proc"}, {'d', "sys"}, {'d', "run"}, {'d', "run/lock"},
		{'f', "run/pid", "1"}, {'d', "boot"}, {'d', "mnt"}, {'d', "tmp", NULL, 01777}, {'d', "var"},
		{'d', "var/lib"}, {'d', "var/lib/dpkg", NULL, 0750}, {'f', "var/lib/dpkg/status", "Package: x"},
		{'d', "var/lib/ldap"}, {'d', "var/cache"}, {'d', "var/cache/apt"}, {'l', "var/run", "/run"},
		{'l', "var/lock", "/run/lock"}, {'d', "var/spool"}, {'d', "var/spool/cron", NULL, 01730},
		{'f', "var/spool/cron/tab", "* * * * *"});
}

static struct base_meta
split(struct scratch *s, const struct base_decl *d)
{
	struct base_meta m = {0};
	struct err e = {0};

	if (image_split(d, s->gen, &s->a, &m, NULL, &e) < 0)
		fail_msg("%s %s: %s (%d)", e.op, e.subject, e.reason, e.err_no);
	return m;
}

static struct err
split_fails(struct scratch *s, const struct base_decl *d)
{
	struct base_meta m = {0};
	struct err e = {0};

	assert_int_equal(image_split(d, s->gen, &s->a, &m, NULL, &e), -1);
	assert_null(m.name);
	return e;
}

static bool
has_pin(const struct base_meta *m, const char *path, enum pin_source source, const char *from)
{
	for (size_t i = 0; i < m->npins; i++)
		if (strcmp(m->pins[i].path, path) == 0)
			return m->pins[i].source == source && strcmp(m->pins[i].from, from) == 0;
	return false;
}

static void
debian_tree_gets_the_designs_links(void **state)
{
	struct scratch *s = *state;
	const struct base_decl d = {.name = "m", .from = "dir:/x"};

	make_debian(s->root);
	struct base_meta m = split(s, &d);
	assert_string_equal(m.flavour, "debian");
	assert_link(s->root, "etc", "s/etc");
	assert_link(s->root, "root", "s/root");
	assert_link(s->root, "usr/local", "../s/usr-local");
	assert_link(s->root, "var", "t/var");
	assert_link(s->root, "tmp", "t/tmp");
	assert_link(s->root, "run", "t/var/run");
	assert_link(s->root, "opt", "s/opt");
	assert_link(s->root, "bin", "usr/bin");
	assert_link(s->gen, "skel/s/usr", "../usr");
	assert_link(s->gen, "skel/s/run", "../run");
	assert_text(s->gen, "skel/s/usr-local/mine", "local");
	assert_text(s->gen, "skel/s/root/.profile", "p");
	assert_dir(s->gen, "skel/s/root", 0700);
	assert_dir(s->gen, "skel/s/opt", 0755);
	assert_dir(s->gen, "skel/t/tmp", 01777);
}

static void
run_becomes_an_empty_directory_of_the_state(void **state)
{
	struct scratch *s = *state;
	const struct base_decl d = {.name = "m", .from = "dir:/x"};

	make_debian(s->root);
	split(s, &d);
	assert_dir(s->gen, "skel/t/var/run", 0755);
	assert_dir(s->gen, "skel/t/var/lock", 01777);
	assert_dir(s->gen, "skel/t/var/tmp", 01777);
	assert_false(exists(s->gen, "skel/t/var/run/pid"));
}

static void
mount_points_are_shipped_empty(void **state)
{
	struct scratch *s = *state;
	const struct base_decl d = {.name = "m", .from = "dir:/x"};
	static const char *const points[] = {"s", "t", "dev", "proc"};

	make_debian(s->root);
	split(s, &d);
	for (size_t i = 0; i < 4; i++) {
		assert_dir(s->root, points[i], 0755);
		assert_int_equal(unlinkat(s->root, points[i], AT_REMOVEDIR), 0);
	}
}

static void
pins_move_and_leave_their_mount_points(void **state)
{
	struct scratch *s = *state;
	struct base_decl d = {.name = "m", .from = "dir:/x"};

	strv_add(&s->a, &d.pins, "/var/lib/ldap");
	make_debian(s->root);
	struct base_meta m = split(s, &d);
	assert_true(has_pin(&m, "/var/lib/dpkg", PIN_FROM_BASE, "pins/var/lib/dpkg"));
	assert_true(has_pin(&m, "/var/lib/ldap", PIN_FROM_BASE, "pins/var/lib/ldap"));
	assert_true(has_pin(&m, "/var/spool/cron", PIN_FROM_SKEL, "spool/cron"));
	assert_true(has_pin(&m, "/var/spool/at", PIN_FROM_SKEL, "spool/at"));
	assert_false(has_pin(&m, "/var/lib/pam", PIN_FROM_BASE, "pins/var/lib/pam"));
	assert_text(s->gen, "pins/var/lib/dpkg/status", "Package: x");
	assert_dir(s->gen, "skel/t/var/lib/dpkg", 0750);
	assert_false(exists(s->gen, "skel/t/var/lib/dpkg/status"));
	assert_text(s->gen, "skel/s/spool/cron/tab", "* * * * *");
	assert_dir(s->gen, "skel/s/spool/cron", 01730);
	assert_dir(s->gen, "skel/t/var/spool/cron", 01730);
	assert_dir(s->gen, "skel/s/spool/at", 0755);
}

static void
a_declared_pin_that_the_tree_lacks_is_refused(void **state)
{
	struct scratch *s = *state;
	struct base_decl d = {.name = "m", .from = "dir:/x"};

	strv_add(&s->a, &d.pins, "/var/lib/none");
	make_debian(s->root);
	struct err e = split_fails(s, &d);
	assert_int_equal(e.kind, ERR_CONFIG);
	assert_string_equal(e.subject, "/var/lib/none");
}

static void
pins_within_pins_and_outside_of_var_are_refused(void **state)
{
	struct scratch *s = *state;
	static const char *const bad[] = {"/var/lib/dpkg/info", "/var/lib", "/etc", "/var/../etc", "var/lib/x", "/var"};

	make_debian(s->root);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct base_decl d = {.name = "m", .from = "dir:/x"};
		strv_add(&s->a, &d.pins, bad[i]);
		assert_int_equal(split_fails(s, &d).kind, ERR_CONFIG);
	}
}

static void
a_pin_through_a_link_is_refused_and_its_target_untouched(void **state)
{
	struct scratch *s = *state;
	struct base_decl d = {.name = "m", .from = "dir:/x"};
	char outside[128];

	snprintf(outside, sizeof(outside), "%s/outside", s->path);
	MAKE_TREE(s->fd, {'d', "outside"}, {'d', "outside/victim"});
	make_debian(s->root);
	assert_int_equal(symlinkat(outside, s->root, "var/evil"), 0);
	strv_add(&s->a, &d.pins, "/var/evil/victim");
	assert_int_equal(split_fails(s, &d).kind, ERR_FAILED);
	assert_dir(s->fd, "outside/victim", 0755);
}

static void
a_link_where_a_directory_is_displaced_is_refused(void **state)
{
	struct scratch *s = *state;
	const struct base_decl d = {.name = "m", .from = "dir:/x"};

	MAKE_TREE(s->root, {'l', "etc", "/etc"});
	struct err e = split_fails(s, &d);
	assert_string_equal(e.subject, "etc");
	assert_link(s->root, "etc", "/etc");
}

static void
a_linked_parent_never_leads_out_of_the_tree(void **state)
{
	struct scratch *s = *state;
	const struct base_decl d = {.name = "m", .from = "dir:/x"};
	char outside[128];

	snprintf(outside, sizeof(outside), "%s/outside", s->path);
	MAKE_TREE(s->fd, {'d', "outside"}, {'d', "outside/local"});
	assert_int_equal(symlinkat(outside, s->root, "usr"), 0);
	split_fails(s, &d);
	assert_dir(s->fd, "outside/local", 0755);
}

static void
splitting_a_former_base_keeps_its_links(void **state)
{
	struct scratch *s = *state;
	const struct base_decl d = {.name = "m", .from = "dir:/x"};

	MAKE_TREE(s->root, {'d', "usr"}, {'d', "s"}, {'d', "t"}, {'d', "s/etc"}, {'f', "s/etc/motd", "hi"},
		{'d', "t/var"}, {'l', "etc", "s/etc"}, {'l', "var", "t/var"}, {'l', "tmp", "t/tmp"},
		{'l', "run", "t/var/run"});
	split(s, &d);
	assert_link(s->root, "etc", "s/etc");
	assert_text(s->gen, "skel/s/etc/motd", "hi");
	assert_dir(s->gen, "skel/t/tmp", 01777);
	assert_dir(s->root, "s", 0755);
	assert_false(exists(s->root, "s/etc"));
}

static void
declared_links_displace_too(void **state)
{
	struct scratch *s = *state;
	struct base_decl d = {.name = "m", .from = "dir:/x"};

	strv_add(&s->a, &d.links, "usr/share -> ../s/usr-share");
	MAKE_TREE(s->root, {'d', "usr"}, {'d', "usr/share"}, {'f', "usr/share/x", "x"});
	split(s, &d);
	assert_link(s->root, "usr/share", "../s/usr-share");
	assert_text(s->gen, "skel/s/usr-share/x", "x");
}

static void
malformed_declared_links_are_refused(void **state)
{
	struct scratch *s = *state;
	static const char *const bad[] = {"opt", "-> s/opt", "/opt -> s/opt", "opt -> /s/opt", "opt -> ../s/opt",
		"usr/x -> s/x", "../x -> s/x", "opt -> s/../../x", "opt -> s/", "opt -> usr/opt", "a//b -> ../s/x"};
	struct flavour_link l;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (link_parse(bad[i], &s->a, &l) == 0)
			fail_msg("accepted: %s", bad[i]);
	assert_int_equal(link_parse("usr/x -> ../s/usr-x", &s->a, &l), 0);
	assert_string_equal(l.path, "usr/x");
	assert_string_equal(l.target, "../s/usr-x");
}

static void
freebsd_tree_gets_the_seeds_links(void **state)
{
	struct scratch *s = *state;
	const struct base_decl d = {.name = "m", .from = "tar:/x"};

	MAKE_TREE(s->root, {'d', "rescue"}, {'d', "libexec"}, {'f', "libexec/ld-elf.so.1"}, {'d', "lib"}, {'d', "usr"},
		{'d', "usr/local"}, {'d', "usr/lib"}, {'d', "etc"}, {'f', "etc/rc.subr"}, {'l', "sys", "usr/src/sys"},
		{'d', "var"}, {'d', "var/empty", NULL, 0555}, {'d', "var/cron"}, {'d', "var/cron/tabs", NULL, 0700},
		{'d', "var/run"}, {'d', "tmp", NULL, 01777}, {'d', "root"}, {'d', "dev"});
	struct base_meta m = split(s, &d);
	assert_string_equal(m.flavour, "freebsd");
	assert_link(s->root, "usr/X11R6", "../s/usr-X11R6");
	assert_link(s->root, "usr/ports/distfiles", "../../s/distfiles");
	assert_link(s->root, "sys", "usr/src/sys");
	assert_true(has_pin(&m, "/var/db/pkg", PIN_FROM_SKEL, "db/pkg"));
	assert_true(has_pin(&m, "/var/cron/tabs", PIN_FROM_SKEL, "cron/tabs"));
	assert_dir(s->gen, "skel/t/var/empty", 0555);
	assert_dir(s->gen, "skel/s/cron/tabs", 0700);
	assert_true(strv_has(&m.library_dirs, "/libexec"));
	assert_true(strv_has(&m.exec_dirs, "/rescue"));
}

static void
device_nodes_do_not_stay(void **state)
{
	struct scratch *s = *state;
	const struct base_decl d = {.name = "m", .from = "dir:/x"};

	make_debian(s->root);
	MAKE_TREE(s->root, {'p', "usr/fifo"});
	if (!can_be_root() || mknodat(s->root, "usr/lib/null", S_IFCHR | 0666, makedev(1, 3)) < 0)
		skip();
	split(s, &d);
	assert_false(exists(s->root, "usr/lib/null"));
	assert_true(exists(s->root, "usr/fifo"));
}

static void
programs_name_their_loader(void **state)
{
	struct scratch *s = *state;
	struct base_decl d = {.name = "m", .from = "dir:/x"};
	static const char loader[] = "/lib64/ld.so";
	struct {
		unsigned char head[64], program[56];
		char name[sizeof(loader)];
	} elf = {.head = {0x7f, 'E', 'L', 'F', 2, 1, 1, [16] = 3, [18] = 62, [32] = 64, [54] = 56, [56] = 1},
		.program = {3, [8] = 120, [32] = sizeof(loader)}};

	memcpy(elf.name, loader, sizeof(loader));
	make_debian(s->root);
	MAKE_TREE(s->root, {'f', "usr/lib/x86_64-linux-gnu/ld.so", "x"},
		{'l', "usr/lib64/ld.so", "/usr/lib/x86_64-linux-gnu/ld.so"});
	fd_auto fd = openat(s->root, "usr/bin/prog", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	assert_int_equal(write(fd, &elf, sizeof(elf)), sizeof(elf));
	fchmod(fd, 0755);
	MAKE_TREE(s->root, {'f', "usr/bin/short", "\177ELF\2\1", 0755}, {'p', "usr/bin/pipe"});
	struct base_meta m = split(s, &d);
	assert_int_equal(m.loaders.n, 1);
	assert_string_equal(m.loaders.v[0], "/usr/lib/x86_64-linux-gnu/ld.so");
	assert_true(strv_has(&m.library_dirs, "/usr/lib/x86_64-linux-gnu"));
	assert_true(strv_has(&m.exec_dirs, "/usr"));
	assert_true(strv_has(&m.exec_dirs, "/s"));
	assert_false(strv_has(&m.exec_dirs, "/bin"));
	assert_false(strv_has(&m.exec_dirs, "/t"));
}

static void
busybox_is_a_base_from_end_to_end(void **state)
{
	struct scratch *s = *state;
	const struct base_decl d = {.name = "m", .from = "busybox"};
	struct err e = {0};

	if (!can_be_root())
		skip();
	if (image_fetch(&d, s->root, NULL, &e) < 0) {
		if (e.kind == ERR_UNAVAILABLE)
			skip();
		fail_msg("%s %s: %s", e.op, e.subject, e.reason);
	}
	struct base_meta m = split(s, &d);
	assert_string_equal(m.flavour, "busybox");
	assert_link(s->root, "bin/sh", "/bin/busybox");
	assert_link(s->root, "usr/sbin/httpd", "/bin/busybox");
	assert_int_equal(m.loaders.n, 0);
	assert_true(exists(s->gen, "skel/s/etc/passwd"));
}

static void
a_directory_is_copied_and_not_into_itself(void **state)
{
	struct scratch *s = *state;
	char from[128];
	struct base_decl d = {.name = "m", .from = from};
	struct err e = {0};

	if (!can_be_root())
		skip();
	MAKE_TREE(s->fd, {'d', "src"}, {'d', "src/etc", NULL, 0750}, {'f', "src/etc/motd", "hi"}, {'d', "src/.copy-0"});
	snprintf(from, sizeof(from), "dir:%s/src", s->path);
	assert_int_equal(image_fetch(&d, s->root, NULL, &e), 0);
	assert_text(s->root, "etc/motd", "hi");
	assert_dir(s->root, "etc", 0750);
	assert_true(exists(s->root, ".copy-0"));
	assert_false(exists(s->root, ".copy-1"));
	snprintf(from, sizeof(from), "dir:%s", s->path);
	assert_int_equal(image_fetch(&d, s->root, NULL, &e), -1);
	assert_int_equal(e.kind, ERR_CONFIG);
}

static void
unknown_places_are_refused(void **state)
{
	struct scratch *s = *state;
	static const char *const bad[] = {
		"", "debian", "debian:", "busybox:x", "http://x", "debian:--help", "debian:A/b"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct base_decl d = {.name = "m", .from = bad[i]};
		struct err e = {0};
		assert_int_equal(image_fetch(&d, s->root, NULL, &e), -1);
		assert_int_equal(e.kind, ERR_CONFIG);
	}
}

static int
argv_of(struct scratch *s, const struct base_decl *d, const struct strv *sources, struct strv *ret, struct err *e)
{
	return debian_argv(d, "bookworm", "/t", sources, &s->a, ret, e);
}

static void
mmdebstrap_gets_packages_and_the_hosts_sources(void **state)
{
	struct scratch *s = *state;
	struct base_decl d = {.name = "m", .from = "debian:bookworm"};
	struct strv argv = {0}, sources = {0};
	struct err e = {0};

	strv_add(&s->a, &d.packages, "bind9");
	strv_add(&s->a, &d.packages, "libstdc++6");
	strv_add(&s->a, &sources, "deb http://x bookworm main");
	assert_int_equal(argv_of(s, &d, &sources, &argv, &e), 0);
	assert_true(strv_has(&argv, "--include=bind9,libstdc++6"));
	assert_true(strv_has(&argv, "--dpkgopt=path-exclude=/usr/share/man/*"));
	assert_string_equal(argv.v[argv.n - 1], "deb http://x bookworm main");
	assert_string_equal(argv.v[argv.n - 3], "bookworm");
	d.mirror = "http://y";
	argv = (struct strv){0};
	assert_int_equal(argv_of(s, &d, &sources, &argv, &e), 0);
	assert_string_equal(argv.v[argv.n - 1], "http://y");
	assert_false(strv_has(&argv, "deb http://x bookworm main"));
}

static void
names_that_are_no_packages_are_refused(void **state)
{
	struct scratch *s = *state;
	static const char *const bad[] = {"", "-x", "a,b", "a b", "~nx", "a;b"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct base_decl d = {.name = "m", .from = "debian:bookworm"};
		struct strv argv = {0}, none = {0};
		struct err e = {0};
		strv_add(&s->a, &d.packages, bad[i]);
		assert_int_equal(argv_of(s, &d, &none, &argv, &e), -1);
		assert_int_equal(e.kind, ERR_CONFIG);
	}
}

static void
lines_of_mmdebstrap_are_understood(void **state)
{
	struct scratch *s = *state;
	struct debian_step step = debian_read_line("Setting up libc6:amd64 (2.36) ...", &s->a);

	assert_string_equal(step.phase, "configuring");
	assert_string_equal(step.note, "libc6");
	assert_null(debian_read_line("whatever", &s->a).phase);
	assert_int_equal(debian_failure("  Could not resolve 'x'"), ERR_UNAVAILABLE);
	assert_int_equal(debian_failure("E: Failed to fetch http://m/x  503  Service Unavailable"), ERR_UNAVAILABLE);
	assert_int_equal(debian_failure("  Invalid response from proxy: HTTP/1.1 403 x"), ERR_UNAVAILABLE);
	assert_int_equal(debian_failure("E: Failed to fetch http://m/x  No space left on device"), ERR_CANTCREATE);
	assert_int_equal(debian_failure("tar: write: No space left on device"), ERR_CANTCREATE);
	assert_int_equal(debian_failure("I: success"), ERR_NONE);
}

static void
only_the_suites_own_sources_are_taken(void **state)
{
	struct scratch *s = *state;

	assert_string_equal(apt_source_line("http://x/|bookworm-security|main", "bookworm", &s->a),
		"deb http://x/ bookworm-security main");
	assert_null(apt_source_line("http://x/|bookworm-backports|main", "bookworm", &s->a));
	assert_null(apt_source_line("http://x/|trixie|main", "bookworm", &s->a));
	assert_null(apt_source_line("http://x/|bookworm", "bookworm", &s->a));
	assert_string_equal(apt_proxy_variable("Acquire::http::Proxy http://p:1", &s->a), "http_proxy=http://p:1");
	assert_null(apt_proxy_variable("Acquire::http::Proxy DIRECT", &s->a));
	assert_null(apt_proxy_variable("Acquire::http::Timeout 3", &s->a));
}

static void
of_the_hosts_apt_no_file_no_program_and_nothing_weaker_is_taken(void **state)
{
	static const char *const left[] = {"Acquire::http::Proxy http://p:1", "Acquire::http::Proxy-Auto-Detect /bin/x",
		"Acquire::https::CaInfo /etc/ca", "Acquire::https::Verify-Peer false",
		"Acquire::AllowInsecureRepositories true", "Acquire::Retries", "Acquire::Retries ",
		"Acquire::Retriesx 3", "Acquire::http::Timeout::x 3", "Acquire::http:: 3", "DPkg::Pre-Invoke /bin/x",
		"", "Acquire::http::User-Agent a\"; DPkg::Pre-Invoke \"x", "Acquire::Retries 3\n",
		"Acquire::Retries \\"};
	struct scratch *s = *state;

	assert_string_equal(apt_option_line("Acquire::Retries 3", &s->a), "Acquire::Retries \"3\";");
	assert_string_equal(
		apt_option_line("Acquire::https::User-Agent a b", &s->a), "Acquire::https::User-Agent \"a b\";");
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		if (apt_option_line(left[i], &s->a) != NULL)
			fail_msg("%s was taken", left[i]);
}

static void
keep_line(void *arg, const char *text, bool is_stderr)
{
	if (!is_stderr)
		str_addf(arg, "%s\n", text);
}

/* The whole way to mmdebstrap, with a shell in its place. */
static void
scripts_of_packages_cannot_change_the_running_host(void **state)
{
	static const int refused[] = {CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_SYS_BOOT, CAP_SYS_TIME, CAP_SYS_PTRACE,
		CAP_SYSLOG, CAP_NET_ADMIN, CAP_MAC_ADMIN, CAP_MAC_OVERRIDE};
	struct scratch *s = *state;
	const struct base_decl d = {.name = "m", .from = "debian:bookworm"};
	struct strv argv = {0}, sources = {0};
	struct str text = {0};
	struct err e = {0};
	size_t n = 0;
	int status;

	if (!can_be_root())
		skip();
	assert_int_equal(debian_argv(&d, "bookworm", "/t", &sources, &s->a, &argv, &e), 0);
	while (strcmp(argv.v[n], "mmdebstrap") != 0)
		n++;
	argv.n = n;
	strv_add(&s->a, &argv, "grep");
	strv_add(&s->a, &argv, "^Cap[BP]");
	strv_add(&s->a, &argv, "/proc/self/status");
	struct spawn grep = {.argv = argv.v, .line = keep_line, .arg = &text};
	assert_int_equal(spawn_run(&grep, &status, &e), 0);
	assert_int_equal(status, 0);
	for (const char *at = str_text(&text); (at = strchr(at, ':')) != NULL; at++)
		for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
			assert_int_equal(strtoull(at + 1, NULL, 16) >> refused[i] & 1, 0);
	assert_non_null(strstr(str_text(&text), "CapPrm"));
	str_done(&text);
}

static void
secrets_of_an_installation_are_not_shared(void **state)
{
	struct scratch *s = *state;
	struct err e = {0};

	MAKE_TREE(s->root, {'d', "etc"}, {'d', "etc/bind"}, {'f', "etc/bind/rndc.key", "k"},
		{'f', "etc/bind/named.conf", "c"}, {'f', "etc/machine-id", "123"}, {'f', "etc/resolv.conf", "r"},
		{'d', "etc/ssh"}, {'f', "etc/ssh/ssh_host_rsa_key", "k"}, {'d', "var"}, {'d', "var/log"},
		{'f', "var/log/dpkg.log", "l"}, {'d', "var/lib"}, {'d', "var/lib/heimdal-kdc"},
		{'f', "var/lib/heimdal-kdc/m-key", "k"});
	assert_int_equal(debian_clean(s->root, &e), 0);
	assert_false(exists(s->root, "etc/bind/rndc.key"));
	assert_false(exists(s->root, "etc/ssh/ssh_host_rsa_key"));
	assert_false(exists(s->root, "etc/resolv.conf"));
	assert_false(exists(s->root, "var/lib/heimdal-kdc/m-key"));
	assert_text(s->root, "etc/machine-id", "");
	assert_text(s->root, "var/log/dpkg.log", "");
	assert_text(s->root, "etc/bind/named.conf", "c");
}

static void
cleaning_follows_no_link_out(void **state)
{
	struct scratch *s = *state;
	struct err e = {0};
	char outside[128];

	snprintf(outside, sizeof(outside), "%s/outside", s->path);
	MAKE_TREE(s->fd, {'d', "outside"}, {'f', "outside/x.log", "keep"}, {'f', "outside/rndc.key", "keep"});
	MAKE_TREE(s->root, {'d', "etc"}, {'d', "var"});
	assert_int_equal(symlinkat(outside, s->root, "var/log"), 0);
	assert_int_equal(symlinkat(outside, s->root, "etc/bind"), 0);
	assert_int_equal(debian_clean(s->root, &e), 0);
	assert_text(s->fd, "outside/x.log", "keep");
	assert_text(s->fd, "outside/rndc.key", "keep");
}

static void
cleaning_opens_nothing_but_regular_files(void **state)
{
	struct scratch *s = *state;
	struct err e = {0};
	int watch;

	MAKE_TREE(s->root, {'d', "etc"}, {'p', "etc/machine-id"}, {'d', "var"}, {'d', "var/log"});
	assert_int_equal(symlinkat("/etc", s->root, "var/log/xlog"), 0);
	watch = watch_opens(s->root, "etc/machine-id");
	assert_int_equal(debian_clean(s->root, &e), 0);
	assert_false(was_opened(watch));
}

static void
every_flavours_rows_are_sound(void **state)
{
	for (size_t i = 0; i < nflavours; i++) {
		const struct flavour *f = flavours[i];
		const char *rest;

		assert_ptr_equal(flavour_by_name(f->name), f);
		for (size_t k = 0; k < f->nlinks; k++)
			assert_true(f->links[k].path[0] != '/' && f->links[k].target[0] != '/');
		for (size_t k = 0; k < f->npins; k++)
			assert_int_equal(strncmp(f->pins[k].path, "/var/", 5), 0);
		assert_int_equal(link_side_of("t/var", &rest), LINK_T);
	}
	assert_null(flavours[nflavours - 1]->marks[0]);
	assert_null(flavour_by_name("plan9"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(debian_tree_gets_the_designs_links),
		T(run_becomes_an_empty_directory_of_the_state),
		T(mount_points_are_shipped_empty),
		T(pins_move_and_leave_their_mount_points),
		T(a_declared_pin_that_the_tree_lacks_is_refused),
		T(pins_within_pins_and_outside_of_var_are_refused),
		T(a_pin_through_a_link_is_refused_and_its_target_untouched),
		T(a_link_where_a_directory_is_displaced_is_refused),
		T(a_linked_parent_never_leads_out_of_the_tree),
		T(splitting_a_former_base_keeps_its_links),
		T(declared_links_displace_too),
		T(malformed_declared_links_are_refused),
		T(freebsd_tree_gets_the_seeds_links),
		T(device_nodes_do_not_stay),
		T(programs_name_their_loader),
		T(busybox_is_a_base_from_end_to_end),
		T(a_directory_is_copied_and_not_into_itself),
		T(unknown_places_are_refused),
		T(mmdebstrap_gets_packages_and_the_hosts_sources),
		T(names_that_are_no_packages_are_refused),
		T(lines_of_mmdebstrap_are_understood),
		T(of_the_hosts_apt_no_file_no_program_and_nothing_weaker_is_taken),
		T(only_the_suites_own_sources_are_taken),
		T(secrets_of_an_installation_are_not_shared),
		T(scripts_of_packages_cannot_change_the_running_host),
		T(cleaning_follows_no_link_out),
		T(cleaning_opens_nothing_but_regular_files),
		T(every_flavours_rows_are_sound),
	};

	return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
