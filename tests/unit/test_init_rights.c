/*
 * What warder-init leaves to the programs of a jail, seen from inside and from the host: rights, descriptors, /run, and
 * the memory of pid 1 itself.
 */
#include "base/err.h"
#include "init_jail.h"

static const char *const path_env[] = {"PATH=/nonexistent:/usr/bin", "HOME=/", NULL};

#define SERVICE(script) ((const char *const[]){"/bin/sh", "-c", script, NULL})

static void
start_with(struct jail_box *jail, struct brief_words w)
{
	static struct brief_block k;

	w.mode = BRIEF_INIT;
	w.caps_init = DEFAULT_CAPS;
	w.env = path_env;
	block_make(&k, &w);
	box_start(jail, k.bytes, k.size);
}

/* Runs a script as the service to its end and returns the log. */
static const char *
log_of(struct jail_box *jail, struct brief_words w, const char *script)
{
	w.argv = SERVICE(script);
	start_with(jail, w);
	box_go(jail);
	assert_int_equal(box_wait(jail), 0);
	return file_text(jail->log);
}

static void
assert_has(const char *log, const char *text)
{
	if (!strstr(log, text))
		print_error("no \"%s\" in:\n%s\n", text, log);
	assert_non_null(strstr(log, text));
}

/* Without a glob: the shell would open a descriptor for it. */
#define FDS "for i in $(seq 0 30); do test -L /proc/$$/fd/$i && fds=\"$fds $i\"; done; echo \"fds$fds\"; "
#define READ_STATUS                                                                                                    \
	"while read -r key value; do case $key in Cap*|NoNewPrivs:|Seccomp:|Groups:|Uid:|SigBlk:|SigIgn:) "            \
	"echo $key $value;; esac; done </proc/self/status; "

static void
root_in_the_jail_gets_exactly_the_declared_capabilities(void **state)
{
	struct jail_box jail = {0};
	const char *log;

	SKIP_WITHOUT_JAILS();
	(void)state;
	/* chown and net_bind_service: the second is none of pid 1's own */
	log = log_of(&jail, (struct brief_words){.caps = 1 | 1 << 10}, READ_STATUS);
	assert_has(log, "Z CapInh: 0000000000000000\n");
	assert_has(log, "Z CapPrm: 0000000000000401\n");
	assert_has(log, "Z CapEff: 0000000000000401\n");
	assert_has(log, "Z CapBnd: 0000000000000401\n");
	assert_has(log, "Z CapAmb: 0000000000000000\n");
	assert_has(log, "Z NoNewPrivs: 1\n");
	assert_has(log, "Z Seccomp: 2\n");
	assert_has(log, "Z SigBlk: 0000000000000000\n");
	assert_has(log, "Z SigIgn: 0000000000000000\n");
	box_done(&jail);
}

static void
another_user_gets_its_ids_and_no_capability(void **state)
{
	static const uint32_t groups[] = {34, 35};
	struct jail_box jail = {0};
	const char *log;

	SKIP_WITHOUT_JAILS();
	(void)state;
	log = log_of(&jail,
		(struct brief_words){.caps = DEFAULT_CAPS, .uid = 33, .gid = 34, .groups = groups, .ngroups = 2},
		READ_STATUS "id -u; id -g");
	assert_has(log, "Z CapPrm: 0000000000000000\n");
	assert_has(log, "Z CapEff: 0000000000000000\n");
	assert_has(log, "Z Groups: 34 35");
	assert_has(log, "Z 33\n");
	assert_has(log, "Z 34\n");
	box_done(&jail);
}

static void
the_service_sees_three_descriptors_a_session_of_its_own_and_its_limits(void **state)
{
	struct jail_box jail = {0};
	const char *log;

	SKIP_WITHOUT_JAILS();
	(void)state;
	log = log_of(&jail, (struct brief_words){.caps = DEFAULT_CAPS, .nofile = 77, .cwd = "/usr/bin"},
		FDS "cut -d ' ' -f 1,6 /proc/$$/stat; ulimit -n; ulimit -c; umask; pwd; "
		    "readlink /proc/$$/fd/0");
	assert_has(log, "Z fds 0 1 2\n");
	assert_has(log, "Z 3 3\n");
	assert_has(log, "Z 77\n");
	assert_has(log, "Z 0\n");
	assert_has(log, "Z 0022\n");
	assert_has(log, "Z /usr/bin\n");
	box_done(&jail);
}

static void
run_is_emptied_of_a_hostile_tree(void **state)
{
	struct jail_box jail = {
		.prepare = "set -e; cd /run; perl -e 'for (1..20000) { mkdir \"d\" and chdir \"d\" or die $! }'; "
			   "echo keep >/t/var/lib/keep; ln -s /t/var/lib link; ln -s /t/var/lib d/link; ln "
			   "/t/var/lib/keep hard; "
			   "mkfifo fifo; mkdir -m 0 closed; mkdir -m 1777 sticky; touch sticky/' -f' \"$(printf "
			   "'a\\nb\\033')\" .hidden; "
			   "mkdir many; cd many; touch $(seq 5000); mkdir $(seq 6000 7000); chown 33 /run; chmod 2777 "
			   "/run"};
	const char *log;

	SKIP_WITHOUT_JAILS();
	(void)state;
	log = log_of(&jail, (struct brief_words){.caps = DEFAULT_CAPS},
		"echo left: $(ls -A /run); stat -c '%u %g %a' /run/; cat /t/var/lib/keep");
	assert_has(log, "Z left:\n");
	assert_has(log, "Z 0 0 755\n");
	assert_has(log, "Z keep\n");
	box_done(&jail);
}

static void
a_link_in_the_place_of_run_is_replaced_not_followed(void **state)
{
	struct jail_box jail = {.prepare = "rmdir /t/var/run; ln -s lib /t/var/run; echo keep >/t/var/lib/keep"};
	const char *log;

	SKIP_WITHOUT_JAILS();
	(void)state;
	log = log_of(&jail, (struct brief_words){.caps = DEFAULT_CAPS}, "stat -c %F /t/var/run; cat /t/var/lib/keep");
	assert_has(log, "Z directory\n");
	assert_has(log, "Z keep\n");
	box_done(&jail);
}

static void
a_mount_beneath_run_stops_the_start(void **state)
{
	struct jail_box jail = {.prepare = "mkdir /run/m && mount -t tmpfs none /run/m && touch /run/m/x"};
	struct report r;

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail, (struct brief_words){.argv = SERVICE("echo ran")});
	r = box_report(&jail);
	assert_int_equal(r.ok, 0);
	assert_int_equal(r.kind, ERR_BUSY);
	assert_string_equal(r.subject, "m");
	assert_int_equal(box_wait(&jail), INIT_EXIT_FAILED);
	box_done(&jail);
}

static void
run_directories_have_their_owner_and_mode(void **state)
{
	struct brief_words w = {.caps = DEFAULT_CAPS, .nrundirs = 2};
	struct brief_words_rundir dirs[] = {{"named", 0, 105, 0775}, {"slapd", 106, 107, 0700}};
	struct jail_box jail = {0};
	const char *log;

	SKIP_WITHOUT_JAILS();
	(void)state;
	w.rundirs = dirs;
	log = log_of(&jail, w, "stat -c '%n %u %g %a' /run/*");
	assert_has(log, "Z /run/named 0 105 775\n");
	assert_has(log, "Z /run/slapd 106 107 700\n");
	box_done(&jail);
}

static void
pid_1_is_small_and_not_dumpable_and_keeps_only_its_own_capabilities(void **state)
{
	struct jail_box jail = {0};
	char path[64], text[4096];
	unsigned long kib = 0;

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail, (struct brief_words){
				  .caps = DEFAULT_CAPS, .argv = SERVICE("readlink /proc/1/exe || echo up; sleep 60")});
	box_go(&jail);
	box_expect(jail.log, "up");
	snprintf(path, sizeof(path), "/proc/%d/status", jail.pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	assert_true(n > 0);
	text[n] = 0;
	assert_int_equal(sscanf(strstr(text, "VmRSS:"), "VmRSS: %lu kB", &kib), 1);
	print_message("pid 1: %lu KiB resident\n", kib);
	assert_in_range(kib, 1, 1023);
	assert_has(text, "CapEff:\t00000000000000eb\n");
	assert_has(text, "CapBnd:\t00000000000000eb\n");
	assert_has(text, "Seccomp:\t2\n");
	assert_has(text, "NoNewPrivs:\t1\n");
	box_done(&jail);
}

/* Runs warder-init in mode EXEC in the namespaces of a running jail; its exit status, output in out. */
static int
box_exec(const struct jail_box *jail, const struct brief_words *w, int out, struct report *ret)
{
	static struct brief_block k;
	int pair[2], status, program = program_open(), brief;
	pid_t pid;

	block_make(&k, w);
	brief = memory_file(k.bytes, k.size);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	int pidfd = (int)syscall(SYS_pidfd_open, jail->pid, 0);

	pid = fork();
	if (pid == 0) {
		const int fds[] = {brief, pair[1]};

		standard_fds();
		must(dup2(out, 1) == 1 && dup2(out, 2) == 2, "out");
		must(setns(pidfd, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC) == 0,
			"setns");
		must(setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0 && chdir("/") == 0, "ids");
		pid = fork();
		if (pid == 0)
			program_exec(program, fds, 2);
		must(waitpid(pid, &status, 0) == pid, "wait");
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(pair[1]);
	memset(ret, 0, sizeof(*ret));
	recv(pair[0], ret, sizeof(*ret), 0);
	close(pair[0]);
	close(pidfd);
	close(brief);
	close(program);
	return WEXITSTATUS(status);
}

static void
exec_gives_a_command_the_same_rights_and_the_exit_status_of_a_shell(void **state)
{
	static const struct {
		const char *argv[4];
		int status;
		const char *output;
	} rows[] = {
		{{"sh", "-c", "exit 9"}, 9, ""},
		{{"sh", "-c", READ_STATUS}, 0, "CapEff: 00000000000000eb\n"},
		{{"sh", "-c", READ_STATUS}, 0, "CapBnd: 00000000000000eb\n"},
		{{"sh", "-c", READ_STATUS}, 0, "Seccomp: 2\n"},
		{{"sh", "-c", FDS}, 0, "fds 0 1 2\n"},
		{{"nonesuch"}, 127, ""},
		{{"/t/nonesuch"}, 127, ""},
		{{"/usr"}, 126, ""},
	};
	struct jail_box jail = {0};
	struct report r;

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail, (struct brief_words){.caps = DEFAULT_CAPS});
	box_go(&jail);
	box_expect(jail.status, "running");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct brief_words w = {
			.mode = BRIEF_EXEC, .caps = DEFAULT_CAPS, .argv = rows[i].argv, .env = path_env};
		int out = memory_file("", 0);

		assert_int_equal(box_exec(&jail, &w, out, &r), rows[i].status);
		assert_has(file_text(out), rows[i].output);
		if (rows[i].status > 125)
			assert_string_equal(r.subject, rows[i].argv[0]);
		close(out);
	}
	box_done(&jail);
}

static void
exec_reports_the_step_that_failed(void **state)
{
	static const char *const argv[] = {"/bin/true", NULL};
	struct brief_words w = {.mode = BRIEF_EXEC, .flags = BRIEF_HAS_LANDLOCK, .argv = argv, .env = path_env};
	struct jail_box jail = {0};
	struct report r;

	SKIP_WITHOUT_JAILS();
	(void)state;
	start_with(&jail, (struct brief_words){.caps = DEFAULT_CAPS});
	box_go(&jail);
	box_expect(jail.status, "running");
	assert_int_equal(box_exec(&jail, &w, 2, &r), INIT_EXIT_FAILED);
	assert_int_equal(r.ok, 0);
	assert_string_equal(r.op, "landlock_restrict_self");
	assert_int_equal(r.err_no, EBADF);
	w.cwd = "/nonesuch";
	w.flags = BRIEF_CWD;
	assert_int_equal(box_exec(&jail, &w, 2, &r), INIT_EXIT_FAILED);
	assert_string_equal(r.op, "chdir");
	assert_string_equal(r.subject, "/nonesuch");
	w.flags = 0; /* a home */
	assert_int_equal(box_exec(&jail, &w, 2, &r), 0);
	box_done(&jail);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(root_in_the_jail_gets_exactly_the_declared_capabilities, box_teardown),
		cmocka_unit_test_teardown(another_user_gets_its_ids_and_no_capability, box_teardown),
		cmocka_unit_test_teardown(
			the_service_sees_three_descriptors_a_session_of_its_own_and_its_limits, box_teardown),
		cmocka_unit_test_teardown(run_is_emptied_of_a_hostile_tree, box_teardown),
		cmocka_unit_test_teardown(a_link_in_the_place_of_run_is_replaced_not_followed, box_teardown),
		cmocka_unit_test_teardown(a_mount_beneath_run_stops_the_start, box_teardown),
		cmocka_unit_test_teardown(run_directories_have_their_owner_and_mode, box_teardown),
		cmocka_unit_test_teardown(
			pid_1_is_small_and_not_dumpable_and_keeps_only_its_own_capabilities, box_teardown),
		cmocka_unit_test_teardown(
			exec_gives_a_command_the_same_rights_and_the_exit_status_of_a_shell, box_teardown),
		cmocka_unit_test_teardown(exec_reports_the_step_that_failed, box_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
